#!/usr/bin/env node
import { isMainThread } from "node:worker_threads";
import { simulatorProgram } from "./cli/program.ts";

// Threads of the checker load this file for the models in it.
export { loadedModel } from "./cli/check/job.ts";

/** Wrong usage is a command that could not be carried through, not one that found something. */
const program = simulatorProgram((end) => process.exit(end.exitCode === 0 ? 0 : 2));

if (isMainThread) await program.parseAsync();
