import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { onDisk } from "../output.ts";
import { refuse } from "../refusal.ts";
import type { BlockResult, Finding } from "./block.ts";

/** What a fuzz campaign has done so far; kept in a file, so that it can go on. */
export interface CampaignState {
  readonly v: 1;
  readonly kind: "fuzz";
  readonly engines: string;
  readonly seed: number;
  /** What the targets' names contain. */
  readonly only: string;
  /** Blocks that are done: block n is number floor(n / targets) of target n mod targets. */
  blocks: number;
  inputs: number;
  accepted: number;
  /** How many different reasons of refusal each target told. */
  reasons: Record<string, string[]>;
  cpuSeconds: number;
}

export const freshState = (engines: string, seed: number, only: string): CampaignState => ({
  v: 1,
  kind: "fuzz",
  engines,
  seed,
  only,
  blocks: 0,
  inputs: 0,
  accepted: 0,
  reasons: {},
  cpuSeconds: 0,
});

/** Which block comes at a place of a campaign. */
export function blockAt(
  targets: readonly string[],
  place: number,
): { readonly target: string; readonly number: number } {
  return { target: targets[place % targets.length]!, number: Math.floor(place / targets.length) };
}

/** Adds what one block saw. */
export function addBlock(
  state: CampaignState,
  target: string,
  result: BlockResult,
  cpuSeconds: number,
): void {
  state.blocks += 1;
  state.inputs += result.inputs;
  state.accepted += result.accepted;
  state.cpuSeconds += cpuSeconds;
  const known = new Set(state.reasons[target]);
  for (const reason of result.reasons) known.add(reason);
  state.reasons[target] = [...known];
}

/** Reads a state file; refuses one of other engines, another version, or damaged. */
export function readState(file: string, engines: string): CampaignState {
  if (!existsSync(file)) refuse("no-state", `there is no ${file}`, "leave out --resume to begin");
  let state: CampaignState;
  try {
    state = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return refuse("damaged", `${file} is damaged`, "delete it and begin again");
  }
  if (state === null || typeof state !== "object")
    refuse("damaged", `${file} is damaged`, "delete it and begin again");
  if (state.kind !== "fuzz" || state.v !== 1)
    refuse(
      "other-version",
      `${file} is not the state of a fuzz campaign of this version`,
      "delete it and begin again",
    );
  if (state.engines !== engines)
    refuse(
      "other-engines",
      `${file} was written by other engines (${String(state.engines).slice(0, 12)}, these are ${engines.slice(0, 12)})`,
      "begin again: the same blocks read other bytes now",
    );
  const { seed, only, blocks, inputs, accepted, reasons, cpuSeconds } = state;
  const numbers = [seed, blocks, inputs, accepted, cpuSeconds];
  const lists = Object.values(reasons ?? { none: null });
  if (
    typeof only !== "string" ||
    !numbers.every((value) => Number.isFinite(value) && value >= 0) ||
    !lists.every((list) => Array.isArray(list))
  )
    refuse("damaged", `${file} is damaged`, "delete it and begin again");
  return state;
}

/** @throws Refusal for a file that is there: a new campaign would write over it. */
export function mustBeNew(file: string): void {
  if (existsSync(file))
    refuse("campaign-exists", `${file} is there already`, "go on with it (--resume), or name another file");
}

/** Whole or not at all. */
export function writeState(file: string, state: CampaignState): void {
  onDisk(file, () => {
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  });
}

/** The result for people. */
export function fuzzText(
  state: CampaignState,
  targets: number,
  seconds: number,
  finding: Finding | null,
): string {
  const reasons = Object.values(state.reasons).reduce((sum, list) => sum + list.length, 0);
  const rate = state.cpuSeconds > 0 ? Math.round(state.inputs / state.cpuSeconds) : 0;
  const lines = [
    `${state.inputs.toLocaleString("en")} inputs to ${targets} readers, ${state.accepted.toLocaleString("en")} accepted, ` +
      `refused for ${reasons.toLocaleString("en")} different reasons`,
    `${rate.toLocaleString("en")} inputs per CPU second; ${seconds.toFixed(1)} s`,
  ];
  if (finding !== null) lines.push(`${finding.target} ${finding.what}`, `input: ${finding.hex || "(empty)"}`);
  return lines.join("\n");
}
