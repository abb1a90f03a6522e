import { bytes, decode, encode, type Infer, list, nat, record } from "@eunomia/codec";
import { encodeKvAnswer, type KvAnswer, type KvQuery, readKvCommand, readKvQuery } from "./wire.ts";

/** A value, and where it was written. */
interface Stored {
  readonly value: Uint8Array;
  readonly slot: number;
  readonly index: number;
}

/** A piece of a snapshot: pairs in the order of their keys. */
const Piece = list(record({ key: bytes(), value: bytes(), slot: nat(), index: nat() }));
type Piece = Infer<typeof Piece>;

/** A piece ends with the pair that makes it as long as this. */
const pieceBytes = 64 * 1024;

/** A list ends before the pair that would make it longer than this. */
const answerBytes = 512 * 1024;

/** One character for each byte: strings make good keys of a map, and compare like their bytes. */
const nameOf = (key: Uint8Array): string => {
  let name = "";
  for (const byte of key) name += String.fromCharCode(byte);
  return name;
};
const keyOf = (name: string): Uint8Array => Uint8Array.from(name, (sign) => sign.charCodeAt(0));

/**
 * The key-value store that is replicated: a function of the delivered commands alone, so it is the same at every node after the
 * same slots. Bodies that are none of its commands change nothing and are counted.
 */
export class KvStore {
  readonly #pairs = new Map<string, Stored>();
  /** The keys in order; null when it must be made anew. */
  #order: string[] | null = null;
  #foreign = 0;

  /** A command that was delivered at a place of the order. */
  apply(body: Uint8Array, slot: number, index: number): void {
    const command = readKvCommand(body);
    if (command === null) {
      this.#foreign += 1;
      return;
    }
    const name = nameOf(command.key);
    if (command.kind === "delete") {
      if (this.#pairs.delete(name)) this.#order = null;
      return;
    }
    if (!this.#pairs.has(name)) this.#order = null;
    // Copied: the batch that it lies in is let go of.
    this.#pairs.set(name, { value: command.value.slice(), slot, index });
  }

  /** Bodies that were no commands of this store. */
  get foreign(): number {
    return this.#foreign;
  }

  get size(): number {
    return this.#pairs.size;
  }

  /** Answers a query, whatever its bytes. */
  query(body: Uint8Array): Uint8Array {
    const query = readKvQuery(body);
    return encodeKvAnswer(query === null ? { kind: "refused" } : this.#answer(query));
  }

  #answer(query: KvQuery): KvAnswer {
    if (query.kind === "get") return { kind: "got", found: this.#pairs.get(nameOf(query.key)) ?? null };
    const prefix = nameOf(query.prefix);
    const after = query.after === null ? null : nameOf(query.after);
    const order = this.#sorted();
    const pairs = [];
    let size = 0;
    const first = after !== null && after > prefix ? after : prefix;
    for (let at = firstFrom(order, first); at < order.length; at += 1) {
      const name = order[at]!;
      if (name === after) continue;
      if (!name.startsWith(prefix)) break;
      const stored = this.#pairs.get(name)!;
      size += name.length + stored.value.length + 16;
      if (pairs.length === query.limit || (pairs.length > 0 && size > answerBytes))
        return { kind: "listed", pairs, more: true };
      pairs.push({ key: keyOf(name), ...stored });
    }
    return { kind: "listed", pairs, more: false };
  }

  #sorted(): readonly string[] {
    this.#order ??= [...this.#pairs.keys()].sort();
    return this.#order;
  }

  /** The whole store, in pieces that depend on nothing but what is in it. */
  *snapshot(): Generator<Uint8Array> {
    let piece: Piece = [];
    let size = 0;
    for (const name of this.#sorted()) {
      const stored = this.#pairs.get(name)!;
      piece.push({ key: keyOf(name), ...stored });
      size += name.length + stored.value.length + 16;
      if (size < pieceBytes) continue;
      yield encode(Piece, piece);
      piece = [];
      size = 0;
    }
    if (piece.length > 0) yield encode(Piece, piece);
  }

  /** Takes the place of everything that was there. @throws DecodeError when a piece is none of a snapshot. */
  restore(pieces: Iterable<Uint8Array>): void {
    this.#pairs.clear();
    this.#order = null;
    for (const piece of pieces)
      for (const { key, value, slot, index } of decode(Piece, piece))
        this.#pairs.set(nameOf(key), { value, slot, index });
  }
}

/** The place of the first name that is not below `from`. */
function firstFrom(order: readonly string[], from: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
