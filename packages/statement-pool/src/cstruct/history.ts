import { type Conflicts, type FieldType, fits } from "../program/field-type.ts";
import { compareValues, sameValue, type Value } from "../statement/value.ts";
import type { CStruct } from "./cstruct.ts";

type List = readonly Value[];

const position = (list: List, item: Value): number => list.findIndex((other) => sameValue(other, item));

/**
 * Commands in a partial order: only those that conflict stand in order (the histories of Generalized Paxos). The one spelling is the
 * sequence that always takes the least command, by bytes, of those that may come next.
 */
export function history(of: FieldType, conflicts: Conflicts): CStruct {
  const type: FieldType = { k: "seq", of };

  /** The one spelling of the order that `sequence` gives to commands in conflict. */
  const spelled = (sequence: List): List => {
    const left = [...sequence];
    const result: Value[] = [];
    while (left.length > 0) {
      const free = left.filter((item, i) => !left.slice(0, i).some((before) => conflicts(before, item)));
      const next = free.sort(compareValues)[0]!;
      left.splice(position(left, next), 1);
      result.push(next);
    }
    return result;
  };

  /** All of `v` is in `w`, and nothing that conflicts with it comes before it there and not in `v`. */
  const leq = (v: List, w: List): boolean =>
    v.every((item) => {
      const at = position(w, item);
      const mine = position(v, item);
      return (
        at !== -1 &&
        w.slice(0, at).every((before) => {
          const place = conflicts(before, item) ? position(v, before) : 0;
          return place !== -1 && (!conflicts(before, item) || place < mine);
        })
      );
    });

  const glb = (v: List, w: List): List => {
    const common: Value[] = [];
    for (const item of v) {
      const at = position(w, item);
      if (at === -1) continue;
      const settled = (before: Value): boolean => !conflicts(before, item) || position(common, before) !== -1;
      if (v.slice(0, position(v, item)).every(settled) && w.slice(0, at).every(settled)) common.push(item);
    }
    return spelled(common);
  };

  /** Whatever extends both extends `v` by the rest of `w`. */
  const lub = (v: List, w: List): List | null => {
    const whole = spelled([...v, ...w.filter((item) => position(v, item) === -1)]);
    return leq(w, whole) ? whole : null;
  };

  return {
    bottom: [],
    fits: (value) => fits(type, value) && sameValue(spelled(value as List), value),
    append: (value, command) =>
      position(value as List, command) === -1 ? spelled([...(value as List), command]) : value,
    leq: (v, w) => leq(v as List, w as List),
    glb: (v, w) => glb(v as List, w as List),
    lub: (v, w) => lub(v as List, w as List),
  };
}
