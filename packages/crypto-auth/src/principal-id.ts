import { encode, KeyBundle, type PrincipalId, toHex } from "@eunomia/codec";
import { KeyError } from "./errors.ts";
import { domainInput } from "./input.ts";
import type { HashProvider } from "./provider.ts";

/** The id of a bundle whose keys were looked at elsewhere, or are about to be. Throws `KeyError` for a bundle that is no bundle. */
export function bundleId(provider: Pick<HashProvider, "sha256">, bundle: KeyBundle): PrincipalId {
  if (bundle.length === 0) throw new KeyError("empty-bundle", "bundle", "expected one key or more, got none");
  if (KeyBundle.check(bundle, 0) !== null) {
    const got = bundle.map((key) => key.scheme).join(", ");
    throw new KeyError("unsorted-bundle", "bundle", `expected one key per scheme, sorted, got ${got}`);
  }
  return toHex(provider.sha256(domainInput("mommie/principal/v1", encode(KeyBundle, bundle))));
}
