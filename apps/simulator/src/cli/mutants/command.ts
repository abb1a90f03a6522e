import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mutants } from "../../mutants/all.ts";
import { type Fate, hunt } from "../../mutants/hunt.ts";
import { engineHash } from "../engine-hash.ts";
import { mutantNamed } from "../models.ts";
import { prepareFolder, writeInto } from "../output.ts";
import { runPool, type Worker, WorkerLost } from "../pool.ts";
import { Progress } from "../progress.ts";
import { refuse } from "../refusal.ts";
import { fateLine, scoreText } from "./table.ts";

export interface MutantsCommand {
  /** What the names contain. */
  readonly only: string;
  readonly list: boolean;
  readonly workers: number;
  readonly resume: boolean;
  readonly out: string;
  readonly json: boolean;
}

interface Kept {
  readonly v: 1;
  readonly engines: string;
  readonly fates: readonly Fate[];
}

/** A worker of `mutants`: one mutant a job. */
export const mutantsWorker: Worker = () => (job) =>
  hunt(mutantNamed(job as string), () => performance.now() / 1000);

const patienceSeconds = 2 * 3600;
const fileName = "mutants.json";

/** Fates of a run that was stopped; none if the engines are others, since then they say nothing. */
function earlier(out: string, engines: string): readonly Fate[] {
  const file = join(out, fileName);
  if (!existsSync(file)) refuse("no-state", `there is no ${file}`, "leave out --resume to begin");
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as Kept;
    if (kept.v === 1 && kept.engines === engines && Array.isArray(kept.fates)) return kept.fates;
  } catch {
    return refuse("damaged", `${file} is damaged`, "delete it and begin again");
  }
  return refuse("other-engines", `${file} belongs to other engines`, "begin again: leave out --resume");
}

/** Hunts every mutant; answers the exit code: 1 if one survives that must not, or an equivalent one is caught. */
export async function mutantsCommand(options: MutantsCommand): Promise<number> {
  const { only, list, resume, out, json } = options;
  const chosen = mutants.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) refuse("unknown-mutant", `no mutant contains "${only}"`, "see them with --list");
  if (list) {
    for (const { name, class: kind, rule, breaks } of chosen)
      console.log(`${name}  (${kind}; ${rule}; breaks ${breaks})`);
    return 0;
  }
  prepareFolder(out);
  const engines = engineHash();
  const fates = new Map((resume ? earlier(out, engines) : []).map((fate) => [fate.mutant, fate]));
  const open = chosen.map(({ name }) => name).filter((name) => !fates.has(name));
  const lost = await huntAll(open, options, (fate) => {
    fates.set(fate.mutant, fate);
    writeInto(out, fileName, JSON.stringify({ v: 1, engines, fates: [...fates.values()] } satisfies Kept));
  });
  const told = chosen.flatMap(({ name }) => fates.get(name) ?? []);
  if (json) console.log(JSON.stringify({ engines, fates: told, lost }));
  else {
    for (const fate of told) console.log(fateLine(fate));
    console.log(scoreText(told));
    if (lost !== null) console.log(lost);
  }
  return lost === null && told.every(({ asExpected }) => asExpected) ? 0 : 1;
}

/** Answers what became of a worker that was lost; null: none was. */
async function huntAll(
  open: readonly string[],
  { workers, json }: MutantsCommand,
  keep: (fate: Fate) => void,
): Promise<string | null> {
  if (open.length === 0) return null;
  const progress = new Progress({ total: open.length, unit: "mutants", quiet: json });
  let next = 0;
  let done = 0;
  try {
    await runPool<string, Fate>({
      kind: "mutants",
      setup: null,
      workers: Math.min(workers, open.length),
      patienceSeconds,
      next: () => open[next++] ?? null,
      done(_name, fate) {
        keep(fate);
        done += 1;
        progress.update(done, `${done} of ${open.length}: ${fateLine(fate)}`);
        return false;
      },
    });
    return null;
  } catch (error) {
    if (error instanceof WorkerLost) return `${error.message} over ${String(error.job)}`;
    throw error;
  } finally {
    progress.stop();
  }
}
