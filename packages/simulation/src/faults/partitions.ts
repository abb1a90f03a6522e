import type { Network } from "../network/network.ts";

/** Ways to cut a network; a number chooses one, and the other numbers who stands where. */
const shapes = ["isolated", "halves", "bridge", "ring", "deaf", "mute"] as const;

/** Cuts links between ends and mends them again. */
export class Partitions {
  readonly #network: Network;
  /** What is cut just now: `from * count + to`. */
  #cut: [number, number][] = [];

  constructor(network: Network) {
    this.#network = network;
  }

  get any(): boolean {
    return this.#cut.length > 0;
  }

  /** Cuts by a drawn number, in the place of what was cut before; answers what it did. */
  cut(drawn: number): string {
    this.mend();
    const count = this.#network.ends.length;
    const shape = shapes[drawn % shapes.length]!;
    const rest = Math.floor(drawn / shapes.length);
    const one = rest % count;
    const side = (end: number): boolean => ((rest >> (end % 12)) & 1) === 1;
    const apart: Record<typeof shape, (from: number, to: number) => boolean> = {
      isolated: (from, to) => (from === one) !== (to === one),
      halves: (from, to) => side(from) !== side(to),
      bridge: (from, to) => from !== one && to !== one && side(from) !== side(to),
      ring: (from, to) => {
        const apart = Math.abs(from - to);
        return apart !== 1 && apart !== count - 1;
      },
      deaf: (_from, to) => to === one,
      mute: (from) => from === one,
    };
    for (let from = 0; from < count; from += 1)
      for (let to = 0; to < count; to += 1) {
        const link = from === to ? null : this.#network.link(from, to);
        if (link === null || link.blocked || !apart[shape](from, to)) continue;
        link.blocked = true;
        this.#cut.push([from, to]);
      }
    return `${shape}, ${this.#cut.length} links`;
  }

  mend(): void {
    for (const [from, to] of this.#cut) this.#network.link(from, to).blocked = false;
    this.#cut = [];
  }
}
