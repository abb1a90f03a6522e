import type { NodeId } from "@eunomia/engine";
import type { ScheduleProcess } from "../schedule/types.ts";
import type { World } from "../schedule/world.ts";

/** What a script needs to know of the engines that it plays. */
export interface ScenarioEnvironment {
  /** The processes of `cluster <words…>`. Throws for words that make no sense. */
  cluster(words: readonly string[]): Readonly<Record<NodeId, ScheduleProcess>>;
  /** The commands of `propose <process> <words…>`. */
  commands(words: readonly string[], process: NodeId): readonly unknown[];
  /** Short texts for people: a message in flight, a state; default for the others: all fields. */
  readonly describe: {
    message(message: unknown): string;
    state(state: unknown, process: NodeId): string;
    command?(command: unknown): string;
    record?(record: unknown): string;
    output?(output: unknown): string;
  };
}

/** A script in the middle of its play. */
export interface Stage {
  readonly environment: ScenarioEnvironment;
  /** Null before `cluster`. */
  world: World | null;
  /** What happened since the last line of dashes. */
  readonly lines: string[];
}

/** One word that begins a line of a script. */
export interface ScenarioCommand {
  readonly name: string;
  readonly usage: string;
  run(stage: Stage, words: readonly string[]): void;
}

/** A mistake in a script: it stands in the output as `error: …`. */
export class ScriptError extends Error {
  readonly code = "script-error";
}

export function worldOf(stage: Stage): World {
  if (stage.world === null) throw new ScriptError("expected `cluster` first");
  return stage.world;
}

/** The number of a process by its name. */
export function processOf(world: World, name: string | undefined): number {
  const at = world.processes.indexOf(name ?? "");
  if (at < 0)
    throw new ScriptError(`expected one of ${world.processes.join(", ")}, got ${name ?? "nothing"}`);
  return at;
}
