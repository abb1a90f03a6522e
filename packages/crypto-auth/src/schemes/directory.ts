import type { KeyBundle, PrincipalId } from "@eunomia/codec";
import { KeyError } from "../errors.ts";
import { bundleId } from "../principal-id.ts";
import type { HashProvider } from "../provider.ts";
import type { VerifyKey, VerifySuite } from "../suites/suite.ts";

/** The principals of one epoch with their public keys, each of which passed registration. */
export interface Directory {
  readonly epoch: number;
  /** In ascending order. */
  readonly principals: readonly PrincipalId[];
  bundleOf(principal: PrincipalId): KeyBundle | null;
  /** The registered key, or why there is none. */
  keyOf(principal: PrincipalId, scheme: string): VerifyKey | "unknown-signer" | "no-key";
}

export interface DirectoryOptions {
  readonly epoch: number;
  readonly bundles: readonly KeyBundle[];
  /** Keys of schemes that have no suite here stay in the bundle, unread: their evidence cannot be checked. */
  readonly suites: readonly VerifySuite[];
  readonly provider: Pick<HashProvider, "sha256">;
}

/**
 * Registers every key of every bundle. Throws `KeyError` with the fault of the first key that is refused, for a bundle that has
 * no id (`empty-bundle`, `unsorted-bundle`), and `wrong-shape` for two suites of one scheme or a bad epoch.
 *
 * @example
 * const known = directory({ epoch: 1, bundles: [alice.bundle, bob.bundle], suites: [ed25519Suite(portable)], provider: portable })
 */
export function directory({ epoch, bundles, suites, provider }: DirectoryOptions): Directory {
  if (!Number.isSafeInteger(epoch) || epoch < 0)
    throw new KeyError("wrong-shape", "epoch", `expected a whole number of at least 0, got ${epoch}`);
  const bySchemes = new Map(suites.map((suite) => [suite.scheme as string, suite]));
  if (bySchemes.size < suites.length)
    throw new KeyError("wrong-shape", "suites", "expected one suite for each scheme, got two for one");
  const entries = new Map<PrincipalId, { bundle: KeyBundle; keys: Map<string, VerifyKey> }>();
  for (const bundle of bundles) {
    const keys = new Map<string, VerifyKey>();
    const principal = bundleId(provider, bundle);
    if (entries.has(principal)) continue;
    for (const { scheme, publicKey } of bundle) {
      const suite = bySchemes.get(scheme);
      if (suite !== undefined) keys.set(scheme, suite.importPublicKey(publicKey));
    }
    entries.set(principal, { bundle, keys });
  }
  return {
    epoch,
    principals: [...entries.keys()].sort(),
    bundleOf: (principal) => entries.get(principal)?.bundle ?? null,
    keyOf: (principal, scheme) => {
      const entry = entries.get(principal);
      return entry === undefined ? "unknown-signer" : (entry.keys.get(scheme) ?? "no-key");
    },
  };
}
