/** What keys of maps and members of sets can be. Numbers are ordered by value, strings by code unit. */
export type Key = number | string;

/** A map as plain data: `keys` strictly ascending, `values[i]` belongs to `keys[i]`. */
export interface SortedMap<K extends Key, V> {
  keys: K[];
  values: V[];
}

/** The position of the first key that is not below `key`. */
function lowerBound<K extends Key>(keys: readonly K[], key: K): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Logarithmic, like every search here. */
export function setHas<K extends Key>(set: readonly K[], key: K): boolean {
  return set[lowerBound(set, key)] === key;
}

/** False: it was in the set before. */
export function setAdd<K extends Key>(set: K[], key: K): boolean {
  const at = lowerBound(set, key);
  if (set[at] === key) return false;
  if (at === set.length) set.push(key);
  else set.splice(at, 0, key);
  return true;
}

/** False: it was not in the set. */
export function setDelete<K extends Key>(set: K[], key: K): boolean {
  const at = lowerBound(set, key);
  if (set[at] !== key) return false;
  set.splice(at, 1);
  return true;
}

/**
 * A map without entries.
 *
 * @example
 * const votes = emptyMap<number, string>();
 * mapSet(votes, 7, "yes");
 * mapGet(votes, 7); // "yes"
 */
export function emptyMap<K extends Key, V>(): { keys: K[]; values: V[] } {
  return { keys: [], values: [] };
}

export function mapHas<K extends Key>(map: { readonly keys: readonly K[] }, key: K): boolean {
  return setHas(map.keys, key);
}

export function mapGet<K extends Key, V>(
  map: { readonly keys: readonly K[]; readonly values: readonly V[] },
  key: K,
): V | undefined {
  const at = lowerBound(map.keys, key);
  return map.keys[at] === key ? map.values[at] : undefined;
}

/** Adds the entry or replaces its value. Cheapest at the end. */
export function mapSet<K extends Key, V>(map: SortedMap<K, V>, key: K, value: V): void {
  const at = lowerBound(map.keys, key);
  if (map.keys[at] === key) map.values[at] = value;
  else if (at === map.keys.length) {
    map.keys.push(key);
    map.values.push(value);
  } else {
    map.keys.splice(at, 0, key);
    map.values.splice(at, 0, value);
  }
}

/** False: there was no such entry. */
export function mapDelete<K extends Key, V>(map: SortedMap<K, V>, key: K): boolean {
  const at = lowerBound(map.keys, key);
  if (map.keys[at] !== key) return false;
  map.keys.splice(at, 1);
  map.values.splice(at, 1);
  return true;
}

/** Drops every entry with a key up to and including `key`. */
export function mapDropThrough<K extends Key, V>(map: SortedMap<K, V>, key: K): void {
  const at = lowerBound(map.keys, key);
  const count = map.keys[at] === key ? at + 1 : at;
  if (count === 0) return;
  map.keys.splice(0, count);
  map.values.splice(0, count);
}
