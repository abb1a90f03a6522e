import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onDisk } from "../output.ts";
import { refuse } from "../refusal.ts";
import type { ByzantineChoice } from "./byzantine.ts";
import type { RunProfile } from "./job.ts";
import { noTotals, type Totals } from "./totals.ts";

/** What a campaign is: with the number of runs that are done, it can go on. Plain JSON. */
export interface CampaignState {
  readonly v: 2;
  readonly kind: "simulate";
  readonly engines: string;
  readonly seed: string;
  readonly systems: readonly string[];
  readonly profile: RunProfile;
  readonly mutant: string | null;
  /** Null: no Byzantine nodes. */
  readonly byzantine: ByzantineChoice | null;
  readonly virtualMs: number;
  readonly maxSteps: number;
  /** Runs that are done, in order. */
  done: number;
  totals: Totals;
  features: readonly number[];
}

const fileIn = (folder: string): string => join(folder, "campaign.json");

/** Reads the state of a campaign; refuses one of other engines or another version, or a damaged one. */
export function readCampaign(folder: string, engines: string): CampaignState {
  const file = fileIn(folder);
  if (!existsSync(file))
    refuse("no-campaign", `there is no ${file}`, "leave out --resume to begin a campaign");
  let state: CampaignState;
  try {
    state = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return refuse("damaged", `${file} is damaged`, "begin again in another folder");
  }
  if (state === null || typeof state !== "object")
    refuse("damaged", `${file} is damaged`, "begin again in another folder");
  if (state.v !== 2 || state.kind !== "simulate")
    refuse("other-version", `${file} is not a campaign of this version`, "begin again in another folder");
  if (state.engines !== engines)
    refuse(
      "other-engines",
      `${file} belongs to engines ${String(state.engines).slice(0, 12)}, these are ${engines.slice(0, 12)}`,
      "begin again in another folder: what other engines have done says nothing about these",
    );
  if (!isWhole(state)) refuse("damaged", `${file} is damaged`, "begin again in another folder");
  return state;
}

/** Has it what a campaign needs to go on? Names in it are looked up by whoever uses them. */
function isWhole({ seed, systems, virtualMs, maxSteps, done, totals, features }: CampaignState): boolean {
  const numbers = [virtualMs, maxSteps, done];
  return (
    typeof seed === "string" &&
    Array.isArray(systems) &&
    systems.length > 0 &&
    numbers.every((value) => Number.isFinite(value) && value >= 0) &&
    Array.isArray(features) &&
    features.every((feature) => Number.isInteger(feature)) &&
    totals !== null &&
    typeof totals === "object" &&
    Object.keys(noTotals()).every((name) => name in totals)
  );
}

/** @throws Refusal for a folder that holds a campaign: a new one would write over it. */
export function mustHoldNone(folder: string): void {
  if (existsSync(fileIn(folder)))
    refuse(
      "campaign-exists",
      `${folder} holds a campaign already`,
      "go on with it (--resume), or name another folder",
    );
}

/** Whole or not at all. */
export function writeCampaign(folder: string, state: CampaignState): void {
  onDisk(folder, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${fileIn(folder)}.new`, JSON.stringify(state));
    renameSync(`${fileIn(folder)}.new`, fileIn(folder));
  });
}
