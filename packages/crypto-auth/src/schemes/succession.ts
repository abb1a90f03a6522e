import {
  encode,
  fromHex,
  type KeyBundle,
  KeyBundle as KeyBundleSchema,
  type PrincipalId,
} from "@eunomia/codec";
import { KeyError } from "../errors.ts";
import { domainInput } from "../input.ts";
import { bundleId } from "../principal-id.ts";
import type { HashProvider } from "../provider.ts";
import type { SuiteSigningKey, VerifySuite } from "../suites/suite.ts";
import { type Directory, directory } from "./directory.ts";

/**
 * A principal has new keys from an epoch on. Since its id is the hash of its keys it has a new id too; both ids sign for it, so
 * that nobody can be given a successor, and nobody can take over another one's new keys.
 */
export interface Succession {
  /** The first epoch of the new keys. */
  readonly epoch: number;
  readonly from: PrincipalId;
  readonly bundle: KeyBundle;
  readonly scheme: string;
  readonly byOld: Uint8Array;
  readonly byNew: Uint8Array;
}

/** `"eunomia/succession/v1" 00`, the epoch in 8 bytes, the old id, the new bundle. */
function successionInput(epoch: number, from: PrincipalId, bundle: KeyBundle): Uint8Array {
  const stamp = new DataView(new ArrayBuffer(8));
  stamp.setBigUint64(0, BigInt(epoch));
  const encoded = encode(KeyBundleSchema, bundle);
  return domainInput("eunomia/succession/v1", new Uint8Array(stamp.buffer), fromHex(from), encoded);
}

/**
 * Signs with the old and the new key of one scheme that both bundles have.
 *
 * @example
 * const succession = makeSuccession(2, old.principal, next.bundle, suite.scheme, signingKey(old, suite), signingKey(next, suite))
 */
export function makeSuccession(
  epoch: number,
  from: PrincipalId,
  bundle: KeyBundle,
  scheme: string,
  oldKey: SuiteSigningKey,
  newKey: SuiteSigningKey,
): Succession {
  const input = successionInput(epoch, from, bundle);
  return { epoch, from, bundle, scheme, byOld: oldKey.sign(input), byNew: newKey.sign(input) };
}

/**
 * The directory of the next epoch: those who rotated with their new keys, all others with the old ones. The old ids are unknown in
 * it; whoever still needs to check what was said before keeps the old directory. Throws `KeyError`: `other-epoch` for a succession
 * that is not for the epoch after the directory's, `bad-succession` for one by a stranger, a second one of the same principal, or
 * one that either side did not sign, with the principal as field.
 *
 * @example
 * const ofEpoch2 = nextDirectory(ofEpoch1, [succession], { suites, provider: portableHash })
 */
export function nextDirectory(
  now: Directory,
  successions: readonly Succession[],
  {
    suites,
    provider,
  }: { readonly suites: readonly VerifySuite[]; readonly provider: Pick<HashProvider, "sha256"> },
): Directory {
  const epoch = now.epoch + 1;
  const replaced = new Map<PrincipalId, KeyBundle>();
  for (const succession of successions) {
    const { from, bundle } = succession;
    if (succession.epoch !== epoch)
      throw new KeyError(
        "other-epoch",
        from,
        `expected a succession for epoch ${epoch}, got ${succession.epoch}`,
      );
    if (replaced.has(from) || !isSigned(now, succession, suites, provider))
      throw new KeyError(
        "bad-succession",
        from,
        "expected one succession, signed by a known principal and by its new key",
      );
    replaced.set(from, bundle);
  }
  const bundles = now.principals.map((id) => replaced.get(id) ?? (now.bundleOf(id) as KeyBundle));
  return directory({ epoch, bundles, suites, provider });
}

function isSigned(
  now: Directory,
  { epoch, from, bundle, scheme, byOld, byNew }: Succession,
  suites: readonly VerifySuite[],
  provider: Pick<HashProvider, "sha256">,
): boolean {
  const oldKey = now.keyOf(from, scheme);
  if (typeof oldKey === "string" || !oldKey.usable) return false;
  const next = directory({ epoch, bundles: [bundle], suites, provider });
  const newKey = next.keyOf(bundleId(provider, bundle), scheme);
  if (typeof newKey === "string" || !newKey.usable) return false;
  const input = successionInput(epoch, from, bundle);
  return oldKey.verdict(input, byOld) === null && newKey.verdict(input, byNew) === null;
}
