import { type Key, mapDelete, mapSet, type SortedMap, setAdd } from "./collections.ts";
import { defaultMaxItems, equalItems, misfit, share, under } from "./composites.ts";
import { EncodeError, type Misfit, placed, SchemaError } from "./errors.ts";
import type { Reader } from "./reader.ts";
import { below, type Form, type Schema, type Source } from "./schema.ts";
import { compareEncodedText } from "./utf8.ts";

/** Order of the encodings of two integers: those from 0 on by value, then the negative ones from -1 downwards. */
function compareEncodedInt(a: number, b: number): number {
  if (a >= 0 && b >= 0) return a - b;
  if (a < 0 && b < 0) return b - a;
  return a < 0 ? 1 : -1;
}

/**
 * How keys are ordered on the wire where that differs from memory; null: it does not. Wire order is that of the encoded
 * bytes (RFC 8949, 4.2.1).
 */
function wireOrder(form: Form): ((a: Key, b: Key) => number) | null {
  if (form.kind === "refined") return wireOrder(form.item);
  if (form.kind === "int") return form.min >= 0 ? null : (compareEncodedInt as (a: Key, b: Key) => number);
  if (form.kind === "text" || form.kind === "id") return compareEncodedText as (a: Key, b: Key) => number;
  throw new SchemaError(
    "bad-key",
    `"sortedSet" and "sortedMap" expected integer, text or id keys, got ${form.kind}`,
  );
}

/** The position of the first key that is not a key at all or not above its predecessor; -1: there is none. */
function ascending(keys: readonly unknown[]): number {
  return keys.findIndex(
    (key, i) =>
      (typeof key !== "number" && typeof key !== "string") || (i > 0 && !((keys[i - 1] as Key) < key)),
  );
}

const inMemory = (a: Key, b: Key) => (a < b ? -1 : a > b ? 1 : 0);

/** The positions of `keys` in the order of `compare`; null if they stand in it already. */
function permutation(keys: readonly Key[], compare: (a: Key, b: Key) => number): number[] | null {
  let inOrder = true;
  for (let i = 1; i < keys.length && inOrder; i++) inOrder = compare(keys[i - 1]!, keys[i]!) < 0;
  return inOrder ? null : keys.map((_, i) => i).sort((i, j) => compare(keys[i]!, keys[j]!));
}

/** What sets and maps have in common: the keys. */
function keysOf<K extends Key>(key: Schema<K>, maxItems: number) {
  const order = wireOrder(key.form);
  const compare = order ?? inMemory;
  return {
    /** Positions in wire order; null: as they stand. Throws for keys that do not strictly ascend. */
    toWire(keys: readonly K[]): number[] | null {
      if (!Array.isArray(keys) || keys.length > maxItems)
        throw new EncodeError(misfit(`a sorted array of at most ${maxItems} items`, keys));
      const wrong = ascending(keys);
      if (wrong >= 0)
        throw new EncodeError(under(`[${wrong}]`, misfit("strictly ascending order", keys[wrong])));
      return order === null ? null : permutation(keys, order);
    },
    /** Positions in memory order; null: as they stand. */
    toMemory: (keys: readonly K[]): number[] | null => (order === null ? null : permutation(keys, inMemory)),
    count(reader: Reader): number {
      const start = reader.offset;
      const count = reader.arrayHeader();
      if (count > maxItems) reader.fail("limit", `more than ${maxItems} items`, start);
      return count;
    },
    /** Reads one key, which must come after the last one of `keys`, and appends it. */
    read(reader: Reader, keys: K[]): void {
      const start = reader.offset;
      const next = key.read(reader);
      if (keys.length > 0 && compare(keys[keys.length - 1]!, next) >= 0)
        reader.fail("order", "not after its predecessor", start);
      keys.push(next);
    },
    check(keys: unknown, depth: number): Misfit | null {
      if (!Array.isArray(keys) || keys.length > maxItems)
        return misfit(`a sorted array of at most ${maxItems} items`, keys);
      for (let i = 0; i < keys.length; i++) {
        const inner = key.check(keys[i], depth);
        if (inner !== null) return under(`[${i}]`, inner);
      }
      const wrong = ascending(keys);
      return wrong < 0 ? null : under(`[${wrong}]`, misfit("strictly ascending order", keys[wrong]));
    },
    equal(a: readonly K[], b: readonly K[]): boolean {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
      return true;
    },
    generate(source: Source, size: number): K[] {
      const count = Math.min(below(source, size + 1), maxItems);
      const keys: K[] = [];
      for (let i = 0; i < count; i++) setAdd(keys, key.generate(source, share(size, count)));
      return keys;
    },
    /** A key that is not there yet; null if none was found. */
    another(keys: readonly K[], source: Source): K | null {
      for (let attempt = 0; attempt < 8; attempt++) {
        const candidate = key.generate(source, 2);
        if (!keys.includes(candidate)) return candidate;
      }
      return null;
    },
  };
}

