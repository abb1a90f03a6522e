import type { ReplicaConfig } from "../../src/index.ts";
import { type PaperFaults, PaperReplica } from "../twins/paper.ts";
import { command, Life, type Make, oracles, swap } from "./lab.ts";

/** A replica as the checks of the faults see it: words in, words out. */
interface Subject {
  submit(word: string, payload?: string): void;
  decided(slot: number, words: string[], epoch?: number): void;
  readonly log: readonly (readonly [number, string, readonly string[]])[];
  /** Slot and words of every proposal. */
  readonly proposed: readonly (readonly [number, readonly string[]])[];
  readonly slotOut: number;
  /** The protocol of the next slot. */
  readonly protocol: string;
  /** How many entries, decisions and executed numbers it remembers. */
  readonly items: number;
}

export type MakeSubject = (over?: Partial<ReplicaConfig>) => Subject;

function entryOf(word: string, payload?: string): Uint8Array {
  const [name, to] = word.split("=");
  if (to !== undefined) return swap(Number(name!.slice(3)), to);
  const [client, seq] = word.slice(1).split(":").map(Number);
  return command(client!, seq!, payload);
}

/** Ours, or a spoiled one of the same kind. */
export const real =
  (make?: Make): MakeSubject =>
  (over) => {
    const life = new Life(over, make, oracles);
    return {
      submit: (word, payload) => void life.submit(entryOf(word, payload)),
      decided: (slot, words, epoch) =>
        void life.decided(
          slot,
          words.map((word) => entryOf(word)),
          epoch,
        ),
      get log() {
        return life.log;
      },
      get proposed() {
        return life.proposed.map(([, slot, words]) => [slot, words] as const);
      },
      get slotOut() {
        return life.state.slotOut;
      },
      get protocol() {
        return life.state.epochs.findLast((epoch) => epoch.from <= life.state.slotOut)!.protocol.name;
      },
      get items() {
        const { known, inflight, pending, sessions } = life.state;
        const executed = sessions.values.reduce((sum, { done }) => sum + done.length, 0);
        return known.keys.length + inflight.keys.length + pending.length + executed;
      },
    };
  };

export const paper =
  (faults: PaperFaults): MakeSubject =>
  () =>
    new PaperReplica(faults);
