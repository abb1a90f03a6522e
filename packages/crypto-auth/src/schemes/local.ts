import type { PrincipalId } from "@eunomia/codec";
import type { Evidence, Scheme } from "@eunomia/engine";
import { refused, said } from "./finding.ts";

/** The scheme of channels inside one machine. */
export interface LocalScheme extends Scheme {
  /**
   * For the host alone: a statement came over a local channel from this principal. The answer is evidence by its identity as an
   * object, so that nothing which was read from bytes can ever be taken for it.
   */
  arrived(from: PrincipalId): Evidence;
}

/**
 * What a channel that no stranger can write to is worth: the owner believes its host about who spoke, and can show it to no one.
 *
 * @example
 * const scheme = localScheme(alice)
 * scheme.check(statement, scheme.arrived(bob)) // bob says it; convinces alice only
 */
export function localScheme(self: PrincipalId): LocalScheme {
  const real = new WeakSet<object>();
  const arrived = (from: PrincipalId): Evidence => {
    const evidence: Evidence = Object.freeze({ scheme: "LOCAL", from });
    real.add(evidence);
    return evidence;
  };
  return {
    name: "LOCAL",
    self,
    arrived,
    make: ({ issuer }) => (issuer === self ? arrived(self) : null),
    check({ issuer }, evidence) {
      if (evidence.scheme !== "LOCAL") return refused("other-scheme");
      if (!real.has(evidence)) return refused("not-addressed");
      return evidence.from === issuer ? said([issuer], [self]) : refused("other-signer");
    },
  };
}
