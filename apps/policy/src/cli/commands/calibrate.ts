import { calibrate, type SchemeCost } from "@eunomia/deploy-policy/optimize";
import { Command, InvalidArgumentError } from "commander";
import { schemesHere } from "../../schemes.ts";
import { exits, guarded } from "../exits.ts";

interface CalibrateOptions {
  readonly batchMs: number;
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 10_000) return value;
  throw new InvalidArgumentError(`expected milliseconds from 0 to 10000, got "${text}".`);
}

/** Milliseconds that this process has computed for: what others do on the machine is no cost of the schemes. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const rounded = ({ makeUs, checkUs, bytes }: SchemeCost): SchemeCost => ({
  makeUs: Number(makeUs.toPrecision(3)),
  checkUs: Number(checkUs.toPrecision(3)),
  bytes,
});

function calibrateHere({ batchMs }: CalibrateOptions): number {
  const measured = calibrate(schemesHere(), processorMs, { batchMs });
  const costs = Object.fromEntries(Object.entries(measured).map(([name, cost]) => [name, rounded(cost)]));
  // A share of a group's signature is a signature, and the group's key is checked like any other.
  console.log(JSON.stringify({ ...costs, "BLS-THRESHOLD": costs.BLS }, null, 2));
  return exits.good;
}

/** What the schemes cost here. */
export const calibrateCommand = (): Command =>
  new Command("calibrate")
    .description("measures what each scheme costs on this machine; the output is a file for optimize --costs")
    .option("--batch-ms <ms>", "how long one of seven batches takes at least", milliseconds, 20)
    .action(guarded(calibrateHere));
