import { PoolError } from "../errors.ts";
import type { Conflicts, FieldType } from "../program/field-type.ts";
import type { Value } from "../statement/value.ts";
import { history } from "./history.ts";
import { map, max, product, seq, set, single } from "./kinds.ts";

/**
 * Values that only grow, after Lamport (Generalized Consensus and Paxos, 2005). Every operation takes and gives the one spelling of
 * a value, so that equal values have equal bytes.
 */
export interface CStruct {
  readonly bottom: Value;
  /** Whether the value is one of this kind, in its one spelling. Never throws. */
  fits(value: Value): boolean;
  /** The value followed by a command. */
  append(value: Value, command: Value): Value;
  /** Whether `w` is `v` followed by some commands. */
  leq(v: Value, w: Value): boolean;
  /** The greatest value that both extend. */
  glb(v: Value, w: Value): Value;
  /** The least value that extends both; null: there is none, they are not compatible. */
  lub(v: Value, w: Value): Value | null;
}

/**
 * The c-struct of a field type.
 *
 * @throws PoolError `bad-type` if the type has none (atoms, references, `opt`), or an unknown conflict relation.
 * @example
 * const log = cstructOf({ k: "seq", of: { k: "text" } });
 * log.leq(["a"], ["a", "b"]); // true
 * log.lub(["a", "b"], ["a", "c"]); // null
 */
export function cstructOf(type: FieldType, conflicts: ReadonlyMap<string, Conflicts> = new Map()): CStruct {
  switch (type.k) {
    case "single":
      return single(type.of);
    case "set":
      return set(type.of);
    case "seq":
      return seq(type.of);
    case "max":
      return max();
    case "map":
      return map(type.key, cstructOf(type.of, conflicts));
    case "record":
      return product(type.of.map((part) => cstructOf(part, conflicts)));
    case "history": {
      const relation = conflicts.get(type.conflicts);
      if (relation === undefined)
        throw new PoolError("bad-type", "history", "a conflict relation that was given", type.conflicts);
      return history(type.of, relation);
    }
    default:
      throw new PoolError("bad-type", "c-struct", "single, set, seq, max, map, record or history", type.k);
  }
}
