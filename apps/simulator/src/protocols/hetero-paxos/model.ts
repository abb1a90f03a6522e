import type { History, Invariant, Model, ModelProcess, View, Witness } from "@eunomia/checker";
import { type Infer, list, mapGet, record, text, toHex } from "@eunomia/codec";
import type { AnyEngine, LearnerGraph } from "@eunomia/engine";
import { lawOf, type NodeOutput, type NodeState, type Speech } from "@eunomia/hetero-paxos";
import { passing } from "../../mutants/edit.ts";
import { type Substitution, unchanged } from "../../mutants/mutant.ts";
import { excusesIn } from "../excuses.ts";
import { bytesOf, textOf } from "../values.ts";
import { graphOf } from "./graphs.ts";
import { openerEngine } from "./opening.ts";
import { type HeteroShape, heteroPart, sealScheme } from "./parts.ts";

/** One scope of Heterogeneous Paxos, as plain JSON. What is left out has the default in brackets. */
export interface HeteroParams {
  /** A name of `graphs.ts`. */
  readonly graph: string;
  /** Values of the ballots 1, 2 and so on; each a letter. */
  readonly ballots: readonly string[];
  /** [never] */
  readonly unlock?: "never" | "refute";
  /** An acceptor that runs twice under one name, and knows nothing of it. [nobody] */
  readonly liar?: string;
  /** A learner by itself, which says who is stuck. [false] */
  readonly watcher?: boolean;
  /** Nobody may be left behind: what the published protocol does not promise of every graph. [false] */
  readonly ends?: boolean;
}

const Ledger = record({
  /** What was decided, in the order in which it was put out first. */
  decided: list(record({ learner: text(), value: text() })),
  /** Learners about which an alarm was raised. */
  alarms: list(record({ a: text(), b: text() })),
  accused: list(text()),
  stuck: list(text()),
});
type Ledger = Infer<typeof Ledger>;

const ledger: History<Ledger> = {
  schema: Ledger,
  start: { decided: [], alarms: [], accused: [], stuck: [] },
  fold(known, output: NodeOutput) {
    if (output.kind === "decided")
      return {
        ...known,
        decided: [...known.decided, { learner: output.learner, value: textOf(output.value) }],
      };
    if (output.kind === "alarm") return { ...known, alarms: [...known.alarms, { a: output.a, b: output.b }] };
    if (output.kind === "evidence") return { ...known, accused: [...known.accused, output.signer] };
    return output.kind === "stuck" ? { ...known, stuck: [...known.stuck, output.learner] } : known;
  },
};

const historyOf = (view: View, process: string): Ledger => view.of(process).history as Ledger;

/** Decisions of learners that are entangled for those who are safe are equal, and no alarm says otherwise. */
const agreement = (
  graph: LearnerGraph,
  safe: readonly string[],
  processes: readonly string[],
): Invariant => ({
  name: "agreement of entangled learners",
  holds(view) {
    const all = processes.flatMap((process) =>
      historyOf(view, process).decided.map((one) => ({ process, ...one })),
    );
    for (const one of all)
      for (const other of all)
        if (one.value !== other.value && graph.isSafeSet(one.learner, other.learner, safe))
          return `${one.learner} decided ${one.value} at ${one.process}, ${other.learner} ${other.value} at ${other.process}`;
    for (const process of processes)
      for (const { a, b } of historyOf(view, process).alarms)
        if (graph.isSafeSet(a, b, safe)) return `${process} raised an alarm about ${a} and ${b}`;
    return null;
  },
});

const validity = (proposed: readonly string[], processes: readonly string[]): Invariant => ({
  name: "validity",
  holds(view) {
    for (const process of processes) {
      const strange = historyOf(view, process).decided.find(({ value }) => !proposed.includes(value));
      if (strange !== undefined) return `${strange.learner} decided ${strange.value}, which nobody proposed`;
    }
    return null;
  },
});

const innocence = (safe: readonly string[], processes: readonly string[]): Invariant => ({
  name: "no innocent convicted",
  holds(view) {
    for (const process of processes) {
      const innocent = historyOf(view, process).accused.find((signer) => safe.includes(signer));
      if (innocent !== undefined) return `${process} convicts ${innocent}, which is honest`;
    }
    return null;
  },
});

const nobodyBehind = (processes: readonly string[]): Invariant => ({
  name: "nobody is left behind",
  holds(view) {
    for (const process of processes) {
      const [learner] = historyOf(view, process).stuck;
      if (learner !== undefined) return `${process} says that no ballot serves ${learner} any more`;
    }
    return null;
  },
});

/** Messages come after what they refer to, as though whatever came earlier were late; nobody asks for anything. */
function inOrder(engine: AnyEngine): AnyEngine {
  const isHere = (state: NodeState, slot: number, ref: Uint8Array): boolean => {
    const id = toHex(ref);
    const bodies = mapGet(state.slots, slot)?.bodies;
    const board = bodies === undefined ? undefined : mapGet(bodies, id.slice(0, 2));
    return board !== undefined && mapGet(board, id) !== undefined;
  };
  return {
    ...engine,
    actions: engine.actions.map((action) => ({
      ...action,
      guard: (config: never, state: never, event: { readonly kind: string; readonly message: Speech }) => {
        if (
          event.kind === "message" &&
          event.message.refs?.some((ref) => !isHere(state, event.message.instance.slot, ref))
        )
          return null;
        return action.guard(config, state, event as never);
      },
      // Nobody crashes, so nothing is ever read again.
      act: (config: never, state: never, found: never, out: Parameters<typeof action.act>[3]) =>
        action.act(config, state, found, passing(out, { persist: () => undefined })),
    })) as unknown as AnyEngine["actions"],
  };
}

