/**
 * The least number of synchronous periods after stabilisation for each protocol. With names: only those countdowns, each with
 * the worst start and the run that needs them.
 */
import { checkCountdown, describeCountdown } from "@eunomia/checker";
import { countdowns } from "../src/protocols/countdowns.ts";

const asked = process.argv.slice(2);
for (const [name, { shows, model, goal, options }] of Object.entries(countdowns)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const before = process.cpuUsage();
  const report = checkCountdown(model(), goal, options);
  const { user, system } = process.cpuUsage(before);
  console.log(`${name}: ${shows} (${((user + system) / 1e6).toFixed(1)} CPU s)`);
  console.log(describeCountdown(asked.length > 0 ? report : { ...report, worst: null }));
}
