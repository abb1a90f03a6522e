import type { Checkpoint } from "../../src/state.ts";
import { command, Life } from "./lab.ts";

/** What replicas have in common after a slot, when each slot holds one command of the same client. */
export function agreedAt(slot: number): Checkpoint {
  const life = new Life({ checkpointSlots: slot });
  for (let next = 1; next <= slot; next += 1) life.decided(next, [command(1, next)]);
  return life.outputsOf("checkpoint")[0]!;
}
