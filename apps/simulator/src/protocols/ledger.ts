import type { History, Invariant, View } from "@eunomia/checker";
import { bool, bytes, equalBytes, type Infer, list, nat, record } from "@eunomia/codec";
import { textOf } from "./values.ts";

const Ledger = record({
  /** What was decided, in the order in which it was put out first. */
  decided: list(record({ slot: nat(), value: bytes() })),
  /** One slot was put out twice. */
  repeated: bool(),
  alarm: bool(),
  /** Answers to reads. */
  reads: list(record({ nonce: nat(), slot: nat() })),
});
type Ledger = Infer<typeof Ledger>;

type ConsensusOutput = {
  readonly kind: string;
  readonly slot?: number;
  readonly value?: Uint8Array;
  readonly nonce?: number;
};

/** What a process of a consensus protocol has put out in all its lives. */
export const ledger: History<Ledger> = {
  schema: Ledger,
  start: { decided: [], repeated: false, alarm: false, reads: [] },
  fold(known, { kind, slot, value, nonce }: ConsensusOutput) {
    if (kind === "highest") return { ...known, reads: [...known.reads, { nonce: nonce!, slot: slot! }] };
    if (kind === "alarm" || kind === "evidence") return { ...known, alarm: true };
    if (kind !== "decided") return known;
    const before = known.decided.filter((one) => one.slot === slot);
    if (before.some((one) => equalBytes(one.value, value!))) return { ...known, repeated: true };
    const decided = [...known.decided, { slot: slot!, value: value! }];
    return { ...known, decided, repeated: known.repeated || before.length > 0 };
  },
};

/** Everything that was ever decided by anybody, as `[process, slot, value]`. */
export function decisions(view: View, processes: readonly string[]): [string, number, string][] {
  return processes.flatMap((process) =>
    (view.of(process).history as Ledger).decided.map(
      ({ slot, value }) => [process, slot, textOf(value)] as [string, number, string],
    ),
  );
}

/** No two decisions of a slot differ, whoever made them, in whichever life. */
export const agreement = (processes: readonly string[]): Invariant => ({
  name: "agreement",
  holds(view) {
    const chosen = new Map<number, [string, string]>();
    for (const [process, slot, value] of decisions(view, processes)) {
      const known = chosen.get(slot);
      if (known !== undefined && known[1] !== value)
        return `slot ${slot}: ${known[0]} decided ${known[1]}, ${process} decided ${value}`;
      chosen.set(slot, [process, value]);
    }
    return null;
  },
});

/** Only what was proposed is decided. */
export const validity = (processes: readonly string[], proposed: readonly string[]): Invariant => ({
  name: "validity",
  holds(view) {
    const strange = decisions(view, processes).find(([, , value]) => !proposed.includes(value));
    return strange === undefined ? null : `${strange[0]} decided ${strange[2]}, which nobody proposed`;
  },
});

/** Who reports each slot once. Only for processes that live once in the model. */
export const integrity = (processes: readonly string[]): Invariant => ({
  name: "integrity",
  holds(view) {
    const twice = processes.find((process) => (view.of(process).history as Ledger).repeated);
    return twice === undefined ? null : `${twice} reported a slot twice`;
  },
});

/** Nobody met what the fault model excludes. */
export const noAlarm = (processes: readonly string[]): Invariant => ({
  name: "no alarm",
  holds(view) {
    const loud = processes.find((process) => (view.of(process).history as Ledger).alarm);
    return loud === undefined ? null : `${loud} raised an alarm`;
  },
});
