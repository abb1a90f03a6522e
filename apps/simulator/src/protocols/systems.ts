import type { System } from "@eunomia/simulation";
import { type Substitution, unchanged } from "../mutants/mutant.ts";
import { anerisSystem } from "./aneris/system.ts";
import { paxosSystem } from "./paxos/system.ts";
import { twoThirdsSystem } from "./two-thirds/system.ts";

/** What can be simulated, by name. */
export const systemNames: readonly string[] = ["paxos", "two-thirds", "aneris"];

/**
 * The system of a name. Engines are replaced by the run (`RunPlan.substitute`); what is replaced here lies beside engines.
 * @throws Error with the names there are.
 */
export function systemOf(name: string, substitution: Partial<Substitution> = unchanged): System {
  // A system only ever gets the configuration that it drew itself.
  if (name === "paxos") return paxosSystem as unknown as System;
  if (name === "two-thirds") return twoThirdsSystem as unknown as System;
  if (name === "aneris") return anerisSystem(substitution) as unknown as System;
  throw new Error(`no system "${name}"; there are ${systemNames.join(", ")}`);
}
