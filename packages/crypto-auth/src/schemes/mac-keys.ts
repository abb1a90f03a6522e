import { fromHex, type PrincipalId } from "@eunomia/codec";
import { AuthenticatorError } from "../errors.ts";
import type { HashProvider, MacKey } from "../provider.ts";
import { checkedSecret, directionalKey } from "../secrets.ts";
import { isId } from "./inputs.ts";

/** What one principal shares with its peers, prepared: a key for each direction. */
export interface MacKeys {
  readonly self: PrincipalId;
  readonly peers: readonly PrincipalId[];
  /** Tags what goes to this peer; null: nothing is shared with it. */
  outward(peer: PrincipalId): MacKey | null;
  /** Checks what comes from this peer. The own tags are never made with it. */
  inward(peer: PrincipalId): MacKey | null;
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
  const links = new Map<PrincipalId, { readonly outward: MacKey; readonly inward: MacKey }>();
  for (const [peer, secret] of secrets) {
    if (!isId(peer) || !isId(self))
      throw new AuthenticatorError("bad-name", peer, `expected principal ids, got "${self}" and "${peer}"`);
    if (peer === self)
      throw new AuthenticatorError("self-peer", peer, '"secrets" expected other principals, got the own one');
    const shared = checkedSecret(secret, peer);
    const key = (from: string, to: string) =>
      provider.macKey(directionalKey(provider, shared, fromHex(from), fromHex(to)), hash);
    links.set(peer, { outward: key(self, peer), inward: key(peer, self) });
  }
  return {
    self,
    peers: [...links.keys()].sort(),
    outward: (peer) => links.get(peer)?.outward ?? null,
    inward: (peer) => links.get(peer)?.inward ?? null,
  };
}
