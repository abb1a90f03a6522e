import { type RunPlan, type RunResult, type SimulatedStep, type System, simulate } from "@eunomia/simulation";
import { changesBetween, inline, treeOf } from "../story/tree.ts";
import type { Lane, RawStep, Sent, Tree } from "../story/types.ts";

/** A run keeps the last so many steps as a story: more than anybody reads, and what a browser holds with ease. */
const keptSteps = 10_000;

/** What the kernel notes about nodes is told by their fates. */
const toldByFates = /^(?:starts|restarts|crashes|stops by the disk|refusals to start)\b/;

type Effect =
  | { readonly kind: "send"; readonly to: readonly string[]; readonly message: unknown }
  | { readonly kind: "output"; readonly output: unknown }
  | { readonly kind: "persist" | "arm" | "disarm" | "spawn" };

/** A run as a story needs it. */
export interface RunRecord {
  readonly result: RunResult;
  readonly lanes: readonly Lane[];
  readonly steps: readonly RawStep[];
  /** Steps that were left out at the beginning. */
  readonly skipped: number;
  /** The state of a process after a step of the story; undefined: it has none yet. */
  stateAt(process: string, step: number): Tree | undefined;
}

/** Watches a run from its n-th step on. */
class Recorder {
  readonly steps: RawStep[] = [];
  readonly lanes = new Map<string, Lane>();
  readonly #states = new Map<string, { readonly from: number; readonly tree: Tree }[]>();
  readonly #first: number;
  #seen = 0;

  constructor(first: number) {
    this.#first = first;
  }

  step(step: SimulatedStep): void {
    const { process, node, engine } = step;
    if (!this.lanes.has(process)) this.lanes.set(process, { id: process, node, engine });
    this.#seen += 1;
    if (this.#seen < this.#first) return;
    const name = step.instance === "" ? engine : `${engine} ${step.instance}`;
    const before = this.last(process) ?? {};
    const after = { ...(before as object), [name]: treeOf(step.state) };
    this.steps.push({ ...this.#rawOf(step), changes: changesBetween(process, before, after) });
    const states = this.#states.get(process) ?? [];
    states.push({ from: this.steps.length, tree: after });
    this.#states.set(process, states);
  }

  /** Something beside the steps. */
  add(step: Pick<RawStep, "kind" | "process" | "at"> & { readonly detail?: string }): void {
    if (this.#seen >= this.#first) this.steps.push({ fired: [], sends: [], changes: [], ...step });
  }

  crash(node: string, at: number): void {
    const lane = [...this.lanes.values()].find((each) => each.node === node);
    if (lane !== undefined) this.add({ kind: "crash", process: lane.id, at });
    for (const { id, node: its } of this.lanes.values())
      if (its === node) this.#states.get(id)?.push({ from: this.steps.length, tree: {} });
  }

  last(process: string): Tree | undefined {
    return this.#states.get(process)?.at(-1)?.tree;
  }

  stateAt(process: string, step: number): Tree | undefined {
    return this.#states.get(process)?.findLast(({ from }) => from <= step)?.tree;
  }

  #rawOf({ process, event, fired, effects, atMs }: SimulatedStep): Omit<RawStep, "changes"> {
    const list = effects as readonly Effect[];
    const sends = list.flatMap((effect): readonly Sent[] =>
      effect.kind === "send" ? effect.to.map((to) => ({ to, message: treeOf(effect.message) })) : [],
    );
    const outputs = list.flatMap((effect) => (effect.kind === "output" ? [treeOf(effect.output)] : []));
    const base = {
      process,
      at: atMs,
      fired: fired.map(({ action, found }) => ({ action, found: treeOf(found) })),
      sends,
      outputs,
      persists: list.filter(({ kind }) => kind === "persist").length,
    };
    switch (event.kind) {
      case "message":
        return { ...base, kind: "deliver", message: { from: event.from, message: treeOf(event.message) } };
      case "timeout":
        return { ...base, kind: "timer", detail: event.timer };
      case "commands":
        return {
          ...base,
          kind: "input",
          detail: event.commands.map((each) => inline(treeOf(each))).join(", "),
        };
      case "start":
        return { ...base, kind: event.records.length === 0 ? "start" : "recover" };
    }
  }
}

/** The system with an eye on what becomes of its nodes; runs are the same as without. */
function watched(system: System, recorder: Recorder): System {
  return {
    ...system,
    build: (config, scene) => {
      const cluster = system.build(config, scene);
      const eye = {
        property: "told by nobody",
        fate: ({
          kind,
          node,
          atMs,
        }: {
          readonly kind: string;
          readonly node: string;
          readonly atMs: number;
        }) => {
          if (kind === "crashed" || kind === "stopped") recorder.crash(node, atMs);
          else if (kind !== "started")
            recorder.add({ kind: "fault", process: "", at: atMs, detail: `${node}: ${kind}` });
          return null;
        },
      };
      return { ...cluster, watches: [...cluster.watches, eye] };
    },
  };
}

/** Processes of one engine stand together, `m2` before `m10`. */
function byRole(a: Lane, b: Lane): number {
  if (a.engine !== b.engine) return a.engine < b.engine ? -1 : 1;
  return a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}

/** Runs a plan and keeps its last steps. A long run is run twice: first to see how long it is. */
export async function recordRun(plan: RunPlan): Promise<RunRecord> {
  const { steps } = await simulate(plan);
  const recorder = new Recorder(Math.max(0, steps - keptSteps));
  const result = await simulate(
    { ...plan, system: watched(plan.system, recorder) },
    {
      onStep: (step) => recorder.step(step),
      onNote: (at, detail) => {
        if (!toldByFates.test(detail)) recorder.add({ kind: "fault", process: "", at, detail });
      },
    },
  );
  return {
    result,
    lanes: [...recorder.lanes.values()].sort(byRole),
    steps: recorder.steps,
    skipped: Math.max(0, steps - keptSteps),
    stateAt: (process, step) => recorder.stateAt(process, step),
  };
}
