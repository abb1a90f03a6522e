import { check } from "@eunomia/checker";
import { goldenPaxos } from "@eunomia/conformance/golden";
import { openModel } from "../src/protocols/models.ts";

/**
 * States per CPU second over the engines that run in production, beside the small Paxos that Spin counts too
 * (`packages/checker/bench/spin.bench.ts`). No reductions.
 *
 * npx tsx --conditions=@eunomia/source apps/simulator/bench/checker.bench.ts [rounds]
 */
const rounds = Number(process.argv[2] ?? 3);
const golden = {
  name: "golden, 4 acceptors",
  processes: goldenPaxos(4, 2),
  network: { order: "bag", ignored: "consume" },
  invariants: [],
  witnesses: [],
} as const;

for (let round = 0; round < rounds; round++)
  for (const make of [() => openModel({ scope: "paxos/3a2b" }), () => golden]) {
    const before = process.cpuUsage();
    const { model, states, transitions } = check(make());
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    console.log(
      `${model.padEnd(20)} ${states} states, ${transitions} transitions, ${seconds.toFixed(1)} CPU s, ${Math.round(states / seconds)} states per CPU second`,
    );
  }
