/** Situations that were equal but for the operations of unknown outcome that had been used. */
interface Situation {
  readonly placed: Uint32Array;
  readonly state: number;
  /** None is a part of another. */
  ghosts: Uint32Array[];
}

/**
 * The situations that a search has been in: which operations were placed, and the state. Exact: the hash only finds them.
 */
export class Seen {
  readonly #known: number;
  readonly #placed: Uint32Array;
  readonly #ghosts: Uint32Array;
  readonly #words: Uint32Array;
  readonly #situations = new Map<number, Situation[]>();
  #hash = 0;

  /** @param known operations 0 to `known` - 1 have results, the next `ghosts` ones have not. */
  constructor(known: number, ghosts: number) {
    this.#known = known;
    this.#placed = new Uint32Array(Math.ceil(known / 32));
    this.#ghosts = new Uint32Array(Math.ceil(ghosts / 32));
    let word = 0x9e3779b9;
    this.#words = new Uint32Array(known).map(() => {
      word ^= word << 13;
      word ^= word >>> 17;
      word ^= word << 5;
      return word;
    });
  }

  /** Puts an operation among the placed ones, or takes it out again. */
  flip(op: number): void {
    const ghost = op - this.#known;
    if (ghost < 0) {
      this.#placed[op >>> 5]! ^= 1 << (op & 31);
      this.#hash ^= this.#words[op]!;
    } else this.#ghosts[ghost >>> 5]! ^= 1 << (ghost & 31);
  }

  /** Notes the situation with one operation more; false if it can be given up, since one at least as good was there. */
  add(op: number, state: number): boolean {
    this.flip(op);
    const isNew = this.#note(state);
    this.flip(op);
    return isNew;
  }

  #note(state: number): boolean {
    const key = (this.#hash ^ Math.imul(state, 0x85ebca6b)) >>> 0;
    const near = this.#situations.get(key);
    const same = near?.find((one) => one.state === state && isEqual(one.placed, this.#placed));
    if (same === undefined) {
      const one = { placed: this.#placed.slice(), state, ghosts: [this.#ghosts.slice()] };
      if (near === undefined) this.#situations.set(key, [one]);
      else near.push(one);
      return true;
    }
    if (same.ghosts.some((used) => isPart(used, this.#ghosts))) return false;
    same.ghosts = same.ghosts.filter((used) => !isPart(this.#ghosts, used));
    same.ghosts.push(this.#ghosts.slice());
    return true;
  }
}

function isEqual(a: Uint32Array, b: Uint32Array): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function isPart(part: Uint32Array, whole: Uint32Array): boolean {
  for (let at = 0; at < part.length; at += 1) if ((part[at]! & ~whole[at]!) !== 0) return false;
  return true;
}
