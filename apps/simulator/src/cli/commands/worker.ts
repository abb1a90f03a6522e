import type { Command } from "commander";
import { checkWorker } from "../check/command.ts";
import { fuzzWorker } from "../fuzz/command.ts";
import { mutantsWorker } from "../mutants/command.ts";
import { periodsWorker } from "../periods/command.ts";
import { serve, type Worker } from "../pool.ts";
import { refuse } from "../refusal.ts";
import { runWorker } from "../run/command.ts";
import { guarded } from "./guarded.ts";

const workers: Readonly<Record<string, Worker>> = {
  check: checkWorker,
  fuzz: fuzzWorker,
  mutants: mutantsWorker,
  periods: periodsWorker,
  run: runWorker,
};

/** What the other commands start on further processes; not for people. */
export function addWorker(program: Command): void {
  program
    .command("worker", { hidden: true })
    .argument("<kind>")
    .action(
      guarded((kind: string) => {
        const worker = workers[kind];
        if (worker === undefined || process.send === undefined)
          refuse("no-parent", "a worker is started by the commands themselves", "use one of them");
        serve(worker);
        return 0;
      }),
    );
}
