import { type FieldType, fits } from "../program/field-type.ts";
import { compareValues, sameValue, type Value } from "../statement/value.ts";
import type { CStruct } from "./cstruct.ts";

type List = readonly Value[];
const has = (list: List, item: Value): boolean => list.some((other) => sameValue(other, item));

/** One value, the first; bottom is none. */
export function single(of: FieldType): CStruct {
  const type: FieldType = { k: "single", of };
  const none = (value: Value): boolean => (value as List).length === 0;
  return {
    bottom: [],
    fits: (value) => fits(type, value),
    append: (value, command) => (none(value) ? [command] : value),
    leq: (v, w) => none(v) || sameValue(v, w),
    glb: (v, w) => (sameValue(v, w) ? v : []),
    lub: (v, w) => (none(v) ? w : none(w) || sameValue(v, w) ? v : null),
  };
}

/** Sets, by union. */
export function set(of: FieldType): CStruct {
  const type: FieldType = { k: "set", of };
  const union = (v: List, w: List): List => [...v, ...w.filter((item) => !has(v, item))].sort(compareValues);
  return {
    bottom: [],
    fits: (value) => fits(type, value),
    append: (value, command) => union(value as List, [command]),
    leq: (v, w) => (v as List).every((item) => has(w as List, item)),
    glb: (v, w) => (v as List).filter((item) => has(w as List, item)),
    lub: (v, w) => union(v as List, w as List),
  };
}

/** Sequences without repetition, by prefix. */
export function seq(of: FieldType): CStruct {
  const type: FieldType = { k: "seq", of };
  const shared = (v: List, w: List): number => {
    let length = 0;
    while (length < v.length && length < w.length && sameValue(v[length]!, w[length]!)) length++;
    return length;
  };
  return {
    bottom: [],
    fits: (value) => fits(type, value),
    append: (value, command) => (has(value as List, command) ? value : [...(value as List), command]),
    leq: (v, w) => shared(v as List, w as List) === (v as List).length,
    glb: (v, w) => (v as List).slice(0, shared(v as List, w as List)),
    lub(v, w) {
      const length = shared(v as List, w as List);
      return length === (v as List).length ? w : length === (w as List).length ? v : null;
    },
  };
}

/** The greatest natural number so far; bottom is none. */
export function max(): CStruct {
  const type: FieldType = { k: "max" };
  const leq = ([a]: List, [b]: List): boolean =>
    a === undefined || (b !== undefined && (a as number | bigint) <= (b as number | bigint));
  const upper = (v: Value, w: Value): Value => (leq(v as List, w as List) ? w : v);
  return {
    bottom: [],
    fits: (value) => fits(type, value),
    append: (value, command) => upper(value, [command]),
    leq: (v, w) => leq(v as List, w as List),
    glb: (v, w) => (leq(v as List, w as List) ? v : w),
    lub: upper,
  };
}

/** One c-struct next to the other. A command is `[position, command of that part]`. */
export function product(parts: readonly CStruct[]): CStruct {
  const each = (
    v: Value,
    w: Value,
    of: (part: CStruct, a: Value, b: Value) => Value | null,
  ): Value | null => {
    const found = parts.map((part, i) => of(part, (v as List)[i]!, (w as List)[i]!));
    return found.includes(null) ? null : (found as List);
  };
  return {
    bottom: parts.map(({ bottom }) => bottom),
    fits: (value) =>
      Array.isArray(value) && value.length === parts.length && parts.every((part, i) => part.fits(value[i])),
    append(value, command) {
      const [at, inner] = command as readonly [number, Value];
      return (value as List).with(at, parts[at]!.append((value as List)[at]!, inner));
    },
    leq: (v, w) => parts.every((part, i) => part.leq((v as List)[i]!, (w as List)[i]!)),
    glb: (v, w) => each(v, w, (part, a, b) => part.glb(a, b))!,
    lub: (v, w) => each(v, w, (part, a, b) => part.lub(a, b)),
  };
}

type Pair = readonly [Value, Value];

/** C-structs by key, bottom where there is none. A command is `[key, command of the value]`. */
export function map(key: FieldType, of: CStruct): CStruct {
  const at = (value: Value, wanted: Value): Value =>
    (value as readonly Pair[]).find(([name]) => sameValue(name, wanted))?.[1] ?? of.bottom;
  const keys = (...values: readonly Value[]): Value[] =>
    values
      .flatMap((value) => (value as readonly Pair[]).map(([name]) => name))
      .sort(compareValues)
      .filter((name, i, all) => i === 0 || !sameValue(name, all[i - 1]!));
  const made = (pairs: readonly Pair[]): Value => pairs.filter(([, value]) => !sameValue(value, of.bottom));
  return {
    bottom: [],
    fits: (value) =>
      Array.isArray(value) &&
      value.every(
        (pair: Value) =>
          Array.isArray(pair) &&
          pair.length === 2 &&
          fits(key, pair[0]) &&
          of.fits(pair[1]) &&
          !sameValue(pair[1], of.bottom),
      ) &&
      fits(
        { k: "set", of: key },
        (value as readonly Pair[]).map(([name]) => name),
      ),
    append(value, command) {
      const [name, inner] = command as Pair;
      return made(
        keys(value, [[name, of.bottom]]).map((one) => [
          one,
          sameValue(one, name) ? of.append(at(value, one), inner) : at(value, one),
        ]),
      );
    },
    leq: (v, w) => keys(v).every((name) => of.leq(at(v, name), at(w, name))),
    glb: (v, w) => made(keys(v).map((name) => [name, of.glb(at(v, name), at(w, name))])),
    lub(v, w) {
      const pairs = keys(v, w).map((name) => [name, of.lub(at(v, name), at(w, name))] as const);
      return pairs.some(([, value]) => value === null) ? null : made(pairs as readonly Pair[]);
    },
  };
}
