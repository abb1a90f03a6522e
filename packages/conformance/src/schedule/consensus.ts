import type { ConsensusCommand, NodeId } from "@eunomia/engine";
import { hex } from "../support/assert.ts";
import { runSchedules } from "./explore.ts";
import type {
  ScheduleInput,
  ScheduleOptions,
  ScheduleProperty,
  ScheduleReport,
  ScheduleView,
} from "./types.ts";

/** A protocol behind the `Consensus` door under random schedules. */
export interface ConsensusSchedules extends Omit<ScheduleOptions, "inputs" | "properties" | "done"> {
  /** Processes that take `ConsensusCommand` and give `ConsensusOutput`. */
  readonly learners: readonly NodeId[];
  /** Slots 1 to `slots`. Default 2. */
  readonly slots?: number;
  /** Values a protocol may decide though nobody proposed them, e.g. the empty batch of a gap. */
  readonly noops?: readonly Uint8Array[];
  /** The value a learner proposes for a slot; null: none. Default: one byte of the learner's index, one of the slot. */
  value?(learner: number, slot: number): Uint8Array | null;
  /** Properties besides agreement, validity and integrity. */
  readonly properties?: readonly ScheduleProperty[];
  /** Inputs besides the proposals, e.g. a leader's order to lead. */
  readonly inputs?: readonly ScheduleInput[];
}

interface Decided {
  readonly slot: number;
  readonly value: Uint8Array;
}

const decidedOf = (output: unknown): Decided | null =>
  (output as { readonly kind?: string }).kind === "decided" ? (output as Decided) : null;

/** No two decisions of a slot differ, at any learners, in any lives. */
const agreement: ScheduleProperty = {
  name: "agreement",
  start: () => {
    const bySlot = new Map<number, string>();
    return {
      output: (process, output) => {
        const decided = decidedOf(output);
        if (decided === null) return null;
        const value = hex(decided.value);
        const before = bySlot.get(decided.slot) ?? value;
        bySlot.set(decided.slot, value);
        return before === value
          ? null
          : `slot ${decided.slot}: ${process} decides ${value}, ${before} was decided`;
      },
    };
  },
};

/** A slot is reported once per life, and no alarm is raised. */
const integrity: ScheduleProperty = {
  name: "integrity",
  start: () => {
    const seen = new Set<string>();
    return {
      output: (process, output, life) => {
        if ((output as { readonly kind?: string }).kind === "alarm") return `${process} raises an alarm`;
        const decided = decidedOf(output);
        if (decided === null) return null;
        const key = `${process}/${life}/${decided.slot}`;
        if (seen.has(key)) return `${process} reports slot ${decided.slot} twice in one life`;
        seen.add(key);
        return null;
      },
    };
  },
};

/** What is decided was proposed for that slot. */
function validity(
  proposed: ReadonlyMap<number, ReadonlySet<string>>,
  learners: readonly NodeId[],
  noops: readonly Uint8Array[],
): ScheduleProperty {
  const free = new Set(noops.map(hex));
  return {
    name: "validity",
    start: () => ({
      output: (process, output) => {
        const decided = decidedOf(output);
        if (decided === null || !learners.includes(process)) return null;
        const value = hex(decided.value);
        return free.has(value) || proposed.get(decided.slot)?.has(value) === true
          ? null
          : `slot ${decided.slot}: ${process} decides ${value}, which nobody proposed`;
      },
    }),
  };
}

/**
 * Random schedules for a protocol behind the `Consensus` door: learners propose a value each for every slot (again after a
 * restart); checks agreement, validity, integrity, and that after the faults every live learner decides every slot.
 *
 * @example
 * const report = consensusSchedules({ engines, learners: ["r0", "r1"], seeds: { count: 500 }, faults: { loss: 0.1, crash: 0.01 } });
 */
export function consensusSchedules(options: ConsensusSchedules): ScheduleReport {
  const { learners, slots = 2, noops = [] } = options;
  const proposalOf = options.value ?? ((learner: number, slot: number) => Uint8Array.of(learner + 1, slot));
  const inputs: ScheduleInput[] = [...(options.inputs ?? [])];
  const proposed = new Map<number, Set<string>>();
  for (const [index, to] of learners.entries())
    for (let slot = 1; slot <= slots; slot += 1) {
      const value = proposalOf(index, slot);
      if (value === null) continue;
      proposed.set(slot, (proposed.get(slot) ?? new Set()).add(hex(value)));
      const command: ConsensusCommand = { kind: "propose", slot, value };
      inputs.push({ to, commands: [command], again: true });
    }
  const allDecided = (view: ScheduleView): boolean =>
    learners.every((learner) => {
      if (!view.isLive(learner)) return true;
      const known = new Set(view.outputs(learner).map((output) => decidedOf(output)?.slot));
      for (const slot of proposed.keys()) if (!known.has(slot)) return false;
      return true;
    });
  const properties = [
    agreement,
    integrity,
    validity(proposed, learners, noops),
    ...(options.properties ?? []),
  ];
  return runSchedules({ ...options, inputs, properties, done: allDecided });
}
