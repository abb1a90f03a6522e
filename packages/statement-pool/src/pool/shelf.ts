import { type PrincipalId, toHex } from "@eunomia/codec";
import type { Id } from "../statement/types.ts";
import { encodeValue, type Value } from "../statement/value.ts";
import type { Held } from "./held.ts";

/** Entries by a key; most keys have one, which then needs no list. */
class Multimap {
  readonly #map = new Map<string, Held | Held[]>();

  add(key: string, entry: Held): void {
    const found = this.#map.get(key);
    if (found === undefined) this.#map.set(key, entry);
    else if (Array.isArray(found)) found.push(entry);
    else this.#map.set(key, [found, entry]);
  }

  get(key: string): readonly Held[] {
    const found = this.#map.get(key);
    return found === undefined ? [] : Array.isArray(found) ? found : [found];
  }

  delete(key: string, entry: Held): void {
    const left = this.get(key).filter((one) => one !== entry);
    if (left.length === 0) this.#map.delete(key);
    else this.#map.set(key, left.length === 1 ? left[0]! : left);
  }

  /** Keys with their entries, for going through all. */
  *lists(): Iterable<readonly Held[]> {
    for (const key of this.#map.keys()) yield this.get(key);
  }
}

/** The entries of one type, by order of arrival and by what patterns ask for. */
class TypeShelf {
  readonly all = new Set<Held>();
  readonly byIssuer = new Multimap();
  /** By field, only those that were asked for. */
  readonly byField = new Map<string, { readonly at: number; readonly entries: Multimap }>();
}

const keyOf = (value: Value): string => toHex(encodeValue(value));
const fieldKey = (held: Held, at: number): string => keyOf(held.core.content.body[at]!);

/** All entries with bytes, by every key that they are looked for. */
export class Shelf {
  readonly byId = new Map<Id, Held>();
  readonly byCid = new Multimap();
  /** Verified ones only: what convinces nobody accuses nobody. */
  readonly bySlot = new Multimap();
  readonly #byType = new Map<string, TypeShelf>();

  #type(name: string): TypeShelf {
    let shelf = this.#byType.get(name);
    if (shelf === undefined) {
      shelf = new TypeShelf();
      this.#byType.set(name, shelf);
    }
    return shelf;
  }

  add(entry: Held): void {
    const shelf = this.#type(entry.core.content.type);
    this.byId.set(entry.id, entry);
    this.byCid.add(entry.cid, entry);
    shelf.all.add(entry);
    shelf.byIssuer.add(entry.issuer, entry);
    for (const { at, entries } of shelf.byField.values()) entries.add(fieldKey(entry, at), entry);
  }

  delete(entry: Held): void {
    const shelf = this.#type(entry.core.content.type);
    this.byId.delete(entry.id);
    this.byCid.delete(entry.cid, entry);
    if (entry.slot !== null) this.bySlot.delete(entry.slot, entry);
    shelf.all.delete(entry);
    shelf.byIssuer.delete(entry.issuer, entry);
    for (const { at, entries } of shelf.byField.values()) entries.delete(fieldKey(entry, at), entry);
  }

  ofType(type: string): Iterable<Held> {
    return this.#type(type).all;
  }

  ofIssuer(type: string, issuer: PrincipalId): readonly Held[] {
    return this.#type(type).byIssuer.get(issuer);
  }

  /** Entries whose field at this position has this value. The first question makes the index. */
  withField(type: string, name: string, at: number, value: Value): readonly Held[] {
    const shelf = this.#type(type);
    let index = shelf.byField.get(name);
    if (index === undefined) {
      index = { at, entries: new Multimap() };
      shelf.byField.set(name, index);
      for (const entry of shelf.all) index.entries.add(fieldKey(entry, at), entry);
    }
    return index.entries.get(keyOf(value));
  }
}
