import type { Engine } from "@eunomia/engine";
import type { Twin } from "../support/case.ts";
import { learner } from "../toy/learner.ts";
import { type SequencerFault, sequencer } from "../toy/sequencer.ts";
import type { Sequencer } from "../toy/types.ts";
import type { EngineSubject } from "./subject.ts";

function toy(fault?: SequencerFault): EngineSubject {
  const learning = (self: string) => ({ engine: learner(), config: { self, sequencer: "s", retryMs: 50 } });
  return {
    processes: {
      s: { engine: sequencer(fault), config: { self: "s", learners: ["r0", "r1"] } },
      r0: learning("r0"),
      r1: learning("r1"),
    },
    commands: (process, random) =>
      process === "s"
        ? null
        : [{ kind: "propose", slot: 1 + random.below(4), value: Uint8Array.of(random.below(9)) }],
    durable: (process, observation) => (process === "s" ? observation : null),
    stateBytesMax: 250,
  };
}

/** The toy engines, which pass. */
export const engineExample: EngineSubject = toy();

function twin(name: string, fault: string, kind: SequencerFault): Twin<EngineSubject> {
  return { name, fault, subject: toy(kind) };
}

/** The toy engines, of which the sequencer says something else about itself. */
function withSequencer(more: Partial<Engine<Sequencer>>): EngineSubject {
  const { processes, ...rest } = toy();
  const { s, ...others } = processes;
  return { ...rest, processes: { s: { engine: { ...sequencer(), ...more }, config: s!.config }, ...others } };
}

/** The last one has a `fairness` that names no action of its engine. */
export const engineTwins: readonly Twin<EngineSubject>[] = [
  twin("counting", "the result depends on a count outside the state", "impure"),
  twin("acting guard", "a guard changes the state", "guard-acts"),
  twin("throwing", "slot 0 of a peer throws", "throws"),
  twin("forgetful", "a decision is not written down", "forgets"),
  twin("short", "compacting leaves the last record out", "compacts-short"),
  twin("unbounded", "any slot is taken, however far ahead", "unbounded"),
  twin("scribbling", "a message is changed by its receiver", "writes-message"),
  twin("surplus", "the state holds what its schema does not know", "surplus"),
  {
    name: "deaf",
    fault: "every message is called inert",
    subject: withSequencer({ inert: () => true }),
  },
  {
    name: "hasty",
    fault: "a slot that is empty now is called inert for good",
    subject: withSequencer({
      inert: (_config, { values }, { kind }) => kind === "propose" && values.keys.length > 1,
    }),
  },
  {
    name: "collecting",
    fault: "an action that tells others is listed among those that only store",
    subject: withSequencer({ collects: ["tell"] }),
  },
  {
    name: "unfair",
    fault: "fairness names an action that is not there",
    subject: {
      ...toy(),
      processes: {
        s: { engine: { ...sequencer(), fairness: { other: "weak" } }, config: { self: "s", learners: [] } },
      },
    },
  },
];
