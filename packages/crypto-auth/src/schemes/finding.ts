import type { PrincipalId } from "@eunomia/codec";
import type { EvidenceFault, Finding } from "@eunomia/engine";

export const refused = (why: EvidenceFault): Finding => ({ ok: false, why });

/** Each of them says it, and anyone, or those who are named, can tell. */
export const said = (
  principals: readonly PrincipalId[],
  convinces: "anyone" | readonly PrincipalId[],
): Finding => ({ ok: true, says: { by: "each", principals }, convinces });
