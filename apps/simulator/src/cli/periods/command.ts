import { type CountdownReport, checkCountdown, type StepLabel } from "@eunomia/checker";
import { inline, treeOf } from "../../explorer/story/tree.ts";
import { engineHash } from "../engine-hash.ts";
import { prepareFolder, writeInto } from "../output.ts";
import { runPool, type Worker } from "../pool.ts";
import { refuse } from "../refusal.ts";
import { type PeriodScope, periodScopes } from "./scopes.ts";

export interface PeriodsCommand {
  /** States to start from at most; null: all of the scope. */
  readonly states: number | null;
  readonly memory: number;
  readonly workers: number;
  readonly out: string;
  readonly json: boolean;
}

interface Job {
  readonly scope: string;
  readonly states: number | null;
  readonly memory: number;
}

interface Answer {
  readonly report: CountdownReport;
  readonly seconds: number;
}

function scopeNamed(name: string): PeriodScope {
  return (
    periodScopes.find((scope) => scope.name === name) ??
    refuse(
      "unknown-scope",
      `there is no scope "${name}"`,
      `choose among ${periodScopes.map((each) => each.name).join(", ")}`,
    )
  );
}

/** A worker of `periods`: one scope a job. */
export const periodsWorker: Worker = () => (job) => {
  const { scope, states, memory } = job as Job;
  const { model, goal, cores } = scopeNamed(scope);
  const begun = performance.now();
  const report = checkCountdown(model, goal, { cores, memory, ...(states === null ? {} : { states }) });
  return { report, seconds: (performance.now() - begun) / 1000 } satisfies Answer;
};

const patienceSeconds = 4 * 3600;

function stepLine({ process, kind, event, what, fired }: StepLabel): string {
  const told =
    event?.kind === "message"
      ? `takes ${inline(treeOf(event.message))} from ${event.from}`
      : `${kind}${what === "" ? "" : ` ${what}`}`;
  return `${process} ${told}: ${fired.map(({ action }) => action).join(", ") || "ignored"}`;
}

/** The answer for people: the number, then the start and the run that need it. */
function periodsText({ name, shows }: PeriodScope, { report, seconds }: Answer): string {
  const { result, detail, timerPeriods, states, starts, truncated, cores, worst } = report;
  const number = (value: number): string => value.toLocaleString("en");
  const lines = [
    `${name} (${shows}): ${result}`,
    `  ${detail}${timerPeriods === null ? "" : `; ${timerPeriods} of them wait for a timer`}`,
    `  ${number(states)} reachable states${truncated === null ? ", all of the scope" : ` (${truncated})`}, ${number(starts)} starts; ${seconds.toFixed(1)} s`,
    ...cores.map(({ core, periods }) => `  core ${core.join(", ")}: ${periods ?? "not known"}`),
  ];
  if (worst !== null) {
    lines.push(`  the worst start, with core ${worst.core.join(", ")}:`);
    for (const step of worst.before) lines.push(`    before: ${stepLine(step)}`);
    for (const [at, { kind, steps }] of worst.periods.entries()) {
      if (at === worst.loop) lines.push("    from here on for ever");
      lines.push(`    ${at === 0 ? "the world becomes synchronous" : `period ${at}, ${kind}`}`);
      for (const step of steps) lines.push(`      ${stepLine(step)}`);
    }
  }
  return lines.join("\n");
}

/** Computes how many synchronous periods are enough from everywhere; answers the exit code. */
export async function periodsCommand(names: readonly string[], options: PeriodsCommand): Promise<number> {
  const scopes = names.length > 0 ? names.map(scopeNamed) : periodScopes;
  const { states, memory, workers, out, json } = options;
  prepareFolder(out);
  const answers: Answer[] = [];
  let next = 0;
  await runPool<Job, Answer>({
    kind: "periods",
    setup: null,
    workers: Math.min(workers, scopes.length),
    patienceSeconds,
    next: () => {
      const scope = scopes[next++];
      return scope === undefined ? null : { scope: scope.name, states, memory };
    },
    done(_job, answer) {
      if (!json) console.log(`${periodsText(scopes[answers.length]!, answer)}\n`);
      answers.push(answer);
      return false;
    },
  });
  const reports = answers.map(({ report }, at) => ({ scope: scopes[at]!.name, ...report }));
  const text = `${JSON.stringify({ engineHash: engineHash(), reports }, null, 2)}\n`;
  if (json) console.log(text);
  writeInto(out, "periods.json", text);
  return reports.every(({ result }) => result === "holds" || result === "sampled") ? 0 : 1;
}
