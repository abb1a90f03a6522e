/**
 * Scenarios of twins per second: four processes that broadcast by echoes, one of which runs twice.
 *
 * `npx tsx --conditions=@eunomia/source bench/twins.bench.ts [rounds]`
 */
import { runTwins, TwinsScenarios } from "@eunomia/simulation";
import { type Echo, echo } from "../test/support/echo.ts";
import { echoPeers } from "../test/support/echo-system.ts";

const rounds = Number(process.argv[2] ?? 3);
const scenarios = new TwinsScenarios({
  nodes: echoPeers,
  copies: { d: 2 },
  rounds,
  interchangeable: [["a", "b", "c"]],
});
const started = process.hrtime.bigint();
let [count, steps, split] = [0, 0, 0];
for (const scenario of scenarios.all()) {
  const run = runTwins(
    {
      engineOf: (self) => ({ engine: echo, config: { self, peers: echoPeers, needed: 3 } }),
      commands: (round, _leader, copy) => [{ slot: round, value: copy === 0 ? "red" : "blue" }],
    },
    scenario,
  );
  const seen = new Map<string, string>();
  for (const { node, output } of run.outputs) {
    if (node === "d") continue;
    const { origin, slot, value } = output as Echo["Output"];
    if ((seen.get(`${origin} ${slot}`) ?? value) !== value) split += 1;
    seen.set(`${origin} ${slot}`, value);
  }
  count += 1;
  steps += run.steps;
}
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
console.log(
  `${count} of ${scenarios.unpruned} scenarios of ${rounds} rounds, ${steps} steps, ${split} splits in ${seconds.toFixed(2)} s: ` +
    `${Math.round(count / seconds)} scenarios/s, ${Math.round(steps / seconds)} steps/s`,
);
