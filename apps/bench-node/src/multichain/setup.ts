import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PublicKeys } from "./keys.ts";
import { type Laws, lawsOf, type Roles, type Staked } from "./stake.ts";

/** What all processes of a run hold in common. No secret is in it: an auditor reads it, too. */
export interface Setup {
  readonly cluster: string;
  readonly seed: number;
  /** Ballot numbers count from here: milliseconds since 1970. */
  readonly genesis: number;
  readonly validators: readonly (Staked & { readonly port: number })[];
  readonly publicKeys: PublicKeys;
  readonly roles: Roles;
  /** Blue is wrong on purpose: a judge must find it. */
  readonly broken: boolean;
}

const setupFile = (directory: string): string => join(directory, "setup.json");

/** Where a validator keeps its keys, its journal, its logs and what it noticed. */
export const folderOf = (directory: string, id: string): string => join(directory, id);

export function writeSetup(directory: string, setup: Setup): void {
  writeFileSync(setupFile(directory), `${JSON.stringify(setup, null, 2)}\n`);
}

export function readSetup(directory: string): Setup & { readonly laws: Laws } {
  const setup = JSON.parse(readFileSync(setupFile(directory), "utf8")) as Setup;
  return { ...setup, laws: lawsOf(setup.validators) };
}
