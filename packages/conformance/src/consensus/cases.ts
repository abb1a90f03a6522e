import { type ConsensusSchedules, consensusSchedules } from "../schedule/consensus.ts";
import { describeFailure } from "../schedule/shrink.ts";
import type { ScheduleFaults } from "../schedule/types.ts";
import { must } from "../support/assert.ts";
import type { Case, Twin } from "../support/case.ts";
import { learner } from "../toy/learner.ts";
import { sequencer } from "../toy/sequencer.ts";

/** A protocol behind the `Consensus` door: its processes, and how many runs each case makes (default 150). */
export interface ConsensusSubject
  extends Pick<
    ConsensusSchedules,
    "engines" | "learners" | "noops" | "inputs" | "fairSuffix" | "stepsMax" | "recover"
  > {
  readonly runs?: number;
  /** At most so many nodes down at once; what the protocol tolerates for safety. Default 1. */
  readonly downMax?: number;
}

function runs(
  name: string,
  clause: string,
  seed: number,
  faults: ScheduleFaults,
  slots: number,
): Case<ConsensusSubject> {
  return {
    name,
    clause,
    run: (subject) => {
      const { runs: count = 150, downMax = 1, ...rest } = subject;
      const report = consensusSchedules({
        ...rest,
        slots,
        reads: 2,
        seeds: { from: seed, count },
        faults: { downMax, ...faults },
      });
      const failure = report.failures[0];
      must(clause, failure === undefined, () => describeFailure(failure!));
      must(clause, report.done > 0, "no run decided anything");
    },
  };
}

const slotByslot =
  "a slot decides one of the proposed values, the same at every process; who asks hears of every slot decided before";

/** Any protocol behind the `Consensus` door, under growing trouble. Data for any test runner. */
export const consensusCases: readonly Case<ConsensusSubject>[] = [
  runs("every learner decides when nothing goes wrong", slotByslot, 1, { partialFlush: false }, 3),
  runs(
    "messages come in any order, lost and repeated",
    slotByslot,
    10_001,
    { loss: 0.15, duplication: 0.15 },
    3,
  ),
  runs("links keep their order", slotByslot, 20_001, { loss: 0.1, reorder: false }, 2),
  runs(
    "processes crash between any two effects and come back",
    slotByslot,
    30_001,
    { crash: 0.02, loss: 0.05 },
    2,
  ),
  runs(
    "everything at once, journals compacted",
    slotByslot,
    40_001,
    { crash: 0.03, loss: 0.1, duplication: 0.1, compact: 0.02 },
    2,
  ),
];

function toy(engine = sequencer(), learning = learner()): ConsensusSubject {
  const one = (self: string) => ({ engine: learning, config: { self, sequencer: "s", retryMs: 50 } });
  return {
    engines: { s: { engine, config: { self: "s", learners: ["r0", "r1"] } }, r0: one("r0"), r1: one("r1") },
    learners: ["r0", "r1"],
  };
}

/** The toy protocol, which passes. */
export const consensusExample: ConsensusSubject = toy();

/** Each breaks one sentence of the door. */
export const consensusTwins: readonly Twin<ConsensusSubject>[] = [
  {
    name: "forgetful",
    fault: "the sequencer tells a value without writing it down",
    subject: toy(sequencer("forgets")),
  },
  {
    name: "late",
    fault: "the sequencer writes a value down only after telling it",
    subject: toy(sequencer("late")),
  },
  { name: "inventive", fault: "a value is decided that nobody proposed", subject: toy(sequencer("invents")) },
  {
    name: "overwriting",
    fault: "the last value wins instead of the first",
    subject: toy(sequencer("overwrites")),
  },
  {
    name: "silent",
    fault: "who asks about a decided slot gets no answer",
    subject: toy(sequencer("silent")),
  },
  {
    name: "short",
    fault: "compacting leaves the last record out",
    subject: toy(sequencer("compacts-short")),
  },
  {
    name: "repeating",
    fault: "a decision is reported every time that it is heard of",
    subject: toy(undefined, learner("repeats")),
  },
  {
    name: "giving up",
    fault: "a lost proposal is never sent again",
    subject: toy(undefined, learner("gives-up")),
  },
  {
    name: "guessing",
    fault: "a learner that is asked how far writes have come answers from what it knows itself",
    subject: toy(undefined, learner("guesses")),
  },
  {
    name: "mixing",
    fault: "a late answer to an earlier question counts",
    subject: toy(undefined, learner("mixes-answers")),
  },
  {
    name: "stubborn",
    fault: "a learner believes its own proposal",
    subject: toy(undefined, learner("own-way")),
  },
];
