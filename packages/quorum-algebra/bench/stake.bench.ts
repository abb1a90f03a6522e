import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import type { LpSolver } from "@eunomia/quorum-algebra";
import { type Highs, highsSolver } from "@eunomia/quorum-algebra/engines/highs";
import { cosmosValidators } from "@eunomia/quorum-algebra/import";
import {
  attackFront,
  type ChainPair,
  isSafeSet,
  leastCommonFraction,
  moreThan,
  mustAgree,
  reduceWeights,
  sameAccount,
  sameId,
  sameIdentity,
  share,
  stakeReport,
  twoChains,
  validatorSet,
  worstCase,
} from "@eunomia/quorum-algebra/stake";
import loadHighs from "highs";

/** CPU milliseconds, the middle of five runs after one to warm up. */
function measure(run: () => unknown): number {
  run();
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[2]!;
}

const read = (name: string) =>
  cosmosValidators(readFileSync(new URL(`../data/${name}.json`, import.meta.url), "utf8")).set;
const hub = read("cosmoshub-4-2022-10");
const osmosis = read("osmosis-1-2021-07-23");

// The types of `highs` describe its CommonJS form: there the function is one step further down.
const highs = await (loadHighs as unknown as () => Promise<Highs>)();
/** The adapter asks for a gap of 0; a user would leave the solver its own of 1e-4. */
const program: LpSolver = highsSolver({
  infinity: highs.infinity,
  createModel: () => {
    const model = highs.createModel();
    const set = model.options.set.bind(model.options);
    model.options.set = (name, value) => (name === "mip_rel_gap" ? undefined : set(name, value));
    return model;
  },
});

type Cost = "left" | "right" | "count";

/** The same question as an integer program: three yes or no per shared operator, two knapsack rows. */
function byProgram({ shared, slack, totals }: ChainPair, cost: Cost): number {
  const n = shared.length;
  const weights = ([0, 1] as const).map((side) =>
    shared.map(({ stakes }) => 100 * share(stakes[side], totals[side])),
  );
  const ones = shared.map(() => 1);
  const costs = cost === "count" ? ones : weights[cost === "left" ? 0 : 1]!;
  const rooms = ([0, 1] as const).map((side) => 100 * share(slack[side], totals[side]));
  return program({
    min: [...ones.map(() => 0), ...ones.map(() => 0), ...costs],
    rows: [
      ...shared.map((_, i) => ({
        a: [
          [i, 1],
          [n + i, 1],
          [2 * n + i, 1],
        ] as const,
        lo: 1,
        hi: Infinity,
      })),
      ...([0, 1] as const).map((side) => ({
        a: shared.map((_, i) => [side * n + i, weights[side]![i]!] as const),
        lo: -Infinity,
        hi: rooms[side]!,
      })),
    ],
    upper: new Map(Array.from({ length: 3 * n }, (_, i) => [i, 1])),
    integer: Array.from({ length: 3 * n }, (_, i) => i),
  }).value;
}

const line = (name: string, ms: number, more = ""): void =>
  console.log(`${name.padEnd(46)} ${ms.toFixed(ms < 10 ? 2 : 0).padStart(8)} ms  ${more}`);

console.log(`CPU time, load average ${loadavg()[0]!.toFixed(1)}`);
line(
  "report of the Hub, 175 validators",
  measure(() => stakeReport(hub)),
);
line(
  "Hub and Osmosis: who runs both, 53 operators",
  measure(() => twoChains(hub, osmosis, [sameAccount, sameIdentity], moreThan("9/10"))),
);
for (const part of ["17/20", "9/10"]) {
  const pair = twoChains(hub, osmosis, [sameAccount, sameIdentity], moreThan(part));
  const safe = pair.shared.map(({ id }) => id);
  line(
    `> ${part}: must they agree`,
    measure(() => mustAgree(pair)),
    String(mustAgree(pair).holds),
  );
  line(
    `> ${part}: is this a safe set`,
    measure(() => isSafeSet(pair, safe)),
  );
}
const pair = twoChains(hub, osmosis, [sameAccount, sameIdentity], moreThan("9/10"));
for (const cost of ["left", "right", "count"] as const) {
  const own = measure(() => worstCase(pair, cost));
  const other = measure(() => byProgram(pair, cost));
  const { least } = worstCase(pair, cost);
  const found = least.kind === "exact" ? `exact ${least.value}` : `from ${least.low} to ${least.high}`;
  line(
    `> 9/10: worst case, least ${cost}`,
    own,
    `HiGHS at its gap of 1e-4: ${other.toFixed(0)} ms, ratio ${(other / own).toFixed(1)}; ${found}`,
  );
}
line(
  "> 9/10: attack front",
  measure(() => attackFront(pair)),
  `${attackFront(pair).corners.length} corners`,
);
line(
  "least common fraction",
  measure(() => leastCommonFraction(pair)),
);
for (const rule of [
  { kind: "restriction", a: "1/3", b: "1/2" },
  { kind: "qualification", a: "1/3", b: "1/4" },
  { kind: "separation", a: "1/3", b: "1/2" },
] as const) {
  const { total, bound } = reduceWeights(hub, rule);
  line(
    `tickets of the Hub: ${rule.kind} ${rule.a} ${rule.b}`,
    measure(() => reduceWeights(hub, rule)),
    `${total} tickets, at most ${bound}`,
  );
}

const large = (name: string, step: number) =>
  validatorSet({
    chain: name,
    validators: Array.from({ length: 10_000 }, (_, i) => ({
      id: `v${i}`,
      stake: BigInt(1 + ((i * step) % 9973) ** 2),
    })),
  });
const [first, second] = [large("first", 7919), large("second", 6089)];
line(
  "report of 10 000 validators",
  measure(() => stakeReport(first)),
);
const both = twoChains(first, second, [sameId], moreThan("9/10"));
line(
  "10 000 on both chains: must they agree",
  measure(() => mustAgree(both)),
  String(mustAgree(both).holds),
);
const attack = worstCase(both, "count").least;
line(
  "10 000 on both chains: worst case, least count",
  measure(() => worstCase(both, "count")),
  attack.kind === "exact" ? `exact ${attack.value}` : `from ${attack.low} to ${attack.high}`,
);
line(
  "tickets of 10 000 validators",
  measure(() => reduceWeights(first, { kind: "restriction", a: "1/3", b: "1/2" })),
  String(reduceWeights(first, { kind: "restriction", a: "1/3", b: "1/2" }).total),
);
