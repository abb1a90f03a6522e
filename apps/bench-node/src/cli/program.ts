import { Command } from "commander";
import { benchCommand } from "../bench/command.ts";
import { compareCommand } from "../compare/command.ts";
import { version } from "../version.ts";
import { broadcastCommand } from "./commands/broadcast.ts";
import { completionCommand } from "./commands/completion.ts";
import { deployCommand } from "./commands/deploy.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evidenceCommand } from "./commands/evidence.ts";
import { initCommand } from "./commands/init.ts";
import { joinCommand } from "./commands/join.ts";
import { deleteCommand, getCommand, listCommand, putCommand } from "./commands/kv.ts";
import { loadCommand } from "./commands/load.ts";
import { multichainCommand } from "./commands/multichain.ts";
import { multichainValidatorCommand } from "./commands/multichain-validator.ts";
import { nodeCommand } from "./commands/node.ts";
import { reconfigureCommand } from "./commands/reconfigure.ts";
import { replayCommand } from "./commands/replay.ts";
import { restoreCommand } from "./commands/restore.ts";
import { rotateCommand } from "./commands/rotate.ts";
import { runCommand } from "./commands/run.ts";
import { snapshotCommand } from "./commands/snapshot.ts";
import { soakCommand } from "./commands/soak.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { subscribeCommand } from "./commands/subscribe.ts";
import { swapCommand } from "./commands/swap.ts";
import { verifyCommand } from "./commands/verify.ts";

/** In the order in which the help names them. */
const commands: readonly (() => Command)[] = [
  initCommand,
  joinCommand,
  restoreCommand,
  rotateCommand,
  doctorCommand,
  startCommand,
  benchCommand,
  compareCommand,
  multichainCommand,
  soakCommand,
  broadcastCommand,
  subscribeCommand,
  putCommand,
  getCommand,
  deleteCommand,
  listCommand,
  loadCommand,
  swapCommand,
  reconfigureCommand,
  statusCommand,
  snapshotCommand,
  completionCommand,
  verifyCommand,
  evidenceCommand,
  deployCommand,
  replayCommand,
];

function usageAsJson(text: string): string {
  const message = text.trim().replace(/^error: /, "");
  return `${JSON.stringify({ error: { code: "usage", message } })}\n`;
}

/**
 * The whole program, to be parsed once. Wrong usage is something that could not be carried out, not a verdict; it is known before
 * options are, so that whoever writes `--json` anywhere is told of it as JSON.
 */
export function eunomia(json: boolean = process.argv.includes("--json")): Command {
  const program = new Command("eunomia")
    .configureOutput({ outputError: (text, write) => write(json ? usageAsJson(text) : text) })
    .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
    .description("Ordered broadcast over consensus protocols that are swapped while it runs")
    .version(version);
  for (const command of commands) program.addCommand(command().copyInheritedSettings(program));
  program.addCommand(nodeCommand().copyInheritedSettings(program), { hidden: true });
  program.addCommand(multichainValidatorCommand().copyInheritedSettings(program), { hidden: true });
  program.addCommand(runCommand().copyInheritedSettings(program), { isDefault: true });
  return program;
}