/** A strictly ascending array of integers, texts or ids. Encoded in the order of the encoded bytes. */
export function sortedSet<K extends Key>(item: Schema<K>, maxItems: number = defaultMaxItems): Schema<K[]> {
  const keys = keysOf(item, maxItems);
  return {
    form: { kind: "set", item: item.form, maxItems },
    parts: () => [item],
    write(value, writer) {
      const order = keys.toWire(value);
      writer.arrayHeader(value.length);
      for (let i = 0; i < value.length; i++) item.write(value[order === null ? i : order[i]!]!, writer);
    },
    read(reader) {
      const count = keys.count(reader);
      const value: K[] = [];
      try {
        while (value.length < count) keys.read(reader, value);
      } catch (error) {
        throw placed(error, `[${value.length}]`);
      }
      const order = keys.toMemory(value);
      return order === null ? value : order.map((i) => value[i]!);
    },
    check: keys.check,
    clone: (value) => value.slice(),
    equal: keys.equal,
    generate: keys.generate,
    mutate(value, source) {
      const grown =
        value.length < maxItems && (value.length === 0 || below(source, 2) === 0)
          ? keys.another(value, source)
          : null;
      const changed = value.slice();
      if (grown !== null) setAdd(changed, grown);
      else if (value.length > 0) changed.splice(below(source, value.length), 1);
      else return null;
      return changed;
    },
    rename: (value, sort, to) => value.map((one) => item.rename(one, sort, to)).sort(inMemory),
  };
}

/** A map as `{ keys, values }` with strictly ascending keys. Encoded as pairs in the order of the encoded keys. */
export function sortedMap<K extends Key, V>(
  key: Schema<K>,
  value: Schema<V>,
  maxItems: number = defaultMaxItems,
): Schema<{ keys: K[]; values: V[] }> {
  const keys = keysOf(key, maxItems);
  return {
    form: { kind: "map", key: key.form, value: value.form, maxItems },
    parts: () => [key, value],
    write(map, writer) {
      if (
        typeof map !== "object" ||
        map === null ||
        !Array.isArray(map.keys) ||
        !Array.isArray(map.values) ||
        map.keys.length !== map.values.length
      )
        throw new EncodeError(misfit("keys and values of one length", map));
      const order = keys.toWire(map.keys);
      writer.arrayHeader(map.keys.length);
      for (let i = 0; i < map.keys.length; i++) {
        const at = order === null ? i : order[i]!;
        writer.arrayHeader(2);
        key.write(map.keys[at]!, writer);
        value.write(map.values[at]!, writer);
      }
    },
    read(reader) {
      const count = keys.count(reader);
      const map: SortedMap<K, V> = { keys: [], values: [] };
      try {
        while (map.values.length < count) {
          reader.arrayOf(2);
          keys.read(reader, map.keys);
          map.values.push(value.read(reader));
        }
      } catch (error) {
        throw placed(
          error,
          map.keys.length > map.values.length ? `.values[${map.values.length}]` : `.keys[${map.keys.length}]`,
        );
      }
      const order = keys.toMemory(map.keys);
      if (order === null) return map;
      return { keys: order.map((i) => map.keys[i]!), values: order.map((i) => map.values[i]!) };
    },
    check: (map, depth) => checkMap(map, keys.check, value, depth),
    clone: (map) => ({ keys: map.keys.slice(), values: map.values.map((one) => value.clone(one)) }),
    equal: (a, b) => keys.equal(a.keys, b.keys) && equalItems(value, a.values, b.values),
    generate(source, size) {
      const chosen = keys.generate(source, size);
      return { keys: chosen, values: chosen.map(() => value.generate(source, share(size, chosen.length))) };
    },
    mutate: (map, source) => mutateMap(map, keys.another, value, maxItems, source),
    rename(map, sort, to) {
      const renamed: SortedMap<K, V> = { keys: [], values: [] };
      for (let i = 0; i < map.keys.length; i++)
        mapSet(renamed, key.rename(map.keys[i]!, sort, to), value.rename(map.values[i]!, sort, to));
      return renamed;
    },
  };
}

function checkMap<K extends Key, V>(
  map: unknown,
  checkKeys: (keys: unknown, depth: number) => Misfit | null,
  value: Schema<V>,
  depth: number,
): Misfit | null {
  if (typeof map !== "object" || map === null) return misfit("a sorted map", map);
  const { keys, values } = map as Partial<SortedMap<K, V>>;
  if (
    Reflect.ownKeys(map).length !== 2 ||
    !Array.isArray(keys) ||
    !Array.isArray(values) ||
    keys.length !== values.length
  )
    return misfit("keys and values of one length and nothing else", map);
  const inner = checkKeys(keys, depth);
  if (inner !== null) return under(".keys", inner);
  for (let i = 0; i < values.length; i++) {
    const wrong = value.check(values[i], depth);
    if (wrong !== null) return under(`.values[${i}]`, wrong);
  }
  return null;
}

/** One entry more, one less, or another value in one. */
function mutateMap<K extends Key, V>(
  map: SortedMap<K, V>,
  another: (keys: readonly K[], source: Source) => K | null,
  value: Schema<V>,
  maxItems: number,
  source: Source,
): SortedMap<K, V> | null {
  const changed = { keys: map.keys.slice(), values: map.values.slice() };
  const way = map.keys.length === 0 ? 0 : below(source, 3);
  const grown = way === 0 && map.keys.length < maxItems ? another(map.keys, source) : null;
  if (grown !== null) mapSet(changed, grown, value.generate(source, 2));
  else if (map.keys.length === 0) return null;
  else {
    const at = below(source, map.keys.length);
    const other = way === 1 ? value.mutate(map.values[at]!, source) : null;
    if (other === null) mapDelete(changed, map.keys[at]!);
    else changed.values[at] = other;
  }
  return changed;
}
