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
  /** How often each learner asks how far writes have come (`highest`). Default 0. */
  readonly reads?: number;
  /** The value a learner proposes for a slot; null: none. Default: one byte of the learner's index, one of the slot. */
  value?(learner: number, slot: number): Uint8Array | null;
  /** Properties besides agreement, validity and integrity. */
  readonly properties?: readonly ScheduleProperty[];
  /** Inputs besides the proposals, e.g. a leader's order to lead. */
  readonly inputs?: readonly ScheduleInput[];
}

/** Above every slot of a run, so that a nonce tells the question and what was decided when it was asked. */
const slotsMax = 4096;

interface Decided {
  readonly slot: number;
  readonly value: Uint8Array;
}

const kindOf = (output: unknown): string | undefined => (output as { readonly kind?: string }).kind;

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

/** The highest slot that anybody has decided so far. */
const decidedSoFar = (view: ScheduleView): number =>
  view.processes
    .flatMap((process) => view.outputs(process))
    .reduce<number>((highest, output) => Math.max(highest, decidedOf(output)?.slot ?? 0), 0);

/** A question may come at any moment; its nonce is new, and holds what an answer must not be below. */
const readInputs = (learners: readonly NodeId[], reads: number): ScheduleInput[] =>
  learners.flatMap((to, index) =>
    Array.from({ length: reads }, (_, read) => ({
      to,
      commands: (view: ScheduleView): readonly ConsensusCommand[] => [
        { kind: "highest", nonce: (index * reads + read + 1) * slotsMax + decidedSoFar(view) },
      ],
    })),
  );

/** Whoever asks hears of every slot that was decided before. */
const reading: ScheduleProperty = {
  name: "reads",
  start: () => ({
    output: (process, output) => {
      const { kind, nonce, slot } = output as { kind?: string; nonce: number; slot: number };
      if (kind !== "highest" || slot >= nonce % slotsMax) return null;
      return `${process} hears of slots up to ${slot}, though slot ${nonce % slotsMax} was decided before it asked`;
    },
  }),
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
  const { reads = 0 } = options;
  inputs.push(...readInputs(learners, reads));
  // A restart forgets a question, so only without crashes every one is answered; and a later one takes the place of an earlier.
  const answers = reads > 0 && (options.faults?.crash ?? 0) === 0 ? 1 : 0;
  const allDecided = (view: ScheduleView): boolean =>
    learners.every((learner) => {
      if (!view.isLive(learner)) return true;
      const answered = view.outputs(learner).filter((output) => kindOf(output) === "highest").length;
      if (answered < answers) return false;
      const known = new Set(view.outputs(learner).map((output) => decidedOf(output)?.slot));
      for (const slot of proposed.keys()) if (!known.has(slot)) return false;
      return true;
    });
  const properties = [
    agreement,
    integrity,
    reading,
    validity(proposed, learners, noops),
    ...(options.properties ?? []),
  ];
  return runSchedules({ ...options, inputs, properties, done: allDecided });
}
