import { fromHex, type PrincipalId } from "@eunomia/codec";
import { AuthenticatorError } from "../errors.ts";
import type { HashProvider, MacKey } from "../provider.ts";
import { checkedSecret, directionalKey } from "../secrets.ts";
import { isId } from "./inputs.ts";

/** What one principal shares with its peers, prepared: a key for each direction. */
export interface MacKeys {
  /** Null: nothing is shared with this peer. */
  link(peer: PrincipalId): MacLink | null;
}

/** One key for each direction. */
interface MacLink {
  /** The peer's id as bytes. */
  readonly address: Uint8Array;
  /** Tags what goes to the peer. */
  readonly outward: MacKey;
  /** Checks what comes from the peer. Nothing of the own is ever tagged with it. */
  readonly inward: MacKey;
}

/**
 * Prepares the directional keys of all pairs. Throws `AuthenticatorError` (`short-secret`, `self-peer`, `bad-name` for what is no
 * principal id).
 */
export function macKeys(
  provider: HashProvider,
  self: PrincipalId,
  secrets: ReadonlyMap<PrincipalId, Uint8Array>,
  hash: "sha256" | "sha1" = "sha256",
): MacKeys {
  const links = new Map<PrincipalId, MacLink>();
  for (const [peer, secret] of secrets) {
    if (!isId(peer) || !isId(self))
      throw new AuthenticatorError("bad-name", peer, `expected principal ids, got "${self}" and "${peer}"`);
    if (peer === self)
      throw new AuthenticatorError("self-peer", peer, '"secrets" expected other principals, got the own one');
    const shared = checkedSecret(secret, peer);
    const key = (from: string, to: string) =>
      provider.macKey(directionalKey(provider, shared, fromHex(from), fromHex(to)), hash);
    links.set(peer, { address: fromHex(peer), outward: key(self, peer), inward: key(peer, self) });
  }
  return {
    link: (peer) => links.get(peer) ?? null,
  };
}
