import type { Engines, Limits } from "@eunomia/quorum-algebra";

/** What an answer may cost, and solvers that may help. Without them every question is answered within limits. */
export interface Effort {
  readonly limits?: Limits;
  readonly engines?: Engines;
}
