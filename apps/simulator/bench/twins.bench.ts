/**
 * Scenarios of twins of 2/3-consensus for crash faults, which does not claim to bear them: how many a second, and in how many two
 * learners decide differently. With numbers: so many members of four run twice, so many rounds.
 *
 * `npx tsx --conditions=@eunomia/source bench/twins.bench.ts [twins] [rounds]`
 */
import type { ConsensusOutput, NodeId } from "@eunomia/engine";
import { runTwins, TwinsScenarios, type TwinsSubject } from "@eunomia/simulation";
import {
  learnerPart,
  memberPart,
  type TwoThirdsShape,
  twoThirdsNames,
} from "../src/protocols/two-thirds/parts.ts";
import { bytesOf, textOf } from "../src/protocols/values.ts";

const [twins = 1, rounds = 2] = process.argv.slice(2).map(Number);
const shape: TwoThirdsShape = {
  members: 4,
  learners: 2,
  graceMs: 0,
  headMs: 0,
  relay: "eager",
  order: "digest",
  maxAhead: 8,
  digestAboveBytes: null,
  retryMs: 100,
};
const { members, learners } = twoThirdsNames(shape);
const doubled = members.slice(members.length - twins);
const scenarios = new TwinsScenarios({
  nodes: [...members, ...learners],
  copies: Object.fromEntries(doubled.map((name) => [name, 2])),
  rounds,
  leaders: learners,
  // Not the learners: the order of their values decides between them.
  interchangeable: [members.filter((name) => !doubled.includes(name)), doubled],
});
const parts = new Map<NodeId, ReturnType<TwinsSubject["engineOf"]>>([
  ...members.map((name) => [name, memberPart(shape, name)] as const),
  ...learners.map((name) => [name, learnerPart(shape, name)] as const),
]);
const subject: TwinsSubject = {
  engineOf: (name) => parts.get(name)!,
  commands: (_round, leader) => [{ kind: "propose", slot: 1, value: bytesOf(leader) }],
  timeouts: 1,
};
const started = process.hrtime.bigint();
let [count, steps, decided, split] = [0, 0, 0, 0];
for (const scenario of scenarios.all()) {
  const run = runTwins(subject, scenario);
  const values = new Set<string>();
  for (const { output } of run.outputs) {
    const said = output as ConsensusOutput;
    if (said.kind === "decided") values.add(textOf(said.value));
  }
  count += 1;
  steps += run.steps;
  if (values.size > 0) decided += 1;
  if (values.size > 1) split += 1;
}
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
console.log(
  `${twins} of 4 members twice: ${count} of ${scenarios.unpruned} scenarios of ${rounds} rounds, ${decided} with a decision, ` +
    `${split} split, in ${seconds.toFixed(2)} s: ${Math.round(count / seconds)} scenarios/s, ${Math.round(steps / seconds)} steps/s`,
);
