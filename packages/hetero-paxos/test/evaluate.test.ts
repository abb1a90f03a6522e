import type { LearnerGraph } from "@eunomia/engine";
import { expect, test } from "vitest";
import { graphs } from "./graphs.ts";
import { Growth } from "./histories.ts";
import { History } from "./history.ts";
import { type Faults, type Message, Naive } from "./naive.ts";
import { dice } from "./random.ts";

/** How much of what was to be tested came about. */
const zero = () => ({ messages: 0, malformed: 0, caught: 0, bound: 0, buried: 0, wide: 0, freed: 0 });
type Counts = ReturnType<typeof zero>;

const sorted = (names: readonly string[]): string[] => [...names].sort();

/** Compares all that both say of one message; null: it is the same. */
function difference(
  graph: LearnerGraph,
  naive: Naive,
  history: History,
  x: string,
  counts: Counts,
): string | null {
  const entry = history.entry(x);
  const { number, value } = naive.b(x);
  if (entry.kind !== naive.kind(x) || entry.ballot.number !== number || entry.ballot.value !== value)
    return "ballot";
  if (`${history.caught(x)}` !== `${naive.caught(x)}`) return "Caught";
  if (naive.caught(x).length > 0) counts.caught++;
  const votes = [...naive.tran(x)].filter((m) => naive.kind(m) === "2a");
  for (const a of graph.learners) {
    if (`${history.con(a, x)}` !== `${sorted(naive.con(a, x))}`) return "Con";
    if (`${history.q(a, x)}` !== `${own(naive, a, x)}`) return "q";
    for (const m of votes) {
      const buried = naive.buried(a, m, x);
      if (history.buried(a, m, x) !== buried) return "Buried";
      if (buried) counts.buried++;
    }
    if (entry.kind === "1b" && history.fresh(x).includes(a) !== naive.fresh(a, x)) return "Fresh";
    if (entry.kind === "1b" && !naive.fresh(a, x)) counts.bound++;
  }
  if (entry.kind === "2a") {
    if (`${history.lrns(x)}` !== `${sorted(naive.lrns(x))}`) return "lrns";
    if (naive.lrns(x).length > 1) counts.wide++;
  }
  return null;
}

/** Of a 1b, the entry has among the fresh ones itself as well, as a 2a that refers to it would. */
const own = (naive: Naive, a: string, x: string): string[] =>
  naive.kind(x) === "2a" ? sorted(naive.q(a, x)) : naive.fresh(a, x) ? [naive.of(x).signer!] : [];

interface Setting {
  readonly refute?: boolean;
  /** The rule of the incremental evaluation, if that is to be another. */
  readonly unlock?: "never" | "refute";
  readonly faults?: Faults;
}

/** Runs of both evaluations over the same histories. @returns the first difference, with the run and the message */
function compareRuns(
  seeds: number,
  { refute = false, faults = {}, unlock = refute ? "refute" : "never" }: Setting,
  counts = zero(),
): string | null {
  for (let seed = 1; seed <= seeds; seed++) {
    const roll = dice(seed);
    const graph = graphs[seed % graphs.length]!;
    const naive = new Naive(graph, refute, faults);
    const history = new History(graph, { unlock });
    let found: string | null = null;
    const take = (message: Message): boolean => {
      naive.add(message);
      const right = naive.wellFormed(message.id);
      const judged = history.add(message);
      if (right !== (judged === null)) found ??= `well-formed: ${message.id} ${judged}`;
      if (!right || judged !== null) {
        counts.malformed++;
        naive.remove(message.id);
        return false;
      }
      counts.messages++;
      if (message.signer !== undefined) {
        const field = difference(graph, naive, history, message.id, counts);
        if (field !== null) found ??= `${field}: ${message.id}`;
        if (
          refute &&
          naive.kind(message.id) === "1b" &&
          history.fresh(message.id).some((a) => conflicting(naive, a, message.id))
        )
          counts.freed++;
      }
      return true;
    };
    const unsafe = graph.acceptors.filter(() => roll(refute ? 6 : 3) === 0);
    const growth = new Growth(graph, unsafe, roll, { take });
    for (let i = 0; i < (refute ? 160 : 90) && found === null; i++) growth.step();
    if (found !== null) return `run ${seed}: ${found}`;
  }
  return null;
}

/** Would the 1b not be fresh for `a` by the published rule, the votes being those of this history? */
const conflicting = (naive: Naive, a: string, x: string): boolean =>
  naive
    .signed(x)
    .some(
      ({ id: m, signer }) =>
        m !== x &&
        signer === naive.of(x).signer &&
        naive.kind(m) === "2a" &&
        naive.value(m) !== naive.value(x) &&
        naive.lrns(m).some((c) => naive.con(a, x).includes(c) && !naive.buried(c, m, x)),
    );

const runs = Number(process.env.HETERO_PAXOS_RUNS ?? 80);

test(`incremental and naive evaluation agree in every field, ${runs} histories with forks and broken rules`, () => {
  const counts = zero();
  expect(compareRuns(runs, {}, counts)).toBe(null);
  for (const [what, count] of Object.entries(counts))
    if (what !== "freed") expect(count, what).toBeGreaterThan(runs / 2);
});

test(`so they do with the rule "refute"`, () => {
  const counts = zero();
  expect(compareRuns(runs, { refute: true }, counts)).toBe(null);
  expect(counts.freed).toBeGreaterThan(runs / 10);
  expect(compareRuns(runs, { refute: true, unlock: "never" })).not.toBe(null);
});

test.each<[string, Faults]>([
  ["any label buries", { anyLabelBuries: true }],
  ["learners are connected with themselves only", { everybodyApart: true }],
  ["a 1b is fresh by its ballot", { freshByBallot: true }],
  ["Caught of 2020", { caughtAsHp1: true }],
  ["2a without growth", { noGrowth: true }],
])("an evaluation is told from one that is wrong: %s", (_fault, faults) => {
  expect(compareRuns(runs, { faults })).not.toBe(null);
});
