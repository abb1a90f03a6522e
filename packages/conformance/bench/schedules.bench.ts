// Scheduling decisions per second of the explorer on the toy protocol, with every fault, against the same number of bare engine
// steps: what the schedule costs on top of the engines.
import { step } from "@eunomia/engine";
import { consensusExample, consensusSchedules } from "../src/index.ts";
import { sequencer } from "../src/toy/sequencer.ts";

const options = {
  ...consensusExample,
  seeds: { from: 1, count: 3000 },
  faults: { loss: 0.1, duplication: 0.1, crash: 0.02, compact: 0.01 },
};
consensusSchedules({ ...options, seeds: { from: 9000, count: 500 } });
let from = performance.now();
const report = consensusSchedules(options);
const ms = performance.now() - from;
if (report.failures.length > 0) throw new Error("the toy protocol failed");
console.log(
  `${report.runs} runs, ${report.done} done, ${report.crashes} crashes, ${report.lost} messages lost`,
);
console.log(
  `${Math.round((report.steps / ms) * 1000)} engine steps per second, ${Math.round((report.runs / ms) * 1000)} runs per second`,
);

const engine = sequencer();
const config = { self: "s", learners: ["r0", "r1"] };
const value = Uint8Array.of(1);
from = performance.now();
let state = engine.init(config);
for (let at = 0; at < report.steps; at += 1) {
  if (at % 300 === 0) state = engine.init(config);
  step(engine, config, state, {
    kind: "message",
    from: "r0",
    message: { kind: "propose", slot: 1 + (at % 300), value },
  });
}
const bareMs = performance.now() - from;
console.log(
  `bare steps of the sequencer: ${Math.round((report.steps / bareMs) * 1000)} per second; ratio ${(ms / bareMs).toFixed(1)}`,
);
