import type { PrincipalId } from "@eunomia/codec";
import type { GroupId, Scheme } from "@eunomia/engine";
import type { VerifyKey } from "../suites/suite.ts";
import { refused } from "./finding.ts";
import { isBytes, isId, jointInput } from "./inputs.ts";

export interface ThresholdOptions {
  readonly self: PrincipalId;
  readonly name: "BLS-THRESHOLD" | "FROST-ED25519";
  /** The one public key of each group: `importBlsGroupKey`, or an Ed25519 key for FROST. */
  readonly groups: ReadonlyMap<GroupId, Pick<VerifyKey, "verdict">>;
}

/**
 * One signature under the key of a whole group: enough members made it together, and nothing says who. Checking only: members
 * make it together with the functions of `@eunomia/crypto-auth/bls` or `/frost`, over `jointInput`.
 *
 * @example
 * const scheme = thresholdScheme({ self: alice, name: "FROST-ED25519", groups: new Map([[group, key]]) })
 */
export function thresholdScheme({ self, name, groups }: ThresholdOptions): Scheme {
  return {
    name,
    self,
    make: () => null,
    check({ id, issuer }, evidence) {
      if (evidence.scheme !== name) return refused("other-scheme");
      const { group, sig } = evidence as { readonly group: unknown; readonly sig: unknown };
      if (!isId(group) || !isBytes(sig)) return refused("malformed");
      if (group !== issuer) return refused("other-signer");
      const key = groups.get(group);
      if (key === undefined) return refused("unknown-signer");
      const fault = key.verdict(jointInput(id), sig);
      return fault === null
        ? { ok: true, says: { by: "group", group }, convinces: "anyone" }
        : refused(fault);
    },
  };
}
