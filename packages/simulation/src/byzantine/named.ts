import { adaptive } from "./adaptive.ts";
import type { Knowledge } from "./knowledge.ts";
import {
  collusion,
  delaying,
  flooding,
  mutation,
  resending,
  type Strategy,
  selectiveSilence,
  silence,
  withholding,
} from "./strategies.ts";

/** What Byzantine nodes can be told to do by name. */
export type StrategyName =
  | "silence"
  | "selective-silence"
  | "withholding"
  | "delay"
  | "resending"
  | "flooding"
  | "forging"
  | "mutation"
  | "collusion"
  | "adaptive"
  | "twins"
  | "drawn";

/** A strategy that has a name. */
export interface NamedStrategy {
  /** In a few words, for whoever chooses. */
  readonly does: string;
  /**
   * False: nothing that an attacker on the network could not do as well. It loses, delays and repeats, and what it forges has no
   * seal; a protocol for crash faults bears that.
   */
  readonly lies: boolean;
  /** What it needs to see: messages as values, or sealed frames; null: neither. */
  readonly sees: "value" | "bytes" | null;
  /** What becomes of each packet; null: it is more than that. */
  readonly make: ((knowledge: Knowledge) => Strategy) | null;
}

const packets = (lies: boolean, does: string, make: NamedStrategy["make"]): NamedStrategy => ({
  does,
  lies,
  sees: "value",
  make,
});

/** All strategies by name. */
export const strategies: Readonly<Record<StrategyName, NamedStrategy>> = {
  silence: packets(false, "says nothing, every other time", () => silence()),
  "selective-silence": packets(false, "never speaks to some processes", selectiveSilence),
  withholding: packets(false, "never sends some kinds of messages", withholding),
  delay: packets(false, "sends everything up to 200 ms late", () => delaying(200)),
  resending: packets(false, "sends old messages again", () => resending()),
  flooding: packets(false, "sends messages up to 16 times", () => flooding()),
  forging: {
    does: "injects frames in the name of others, with seals stripped, damaged or of its own",
    lies: false,
    sees: "bytes",
    make: null,
  },
  mutation: packets(true, "tells each receiver something else: equivocation", (known) =>
    mutation(0.5, known),
  ),
  collusion: packets(true, "tells one half of the cluster the truth, and the other the same lie", collusion),
  adaptive: packets(true, "looks into the states of others and keeps two values alive", (known) =>
    adaptive(known),
  ),
  twins: { does: "runs every Byzantine node twice under one identity", lies: true, sees: null, make: null },
  drawn: { does: "a mixture of these, drawn by the seed", lies: true, sees: "value", make: null },
};
