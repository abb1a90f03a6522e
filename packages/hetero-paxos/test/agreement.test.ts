import type { LearnerGraph } from "@eunomia/engine";
import { draftGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { graphs } from "./graphs.ts";
import { Growth, type Judge } from "./histories.ts";
import { History } from "./history.ts";
import { type Faults, type Message, Naive } from "./naive.ts";
import { dice } from "./random.ts";

interface Counts {
  decisions: number;
  runsWithTwoBallots: number;
  forked: number;
  votesPerBallotMax: number;
}

interface Votes {
  readonly signer: string;
  readonly ballot: string;
  readonly value: string;
  readonly learners: readonly string[];
}

/** Says how it voted, besides judging. */
interface Witness extends Judge {
  votes(id: string): Votes | null;
}

const incremental = (graph: LearnerGraph, unlock: "never" | "refute"): Witness => {
  const history = new History(graph, { unlock });
  return {
    take: (message) => history.add(message) === null,
    votes: (id) => {
      const entry = history.entry(id);
      if (entry.kind !== "2a") return null;
      const { number, value } = entry.ballot;
      return {
        signer: graph.acceptors[entry.signer]!,
        ballot: `${number}${value}`,
        value,
        learners: history.lrns(id),
      };
    },
  };
};

const broken = (graph: LearnerGraph, faults: Faults): Witness => {
  const naive = new Naive(graph, false, faults);
  return {
    take(message: Message) {
      naive.add(message);
      if (naive.wellFormed(message.id)) return true;
      naive.remove(message.id);
      return false;
    },
    votes: (id) =>
      naive.kind(id) === "2a"
        ? {
            signer: naive.of(id).signer!,
            ballot: `${naive.b(id).number}${naive.value(id)}`,
            value: naive.value(id),
            learners: naive.lrns(id),
          }
        : null,
  };
};

/** Every decision that the 2a of a run make: learner to values, with the ballots. */
function decisionsOf(graph: LearnerGraph, votes: readonly Votes[]): Map<string, Map<string, Set<string>>> {
  const signers = new Map<string, Set<string>>();
  for (const { signer, ballot, value, learners } of votes)
    for (const learner of learners) {
      const key = `${learner} ${ballot} ${value}`;
      signers.set(key, (signers.get(key) ?? new Set()).add(signer));
    }
  const decided = new Map(graph.learners.map((learner) => [learner, new Map<string, Set<string>>()]));
  for (const [key, set] of signers) {
    const [learner, ballot, value] = key.split(" ") as [string, string, string];
    if (!graph.isQuorum(learner, set)) continue;
    const values = decided.get(learner)!;
    values.set(value, (values.get(value) ?? new Set()).add(ballot));
  }
  return decided;
}

/** Two decisions that must not both be, for whoever was really safe. */
function disagreement(
  graph: LearnerGraph,
  safe: readonly string[],
  decided: ReturnType<typeof decisionsOf>,
): string | null {
  for (const a of graph.learners)
    for (const b of graph.learners) {
      if (!graph.isSafeSet(a, b, safe)) continue;
      for (const one of decided.get(a)!.keys())
        for (const other of decided.get(b)!.keys())
          if (one !== other) return `${a} decides ${one}, ${b} decides ${other}, safe are ${safe}`;
    }
  return null;
}

/**
 * Runs in which honest acceptors keep to section 5 and the others do what they like. @returns the first disagreement of
 * entangled learners
 */
function search(
  runs: number,
  witness: (graph: LearnerGraph) => Witness,
  counts: Counts = { decisions: 0, runsWithTwoBallots: 0, forked: 0, votesPerBallotMax: 0 },
  among: readonly LearnerGraph[] = graphs,
): string | null {
  for (let seed = 1; seed <= runs; seed++) {
    const roll = dice(seed);
    const graph = among[seed % among.length]!;
    const unsafe = graph.acceptors.filter(() => roll(5) === 0);
    const judge = witness(graph);
    const growth = new Growth(graph, unsafe, roll, judge);
    for (let i = 0; i < 220; i++) growth.step();
    const votes = growth.messages.flatMap(({ id, signer }) =>
      signer === undefined ? [] : (judge.votes(id) ?? []),
    );
    const decided = decisionsOf(graph, votes);
    const safe = graph.acceptors.filter((p) => !unsafe.includes(p));
    const found = disagreement(graph, safe, decided);
    if (found !== null) return `run ${seed}: ${found}`;
    const ballots = [...decided.values()].flatMap((values) => [...values.values()]);
    counts.decisions += ballots.length;
    if (new Set(ballots.flatMap((set) => [...set])).size > 1) counts.runsWithTwoBallots++;
    if (unsafe.length > 0) counts.forked++;
    for (const p of safe)
      for (const { ballot } of votes.filter(({ signer }) => signer === p)) {
        const same = votes.filter((vote) => vote.signer === p && vote.ballot === ballot).length;
        counts.votesPerBallotMax = Math.max(counts.votesPerBallotMax, same - graph.learners.length);
      }
  }
  return null;
}

const runs = Number(process.env.HETERO_PAXOS_AGREEMENT ?? 200);

test.each(["never", "refute"] as const)(`entangled learners agree, unlock "%s"`, (unlock) => {
  const counts: Counts = { decisions: 0, runsWithTwoBallots: 0, forked: 0, votesPerBallotMax: 0 };
  expect(search(runs, (graph) => incremental(graph, unlock), counts)).toBe(null);
  console.log(unlock, JSON.stringify({ runs, ...counts }));
  expect(counts.decisions).toBeGreaterThan(runs);
  expect(counts.runsWithTwoBallots).toBeGreaterThan(runs / 10);
  // At most one 2a per learner in a ballot.
  expect(counts.votesPerBallotMax).toBeLessThanOrEqual(0);
});

const twinRuns = 3000;

test("runs find learners that disagree when any label buries", () => {
  expect(
    search(twinRuns, (graph) => broken(graph, { anyLabelBuries: true }), undefined, graphs.slice(3, 4)),
  ).toMatch(/decides/);
});

test("runs find learners that disagree when connections are not looked at", () => {
  expect(
    search(twinRuns, (graph) => broken(graph, { everybodyApart: true }), undefined, graphs.slice(6, 7)),
  ).toMatch(/decides/);
});

test("runs find learners that disagree when edges are not closed", () => {
  expect(search(twinRuns, () => broken(unclosed, {}), undefined, [chain])).toMatch(/decides/);
});

/** A chain of three learners: the first and the last must agree only by way of the second. */
const chain = draftGraph({
  learners: { x: "a & b", y: "a & b & c", z: "b & c" },
  edges: [
    { between: ["x", "y"], label: "a & b & c" },
    { between: ["y", "z"], label: "a & b & c" },
  ],
});

/** The same graph, asked about its edges as they were declared. */
const unclosed: LearnerGraph = {
  acceptors: chain.acceptors,
  learners: chain.learners,
  isQuorum: chain.isQuorum,
  isSafeSet: (a, b, safe) =>
    a !== b &&
    chain.edges.some(({ between }) => between.includes(a) && between.includes(b)) &&
    new Set(safe).size === 3,
  connected: () => [],
};

test("runs find the endless answers of 2a without growth", () => {
  const counts: Counts = { decisions: 0, runsWithTwoBallots: 0, forked: 0, votesPerBallotMax: 0 };
  search(20, (graph) => broken(graph, { noGrowth: true }), counts);
  expect(counts.votesPerBallotMax).toBeGreaterThan(5);
});
