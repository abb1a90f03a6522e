import type { AnyEngine } from "@eunomia/engine";
import {
  acceptorOver,
  type Bits,
  bitsOf,
  boundVote,
  conflicts,
  freshFor,
  GraphView,
  hasBit,
  isSigned,
  type Known,
  raiseTop,
  type Setup,
  type SignedEntry,
  signedEntry,
  type Top,
  watching,
  withBit,
  without,
} from "@eunomia/hetero-paxos/examine";
import { draftGraph, type LearnerGraph } from "@eunomia/learner-graph";
import { setupIn, withSetup } from "../protocols/hetero-paxos/parts.ts";
import { type Change, type Mutant, mutantsOf } from "./mutant.ts";

type Judge = Setup["judge"];
type Opened = Extract<SignedEntry, { readonly kind: "1b" }>;

/** The engine with other tools, judge or graph, wherever it uses them. */
export const setUp =
  (change: (setup: Setup) => Partial<Setup>): Change =>
  (engine: AnyEngine) => {
    const setup = setupIn(engine);
    if (setup === null) throw new Error(`engine "${engine.name}" is none of Heterogeneous Paxos`);
    const changed = { ...setup, ...change(setup) };
    const actions = [...acceptorOver(changed).actions, ...watching(changed)];
    const made: AnyEngine = {
      ...engine,
      actions: engine.actions.map(
        (action) => (actions.find(({ name }) => name === action.name) as typeof action) ?? action,
      ),
    };
    return withSetup(made, changed);
  };

const judging = (wrap: (judge: Judge) => Judge): Change => setUp(({ judge }) => ({ judge: wrap(judge) }));

/** Another freshness of 1b: learners for whom it is fresh. */
const fresh = (of: (entry: Opened, view: GraphView) => Bits): Change =>
  judging((judge) => (view, rules, known, draft) => {
    const entry = judge(view, rules, known, draft);
    if (typeof entry === "string" || entry.kind !== "1b") return entry;
    const freshHere = of(entry, view);
    return {
      ...entry,
      freshFor: freshHere,
      fresh: entry.fresh.map((_, a) =>
        hasBit(freshHere, a) ? withBit(view.nobody, entry.signer) : view.nobody,
      ),
    };
  });

const always = (): boolean => true;

/** Freshness by other connections. */
const connecting = (connected: (view: GraphView, entry: Opened) => readonly Bits[]): Change =>
  fresh((entry, view) =>
    freshFor(connected(view, entry), conflicts(entry.top, entry.own, entry.ballot.value), always),
  );

/** Freshness by other conflicts: learners for which the signer is bound. */
const bound = (isBound: (entry: Opened, c: number) => boolean): Change =>
  fresh((entry, view) => {
    const learners = [...view.learners.keys()];
    const against = bitsOf(
      learners.length,
      learners.filter((c) => isBound(entry, c)),
    );
    return freshFor(view.connected(entry.caught), against, always);
  });

/** The history with one message of it changed. */
function altered(known: Readonly<Known>, id: string, change: (entry: SignedEntry) => SignedEntry): Known {
  const { keys, values } = known.entries;
  const key = id.slice(0, 2);
  return {
    ...known,
    entries: {
      keys,
      values: values.map((board, at) =>
        keys[at] !== key
          ? board
          : {
              keys: board.keys,
              values: board.values.map((entry, i) =>
                board.keys[i] === id && isSigned(entry) ? change(entry) : entry,
              ),
            },
      ),
    },
  };
}

/** Answers 2a with 2a, though no learner is added. */
const withoutGrowth = judging((judge) => (view, rules, known, draft) => {
  const entry = judge(view, rules, known, draft);
  if (entry !== "no learner more" || draft.prev === null) return entry;
  const blank = altered(known, draft.prev, (prev) =>
    prev.kind === "2a" ? { ...prev, learners: view.noLearner } : prev,
  );
  return judge(view, rules, blank, draft);
});

/** Joins a ballot of which its history tells already. */
const joiningAgain = judging((judge) => (view, rules, known, draft) => {
  const entry = judge(view, rules, known, draft);
  if (entry !== "ballot already in history") return entry;
  const value = "";
  const lower = draft.refs.reduce<Known>(
    (all, id) => altered(all, id, (one) => ({ ...one, ballot: { number: 0, value } })),
    known,
  );
  return judge(view, rules, lower, draft);
});

/**
 * `Caught` of 2020, where an acceptor's chain is what it refers to: whoever cites its younger message while it builds on an older
 * one goes unnoticed.
 */
const implicitChain = judging((judge) => (view, rules, known, draft) => {
  const own = draft.refs.flatMap((id) => {
    const entry = signedEntry(known, id);
    return entry?.signer === draft.signer ? [{ id, height: entry.height }] : [];
  });
  const latest = own.reduce<(typeof own)[number] | null>(
    (top, one) => (top === null || one.height > top.height ? one : top),
    null,
  );
  return judge(view, rules, known, { ...draft, prev: latest?.id ?? draft.prev });
});

/** Whoever is caught counts no more when quorums are counted. */
const expelling = judging((judge) => (view, rules, known, draft) => {
  const entry = judge(view, rules, known, draft);
  if (typeof entry === "string" || entry.kind !== "2a") return entry;
  const learners = [...view.learners.keys()].filter((a) =>
    view.isQuorum(a, without(entry.fresh[a]!, entry.caught)),
  );
  return learners.length === 0
    ? "no learner"
    : { ...entry, learners: bitsOf(view.learners.length, learners) };
});

