import {
  type CheckOptions,
  check,
  configurationSymmetry,
  eagerSteps,
  inertMessages,
  type Mode,
  quorumTransitions,
  type Reduction,
  type Report,
} from "@eunomia/checker";
import { storyListing } from "../../explorer/story/listing.ts";
import { stepLine } from "../../explorer/story/tell.ts";
import type { Tree } from "../../explorer/story/types.ts";
import { ModelGround } from "../../explorer/worker/model-ground.ts";
import { writeModelFile } from "../../replay/model-file.ts";
import { modelNamed, mutantNamed } from "../models.ts";
import { refuse } from "../refusal.ts";

/** Ways to visit fewer states, by name. */
export const reductions: Readonly<Record<string, Reduction>> = {
  inert: inertMessages,
  symmetry: configurationSymmetry(),
  quorum: quorumTransitions,
  eager: eagerSteps,
};

/** One model to be checked, as plain JSON. */
export interface CheckJob {
  readonly model: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly mutant: string | null;
  readonly mode: Mode;
  readonly memory: number;
  /** Null: no such end. */
  readonly states: number | null;
  readonly depth: number | null;
  readonly walks: { readonly count: number; readonly steps: number; readonly seed: number } | null;
  readonly reductions: readonly string[];
  readonly engines: string;
}

/** What was found, as plain JSON. */
export interface CheckAnswer {
  readonly report: Report;
  /** The counterexample as a replay file, and in words. */
  readonly replay: string | null;
  readonly listing: string | null;
}

/** Processor time: what a search costs, whoever else uses the machine. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function optionsOf(job: CheckJob, progress: CheckOptions["progress"]): CheckOptions {
  const { mode, memory, states, depth, walks } = job;
  return {
    mode,
    memory,
    ...(states === null ? {} : { states }),
    ...(depth === null ? {} : { depth }),
    ...(walks === null ? {} : { walks }),
    reductions: job.reductions.map(
      (name) =>
        reductions[name] ??
        refuse(
          "unknown-reduction",
          `there is no reduction "${name}"`,
          `choose among ${Object.keys(reductions).join(", ")}`,
        ),
    ),
    now: cpuMs,
    ...(progress === undefined ? {} : { progress }),
  };
}

/** Checks one model; a counterexample is followed step by step to the state that violates. */
export function checkModel(job: CheckJob, progress?: CheckOptions["progress"]): CheckAnswer {
  const mutant = job.mutant === null ? null : mutantNamed(job.mutant);
  const make = () => modelNamed(job.model).make(job.params, mutant);
  const report = check(make(), optionsOf(job, progress));
  const { counterexample } = report;
  if (counterexample === null) return { report, replay: null, listing: null };
  const ground = new ModelGround(make(), {
    kind: "model",
    name: job.model,
    params: job.params as Tree,
    engines: job.engines,
    seed: null,
  });
  ground.followLabels(counterexample.steps);
  const story = ground.story();
  const replay = writeModelFile({
    engines: job.engines,
    node: process.version,
    model: job.model,
    params: job.params,
    mutant: job.mutant,
    turns: story.origin.path.map((turn, at) => ({ ...turn, says: stepLine(story.steps[at]!) })),
    property: counterexample.property,
    detail: counterexample.detail,
  });
  return { report, replay, listing: storyListing(story) };
}
