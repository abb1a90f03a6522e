import { tell } from "../story/tell.ts";
import type { Origin, Story, Verdict } from "../story/types.ts";
import { ExplorerError, type Ground } from "./ground.ts";
import type { Position, Preview, Snapshot } from "./messages.ts";
import type { RunRecord } from "./run-record.ts";

/** A run that was simulated: it has one future, and nothing can be changed about it. */
export class RunGround implements Ground {
  readonly #record: RunRecord;
  readonly #story: Story;

  constructor(record: RunRecord, origin: Origin) {
    this.#record = record;
    const { result, lanes, steps, skipped } = record;
    const { outcome } = result;
    const kept =
      skipped === 0 ? `${result.steps} steps` : `the last ${steps.length} of ${result.steps} steps`;
    const verdict = outcome.kind === "ok" ? "nothing is violated" : `${outcome.kind}: ${outcome.property}`;
    this.#story = tell({
      title: `${origin.name}, seed ${origin.seed}: ${verdict}, ${kept}`,
      origin,
      lanes,
      steps,
      verdicts: verdictsOf(record),
    });
  }

  story(): Story {
    return this.#story;
  }

  width(): number {
    return 0;
  }

  take(): void {
    throw new ExplorerError("replay", "a simulated run goes its own way: open a model to choose steps");
  }

  preview(): Preview {
    return { changes: [], sends: [], outputs: [] };
  }

  position(at: number): Position {
    const { lanes, steps } = this.#record;
    const down = new Set<string>();
    for (const { kind, process } of steps.slice(0, at)) {
      const node = lanes.find(({ id }) => id === process)?.node;
      if (kind === "crash") for (const lane of lanes) if (lane.node === node) down.add(lane.id);
      if (kind !== "crash") down.delete(process);
    }
    const here = steps[at - 1];
    return {
      at,
      snapshots: lanes.map(({ id }) => this.#snapshot(id, at, !down.has(id))),
      choices: [],
      refusals: [],
      verdicts: this.#story.verdicts,
      surroundings: here?.at === undefined ? {} : { "virtual time": `${(here.at / 1000).toFixed(3)} s` },
    };
  }

  #snapshot(process: string, at: number, up: boolean): Snapshot {
    const waiting = this.#story.letters.filter(
      ({ to, sent, ended }) => to === process && sent < at && ended !== null && ended >= at,
    );
    return {
      process,
      up,
      fault: null,
      phase: null,
      state: this.#record.stateAt(process, at) ?? {},
      observation: null,
      history: null,
      inbox: waiting.map(({ from, message }) => ({ from, message, count: 1 })),
      timers: [],
      durable: [],
      pending: [],
    };
  }
}

function verdictsOf({ result: { outcome }, steps }: RunRecord): readonly Verdict[] {
  if (outcome.kind === "ok")
    return [{ property: "everything promised", result: "holds", reason: null, step: null }];
  const { property, detail } = outcome;
  const result = outcome.kind === "stuck" ? "pending" : "violated";
  return [{ property, result, reason: detail, step: steps.length }];
}