/** A watcher says nothing in a model: it learns what the soup holds, and tells who is stuck. */
function mum(engine: AnyEngine): AnyEngine {
  return {
    ...engine,
    actions: engine.actions.map((action) => ({
      ...action,
      act: (config: never, state: never, found: never, out: Parameters<typeof action.act>[3]) =>
        action.act(config, state, found, passing(out, { send: () => undefined })),
    })) as unknown as AnyEngine["actions"],
  };
}

function witnessesOf(
  { ballots, watcher, ends }: HeteroParams,
  graph: LearnerGraph,
  all: readonly string[],
): Witness[] {
  const decides = (learner: string, value: string): Witness => ({
    name: `${learner} decides ${value}`,
    reached: (view) =>
      all.some((process) =>
        historyOf(view, process).decided.some((one) => one.learner === learner && one.value === value),
      ),
  });
  const found = graph.learners.flatMap((learner) =>
    [...new Set(ballots)].map((value) => decides(learner, value)),
  );
  if (watcher && !ends)
    found.push({
      name: "a learner is left behind",
      reached: (view) => historyOf(view, watching).stuck.length > 0,
    });
  return found;
}

const opening = "o";
const watching = "z0";
const slot = 1;

function excuses(params: HeteroParams): Record<string, string> {
  const of = (kinds: readonly string[], actions: readonly string[], why: string) =>
    kinds.flatMap((kind) =>
      actions.map((action): [string, string] => [`hetero-paxos ${kind}: ${action}`, why]),
    );
  const both = ["acceptor", "learner"];
  const timers = "there is no such timer in this scope";
  return Object.fromEntries([
    ...of(both, ["want: serve (5)", "query: answer with decisions (11)"], "nobody asks in this scope"),
    ...of(both, ["decision: check and take (11)"], "decisions are not handed on in this scope"),
    ...of(both, ["tick: ballots become due (8.2)"], timers),
    ...of(["acceptor"], ["retry: send again, ask again (5)"], timers),
    ...of(
      ["acceptor"],
      ["stable: close what is needed no more (12)", "highest: answer (5.10)"],
      "nobody trims or reads",
    ),
    ...of(["learner"], ["closed: slots are gone (12)", "highest: count (5.10)"], "nobody trims or reads"),
    ...of(["acceptor"], ["close, clock, judged"], "the host says nothing"),
    ...of(["learner"], ["close, clock, trim, highest"], "the host says nothing"),
    ...(params.watcher ? [] : []),
  ]);
}

/**
 * Heterogeneous Paxos over its real engines in a bounded scope: one slot, ballots that are all open from the beginning, acceptors
 * that hear everything in any order in which it can be delivered, and never crash.
 *
 * @example
 * heteroModel({ graph: "crash", ballots: ["A", "B"] });
 */
export function heteroModel(params: HeteroParams, substitution: Partial<Substitution> = {}): Model {
  const { engine: substitute } = { ...unchanged, ...substitution };
  const { ballots, liar, watcher = false, ends = false, unlock = "never" } = params;
  const graph = graphOf(params.graph, 0);
  const shape: HeteroShape = {
    ...{ graph, unlock, proposers: 0, learners: watcher ? 1 : 0 },
    ...{ tickMs: 0, retryMs: watcher ? 1 : 0 },
  };
  const processes: Record<string, ModelProcess> = {};
  for (const id of graph.acceptors) {
    const { engine, config } = heteroPart({ ...shape, retryMs: 0 }, id);
    const acceptor = { engine: inOrder(substitute(engine)), config, history: ledger };
    processes[id] = acceptor;
    if (id === liar) processes[`${id}'`] = { ...acceptor, id };
  }
  if (watcher) {
    const { engine, config } = heteroPart(shape, watching);
    processes[watching] = {
      ...{ engine: mum(inOrder(substitute(engine))), config, history: ledger },
      timers: { retry: 3 },
    };
  }
  const honest = Object.keys(processes).filter((key) => key !== liar && key !== `${liar}'`);
  const safe = graph.acceptors.filter((acceptor) => acceptor !== liar);
  const law = lawOf(sealScheme, heteroPart(shape, graph.acceptors[0]!).config);
  processes[opening] = {
    engine: openerEngine,
    config: {
      self: opening,
      acceptors: [...graph.acceptors, ...(watcher ? [watching] : [])],
      ballots: ballots.map((value, i) => ({
        kind: "1a",
        instance: { law, slot },
        number: i + 1,
        value: bytesOf(value),
      })),
    },
    inputs: { go: { commands: [{ kind: "go" }] } },
  };
  return {
    name: "hetero-paxos",
    processes,
    network: { order: "soup", ignored: "stay" },
    invariants: [
      agreement(graph, safe, honest),
      validity(ballots, honest),
      innocence(safe, honest),
      ...(ends ? [nobodyBehind([watching])] : []),
    ],
    witnesses: witnessesOf(params, graph, honest),
    excused: excusesIn(processes, excuses(params)),
    scope: { ...params },
    assumptions: [
      liar === undefined ? "nobody lies" : `${liar} runs twice under one name, and nobody else lies`,
      "signatures are made by their owners only",
    ],
  };
}
