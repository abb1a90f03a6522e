import { draws } from "../draws.ts";
import type { Chain } from "./stake.ts";
import type { Order, Told } from "./told.ts";

const other = (chain: Chain): Chain => (chain === "red" ? "blue" : "red");
const owners = ["alice", "bob", "carol", "dave"] as const;
/** So many assets go to and fro. */
const assetsMax = 8;

/** One asset that moves. */
interface Moving {
  readonly key: string;
  at: Chain;
  /** When its transfer was asked for first and last, milliseconds since 1970; null: none is under way. */
  asked: { readonly first: number; last: number } | null;
  /** The last joint slot in which it moved on some chain, and the chains that have included it. */
  slot: number;
  readonly settled: Set<Chain>;
}

/** A transfer that both chains have taken. */
export interface Transfer {
  readonly key: string;
  readonly from: Chain;
  readonly to: Chain;
  readonly slot: number;
  /** From when it was asked for, and when both chains had it, milliseconds since 1970. */
  readonly asked: number;
  readonly done: number;
}

/**
 * Moves assets from red to blue and back, each once at a time, until there were so many transfers. An order may be lost with a
 * validator, and a joint slot may come to nothing: then it is asked for again.
 */
export class Transfers {
  readonly wanted: number;
  readonly done: Transfer[] = [];
  readonly #assets: Moving[];
  readonly #next: () => number;
  readonly #againMs: number;

  constructor(wanted: number, seed: number, againMs: number) {
    this.wanted = wanted;
    this.#next = draws(seed);
    this.#againMs = againMs;
    this.#assets = Array.from({ length: Math.min(assetsMax, wanted) }, (_, i) => {
      const at: Chain = i % 2 === 0 ? "red" : "blue";
      return { key: `${at}:asset-${i + 1}`, at, asked: null, slot: 0, settled: new Set<Chain>() };
    });
  }

  get #owner(): string {
    return owners[this.#next() % owners.length]!;
  }

  /** Orders that make the assets. */
  mints(): Order[] {
    return this.#assets.map(({ key, at }) => ({ kind: "mint", chain: at, key, owner: this.#owner }));
  }

  /** Are all of them there, as far as somebody who follows the chain says? */
  areMinted(chain: Chain, held: Readonly<Record<string, string>>): boolean {
    return this.#assets.every(({ key, at }) => at !== chain || held[key] !== undefined);
  }

  /** An order for the chain's own sake: it gives an asset that is there, and not on its way, to somebody else. */
  gift(chain: Chain): Order | null {
    const here = this.#assets.filter(({ at, asked }) => at === chain && asked === null);
    const asset = here[this.#next() % Math.max(1, here.length)];
    return asset === undefined ? null : { kind: "give", chain, key: asset.key, owner: this.#owner };
  }

  /** Transfers to ask for now. `more`: one at a time beyond those that are wanted, since the run waits for something else. */
  due(now: number, more = false): Order[] {
    const underway = this.#assets.filter(({ asked }) => asked !== null).length;
    let room = Math.max(this.wanted - this.done.length, more ? 1 : 0) - underway;
    return this.#assets.flatMap((asset): Order[] => {
      const { key, at, asked } = asset;
      if (asked === null ? room <= 0 : now - asked.last < this.#againMs || asset.settled.size === 1)
        return [];
      if (asked === null) {
        room -= 1;
        asset.asked = { first: now, last: now };
      } else asked.last = now;
      return [{ kind: "transfer", chain: at, key, to: other(at), owner: this.#owner }];
    });
  }

  /** What validators tell of joint slots; the first to tell of a chain counts. Answers the transfers that are done with it. */
  heard({ ending, keys, chain, slot, at }: Extract<Told, { kind: "slot" }>): Transfer[] {
    if (ending !== "included") return [];
    return this.#assets.flatMap((asset): Transfer[] => {
      if (!keys.includes(asset.key) || slot < asset.slot) return [];
      if (slot > asset.slot) asset.settled.clear();
      asset.slot = slot;
      if (asset.settled.has(chain)) return [];
      asset.settled.add(chain);
      if (asset.settled.size < 2) return [];
      const { key, asked, at: from } = asset;
      asset.at = other(from);
      asset.asked = null;
      // An order that was given twice may move an asset once more.
      if (asked === null) return [];
      const transfer = { key, from, to: asset.at, slot, asked: asked.first, done: at };
      this.done.push(transfer);
      return [transfer];
    });
  }
}
