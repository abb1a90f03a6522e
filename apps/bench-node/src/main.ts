#!/usr/bin/env node
import { Command } from "commander";
import { benchCommand } from "./bench/command.ts";
import { broadcastCommand } from "./cli/commands/broadcast.ts";
import { completionCommand } from "./cli/commands/completion.ts";
import { doctorCommand } from "./cli/commands/doctor.ts";
import { initCommand } from "./cli/commands/init.ts";
import { joinCommand } from "./cli/commands/join.ts";
import { deleteCommand, getCommand, listCommand, putCommand } from "./cli/commands/kv.ts";
import { loadCommand } from "./cli/commands/load.ts";
import { nodeCommand } from "./cli/commands/node.ts";
import { reconfigureCommand } from "./cli/commands/reconfigure.ts";
import { replayCommand } from "./cli/commands/replay.ts";
import { restoreCommand } from "./cli/commands/restore.ts";
import { rotateCommand } from "./cli/commands/rotate.ts";
import { runCommand } from "./cli/commands/run.ts";
import { snapshotCommand } from "./cli/commands/snapshot.ts";
import { startCommand } from "./cli/commands/start.ts";
import { statusCommand } from "./cli/commands/status.ts";
import { subscribeCommand } from "./cli/commands/subscribe.ts";
import { swapCommand } from "./cli/commands/swap.ts";
import { verifyCommand } from "./cli/commands/verify.ts";
import { version } from "./version.ts";

/** Wrong usage is something that could not be carried out, not a verdict. */
const program = new Command("eunomia")
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
  .description("Ordered broadcast over consensus protocols that are swapped while it runs")
  .version(version);

/** In the order in which the help names them. */
const commands: readonly (() => Command)[] = [
  initCommand,
  joinCommand,
  restoreCommand,
  rotateCommand,
  doctorCommand,
  startCommand,
  benchCommand,
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
  replayCommand,
];
for (const command of commands) program.addCommand(command().copyInheritedSettings(program));
program.addCommand(nodeCommand().copyInheritedSettings(program), { hidden: true });
program.addCommand(runCommand().copyInheritedSettings(program), { isDefault: true });

await program.parseAsync();
