/**
 * The least number of synchronous periods after stabilisation for each protocol, with the start and the run that need them.
 * With names: only those countdowns, with their runs in full.
 */
import { checkCountdown, describeStep } from "@eunomia/checker";
import { countdowns } from "../src/protocols/countdowns.ts";

const asked = process.argv.slice(2);
for (const [name, { shows, model, goal, options }] of Object.entries(countdowns)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const before = process.cpuUsage();
  const report = checkCountdown(model(), goal, options);
  const { user, system } = process.cpuUsage(before);
  const cost = `${report.liveStates} states after stabilisation, ${((user + system) / 1e6).toFixed(1)} CPU s`;
  console.log(`${name}: ${shows}\n  ${report.result}: ${report.detail} (${report.states} states; ${cost})`);
  const { worst } = report;
  if (worst === null) continue;
  const line = (step: (typeof worst.before)[number]): string => describeStep(step).slice(0, 150);
  const start = worst.before.map((step) => `${step.process} ${step.kind}`).join(", ");
  console.log(`  worst start, core ${worst.core.join(", ")}: after ${start === "" ? "nothing" : start}`);
  if (asked.length === 0) continue;
  for (const step of worst.before) console.log(`    ${line(step)}`);
  worst.periods.forEach(({ kind, steps }, at) => {
    console.log(`    -- ${at === 0 ? "stabilisation" : `period ${at}: ${kind}`}`);
    for (const step of steps) console.log(`       ${line(step)}`);
  });
}
