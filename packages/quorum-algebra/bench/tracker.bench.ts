import {
  type Expr,
  majority,
  node,
  quorumSystem,
  threshold,
  thresholdOf,
  weightedOf,
} from "@eunomia/quorum-algebra";

/** What one would write without a library: a Set of the voters, the expression evaluated anew after every vote. */
function naive(expr: Expr, set: ReadonlySet<string>): boolean {
  switch (expr.t) {
    case "node":
      return set.has(expr.id);
    case "const":
      return expr.v;
    case "thr": {
      let count = 0;
      for (const child of expr.of) if (naive(child, set) && ++count >= expr.k) return true;
      return count >= expr.k;
    }
    case "wthr": {
      let sum = 0n;
      for (const [weight, child] of expr.of) if (naive(child, set)) sum += weight;
      return sum >= expr.k;
    }
  }
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `node-${i}`);

function nested(count: number): Expr {
  const all = ids(count);
  const size = count < 20 ? 3 : 5;
  const groups = Array.from({ length: Math.ceil(count / size) }, (_, g) =>
    majority(all.slice(g * size, (g + 1) * size)),
  );
  return thresholdOf(Math.floor(groups.length / 2) + 1, groups);
}

function stake(count: number, unit: bigint): Expr {
  const children = ids(count).map(
    (id, i) => [unit * BigInt(1000 + ((i * 7919) % 997)) + BigInt(i), node(id)] as const,
  );
  const total = children.reduce((sum, [weight]) => sum + weight, 0n);
  return weightedOf((2n * total) / 3n + 1n, children);
}

/** Nanoseconds per vote of a round over all members that ends when it is won; the middle of nine runs. */
function measure(round: () => number): number {
  const runs: number[] = [];
  for (let run = 0; run < 9; run++) {
    let votes = 0;
    const begin = process.hrtime.bigint();
    const end = begin + 60_000_000n;
    do for (let i = 0; i < 50; i++) votes += round();
    while (process.hrtime.bigint() < end);
    runs.push(Number(process.hrtime.bigint() - begin) / votes);
  }
  return runs.sort((a, b) => a - b)[4]!;
}

console.log(
  "system             nodes   tracker ns/vote   new tracker ns/vote   naive ns/vote   naive : tracker",
);
for (const count of [7, 31, 100]) {
  const systems: [string, Expr][] = [
    ["two thirds", threshold(ids(count), Math.floor((2 * count) / 3) + 1)],
    ["nested majorities", nested(count)],
    ["stake", stake(count, 1n)],
    ["stake beyond 2^53", stake(count, 10n ** 15n)],
  ];
  for (const [name, expr] of systems) {
    const system = quorumSystem(expr);
    const members = ids(count);
    const reused = system.tracker();
    const vote = (tracker = reused): number => {
      for (let i = 0; i < count; i++) if (tracker.add(members[i]!)) return i + 1;
      throw new Error("nobody won");
    };
    const trackerNs = measure(() => {
      reused.reset();
      return vote();
    });
    const freshNs = measure(() => vote(system.tracker()));
    const naiveNs = measure(() => {
      const set = new Set<string>();
      for (let i = 0; i < count; i++) {
        set.add(members[i]!);
        if (naive(expr, set)) return i + 1;
      }
      throw new Error("nobody won");
    });
    const columns = [
      trackerNs.toFixed(0).padStart(17),
      freshNs.toFixed(0).padStart(21),
      naiveNs.toFixed(0).padStart(15),
    ];
    console.log(
      `${name.padEnd(18)} ${String(count).padStart(5)} ${columns.join(" ")} ${(naiveNs / trackerNs).toFixed(1).padStart(17)}`,
    );
  }
}