/** The edges as they were declared: who must agree by way of a third is not connected. */
class DeclaredView extends GraphView {
  readonly #edges: readonly { readonly between: readonly string[]; readonly graph: LearnerGraph }[];

  constructor(graph: LearnerGraph) {
    super(graph);
    const learners = Object.fromEntries([...graph.quorums].map(([id, { expr }]) => [id, expr]));
    this.#edges = graph.edges.map((edge) => ({
      between: edge.between,
      graph: draftGraph({ learners, edges: [edge] }),
    }));
  }

  override connected(caught: Bits): readonly Bits[] {
    const safe = this.names(this.others(caught));
    return this.learners.map((a) =>
      bitsOf(
        this.learners.length,
        [...this.learners.keys()].filter((c) =>
          this.#edges.some(
            ({ between, graph }) =>
              between.includes(a) &&
              between.includes(this.learners[c]!) &&
              graph.isSafeSet(a, this.learners[c]!, safe),
          ),
        ),
      ),
    );
  }
}

/** The last acceptor need not be heard. */
const lax = (graph: Setup["graph"]): Setup["graph"] => ({
  ...graph,
  isQuorum: (learner, set) => graph.isQuorum(learner, [...set, ...graph.acceptors.slice(-1)]),
});

const blurred = (tops: readonly Top[]): readonly Top[] => {
  const all = tops.reduce<Top>((top, { first, second }) => raiseTop(raiseTop(top, first), second), {
    first: null,
    second: null,
  });
  return tops.map(() => all);
};

const everybody = (view: GraphView): Bits => bitsOf(view.learners.length, view.learners.keys());

const make = mutantsOf("hetero-paxos", "judge", "hetero-paxos acceptor");
/** All nodes judge alike, or they would not hear each other. */
const also = ["hetero-paxos learner", "hetero-paxos proposer"];

/** Nodes of Heterogeneous Paxos that judge messages by one wrong rule, all of them alike. */
export const heteroJudgeMutants: readonly Mutant[] = [
  make("any-label-buries", {
    also,
    class: "wrong learner",
    rule: "Buried",
    breaks: "agreement",
    change: fresh((entry, view) =>
      freshFor(
        view.connected(entry.caught),
        conflicts(blurred(entry.top), entry.own, entry.ballot.value),
        always,
      ),
    ),
  }),
  make("lower-votes-bury", {
    also,
    class: "guard dropped",
    rule: "Buried",
    breaks: "agreement",
    change: bound(({ own, top, ballot }, c) => {
      const vote = own[c]!;
      const other = [top[c]!.first, top[c]!.second].some((one) => one !== null && one.value !== vote?.value);
      return vote !== null && vote.value !== ballot.value && !other;
    }),
  }),
  make("nothing-buries", {
    also,
    class: "votes bind for ever",
    rule: "Buried",
    breaks: "termination",
    change: bound(({ own, ballot }, c) => own[c] !== null && own[c]!.value !== ballot.value),
  }),
  make("connections-dropped", {
    also,
    class: "guard dropped",
    rule: "Con",
    breaks: "agreement",
    change: connecting((view) => view.learners.map(() => view.noLearner)),
  }),
  make("connected-with-itself-alone", {
    also,
    class: "guard dropped",
    rule: "Con",
    breaks: "agreement",
    change: connecting((view) => view.learners.map((_, a) => withBit(view.noLearner, a))),
  }),
  make("everybody-connected", {
    also,
    class: "votes bind for ever",
    rule: "Con",
    breaks: "rule",
    change: connecting((view) => view.learners.map(() => everybody(view))),
  }),
  make("edges-not-closed", {
    also,
    class: "closure left out",
    rule: "Con",
    breaks: "agreement",
    change: setUp(({ graph }) => ({ view: new DeclaredView(graph as LearnerGraph) })),
  }),
  make("nobody-caught", {
    also,
    class: "evidence ignored",
    rule: "Caught",
    breaks: "rule",
    change: connecting((view) => view.connected(view.nobody)),
  }),
  make("caught-as-in-2020", {
    also,
    class: "evidence ignored",
    rule: "Caught",
    breaks: "rule",
    change: implicitChain,
  }),
  make("caught-expelled", {
    also,
    class: "wrong threshold",
    rule: "q, lrns",
    breaks: "rule",
    change: expelling,
  }),
  make("ballots-compared", {
    also,
    class: "ballot in the place of the value",
    rule: "Fresh",
    breaks: "termination",
    change: bound(({ own, top }, c) => boundVote(top[c]!, own[c]!) !== null),
  }),
  make("always-fresh", {
    also,
    class: "guard dropped",
    rule: "Fresh",
    breaks: "agreement",
    change: fresh((_entry, view) => everybody(view)),
  }),
  make("never-fresh-again", {
    also,
    class: "votes bind for ever",
    rule: "Fresh",
    breaks: "termination",
    change: fresh(({ own }, view) => (own.some((vote) => vote !== null) ? view.noLearner : everybody(view))),
  }),
  make("no-growth-rule", {
    also,
    class: "guard dropped",
    rule: "WellFormed",
    breaks: "rule",
    change: withoutGrowth,
  }),
  make("joins-a-ballot-again", {
    also,
    class: "guard dropped",
    rule: "WellFormed",
    breaks: "rule",
    change: joiningAgain,
  }),
  make("one-join-fewer", {
    also,
    class: "threshold off by one",
    rule: "q, lrns",
    breaks: "agreement",
    change: setUp(({ graph }) => ({ view: new GraphView(lax(graph)) })),
  }),
];
