import type { Evidence } from "@eunomia/engine";
import type { Core } from "../statement/types.ts";
import type { Admission, Snapshot } from "./types.ts";

/** How many statements were new, and how many were not let in. */
export interface Merged {
  readonly fresh: number;
  readonly refused: number;
}

/** Admits all entries of a snapshot; those that nobody here was waiting for are tried again once their referrers are in. */
export function merged(
  entries: Snapshot["entries"],
  admit: (core: Core, evidence: readonly Evidence[]) => Admission,
): Merged {
  let fresh = 0;
  let refused = 0;
  let left = entries;
  for (let progress = true; progress && left.length > 0; ) {
    progress = false;
    const later: (typeof entries)[number][] = [];
    for (const bundle of left) {
      const admission = admit(bundle.core, bundle.evidence);
      if (!admission.ok && admission.why === "NOT_ADDRESSED") later.push(bundle);
      else if (!admission.ok) refused++;
      else if (admission.fresh) {
        fresh++;
        progress = true;
      }
    }
    left = later;
  }
  return { fresh, refused: refused + left.length };
}
