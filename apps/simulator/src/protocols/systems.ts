import type { System } from "@eunomia/simulation";
import { type Substitution, unchanged } from "../mutants/mutant.ts";
import { anerisSystem } from "./aneris/system.ts";
import { heteroSystem } from "./hetero-paxos/system.ts";
import { paxosSystem } from "./paxos/system.ts";
import { forAnyConfig } from "./run-config.ts";
import { twoThirdsSystem } from "./two-thirds/system.ts";
import { byzantineSystem } from "./two-thirds-byzantine/system.ts";

/** Whatever configuration it is given, its own kind is all that it builds. */
const ofAny = <C>(system: System<C>): System => forAnyConfig(system) as unknown as System;

/** What can be simulated, by name. */
export const systemNames: readonly string[] = [
  "paxos",
  "two-thirds",
  "two-thirds-byzantine",
  "hetero-paxos",
  "aneris",
];

/**
 * The system of a name. Engines are replaced by the run (`RunPlan.substitute`); what is replaced here lies beside engines.
 * @throws Error with the names there are.
 */
export function systemOf(name: string, substitution: Partial<Substitution> = unchanged): System {
  if (name === "paxos") return ofAny(paxosSystem);
  if (name === "two-thirds") return ofAny(twoThirdsSystem);
  if (name === "two-thirds-byzantine") return ofAny(byzantineSystem);
  if (name === "hetero-paxos") return ofAny(heteroSystem);
  if (name === "aneris") return ofAny(anerisSystem(substitution));
  throw new Error(`no system "${name}"; there are ${systemNames.join(", ")}`);
}
