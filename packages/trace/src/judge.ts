import { broadcastMonitors } from "./broadcast/monitors.ts";
import type { BroadcastMonitorOptions } from "./broadcast/options.ts";
import { digestDigits, runsCount, type TraceEvent } from "./event.ts";
import { mergeTraces } from "./merge.ts";
import type { Monitor, Verdict } from "./monitor.ts";
import { BitSet } from "./sparse.ts";

export interface JudgeOptions extends BroadcastMonitorOptions {
  /** Further monitors that judge the run, such as those of `consensusMonitors` and `processMonitors`. */
  readonly also?: readonly Monitor<TraceEvent>[];
}

/** What was looked at, so that nobody takes an empty run for a good one. */
export interface JudgedCounts {
  events: number;
  /** Commands that clients submitted for the first time. */
  commands: number;
  /** Controls that were submitted. */
  controls: number;
  deliveries: number;
  /** Different slots that were delivered. */
  slots: number;
  deliveredCommands: number;
  deliveredControls: number;
  registrations: number;
  installs: number;
  recoveries: number;
  crashes: number;
  /** Processes that delivered. */
  processes: number;
}

export interface Judgement {
  /** Nothing is violated and nothing pending; see `vacuous` for what an `ok` is worth. */
  readonly ok: boolean;
  readonly verdicts: readonly Verdict<TraceEvent>[];
  /** Properties that are `ok` because there was nothing to judge them on. */
  readonly vacuous: readonly string[];
  readonly counts: Readonly<JudgedCounts>;
}

/**
 * Judges a run by its traces, one for each process or in any other division. They are merged by `at`, only so that little has
 * to wait: each process's own order is what counts, and clocks of different processes are not compared. So P1's "before" is
 * judged by existence between processes, and by order within one. What is said of one process in two files (a `crash` noted by
 * whoever killed it, the `recover` by itself) is ordered by `at`: write both by one clock.
 *
 * @throws what a trace throws, such as the TraceError of `readTrace`.
 * @example
 * const judgement = await judge(files.map((file) => readTrace(file)), { recoverCovers: true });
 * console.log(formatJudgement(judgement));
 */
export async function judge(
  traces: readonly AsyncIterable<TraceEvent>[],
  options: JudgeOptions = {},
): Promise<Judgement> {
  const monitors: readonly Monitor<TraceEvent>[] = [...broadcastMonitors(options), ...(options.also ?? [])];
  const tally = new Tally();
  for await (const event of mergeTraces(traces)) {
    tally.count(event);
    for (const monitor of monitors) monitor.feed(event);
  }
  const verdicts = monitors.map((monitor) => monitor.verdict(true));
  return {
    ok: verdicts.every(({ kind }) => kind === "ok"),
    verdicts,
    vacuous: verdicts.flatMap(({ kind, looked, property }) =>
      kind === "ok" && looked === 0 ? [property] : [],
    ),
    counts: tally.finish(),
  };
}

/** A table for people: a line per property, then what was counted. */
export function formatJudgement({ verdicts, counts }: Judgement): string {
  const width = Math.max(...verdicts.map(({ property }) => property.length));
  const lines = verdicts.map(
    ({ property, kind, detail }) => `${property.padEnd(width)}  ${kind.padEnd(8)}  ${detail}`,
  );
  const said = Object.entries(counts).map(
    ([name, count]) => `${count} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`,
  );
  return `${lines.join("\n")}\n${said.join(", ")}\n`;
}

class Tally {
  readonly #slots = new BitSet();
  readonly #processes = new Set<string>();
  readonly #counts: JudgedCounts = {
    events: 0,
    commands: 0,
    controls: 0,
    deliveries: 0,
    slots: 0,
    deliveredCommands: 0,
    deliveredControls: 0,
    registrations: 0,
    installs: 0,
    recoveries: 0,
    crashes: 0,
    processes: 0,
  };

  count(event: TraceEvent): void {
    const counts = this.#counts;
    counts.events += 1;
    if (event.kind === "broadcast") counts.commands += event.digests.length / digestDigits;
    else if (event.kind === "control") counts.controls += 1;
    else if (event.kind === "install") counts.installs += 1;
    else if (event.kind === "recover") counts.recoveries += 1;
    else if (event.kind === "crash") counts.crashes += 1;
    else if (event.kind === "deliver") {
      counts.deliveries += 1;
      counts.deliveredCommands += runsCount(event.runs);
      counts.deliveredControls += event.controls?.length ?? 0;
      counts.registrations += event.registrations ?? 0;
      this.#slots.add(event.slot);
      this.#processes.add(event.who);
    }
  }

  finish(): JudgedCounts {
    return { ...this.#counts, slots: this.#slots.size, processes: this.#processes.size };
  }
}
