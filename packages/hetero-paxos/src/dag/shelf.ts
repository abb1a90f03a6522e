import { emptyMap, mapGet, mapSet, type Schema, type SortedMap, sortedMap, text } from "@eunomia/codec";
import { Id } from "../ballot.ts";

/**
 * A map by id in two levels, by the first two digits and then whole. An insertion into a sorted array moves what stands
 * behind it; here that is 1/256 of all, so that its cost does not show in a long history.
 */
type Shelf<V> = SortedMap<string, SortedMap<string, V>>;
export const shelf = <V>(value: Schema<V>): Schema<Shelf<V>> =>
  sortedMap(text(2), sortedMap(Id, value)) as Schema<Shelf<V>>;

export function shelfGet<V>(from: Readonly<Shelf<V>>, id: string): V | undefined {
  const board = mapGet(from, id.slice(0, 2));
  return board === undefined ? undefined : mapGet(board, id);
}

export function shelfSet<V>(to: Shelf<V>, id: string, value: V): void {
  const key = id.slice(0, 2);
  let board = mapGet(to, key);
  if (board === undefined) {
    board = emptyMap<string, V>();
    mapSet(to, key, board);
  }
  mapSet(board, id, value);
}

export const shelfIds = (from: Readonly<Shelf<unknown>>): string[] => from.values.flatMap(({ keys }) => keys);
