import type { Model } from "@eunomia/checker";
import type { RunPlan } from "@eunomia/simulation";
import type { Tree } from "../story/types.ts";
import { ExplorerError } from "./ground.ts";
import type { Entry } from "./messages.ts";

/** A model, and how to make it for other parameters of the same shape. */
export interface ShelfModel extends Entry {
  /** @throws what the protocol throws for parameters that cannot be */
  make(params: Tree): Model;
}

/** A cluster to simulate. */
export interface ShelfSystem extends Entry {
  /** @throws what the system throws for parameters that cannot be */
  plan(params: Tree): RunPlan;
}

/** What the explorer can open. */
export interface Shelf {
  /** SHA-256 over the sources of the engines. */
  readonly engines: string;
  readonly models: readonly ShelfModel[];
  readonly systems: readonly ShelfSystem[];
}

/** @throws ExplorerError if there is none of this name */
export function named<T extends { readonly name: string }>(entries: readonly T[], name: string): T {
  const found = entries.find((each) => each.name === name);
  if (found === undefined)
    throw new ExplorerError("unknown-name", `there is no "${name}" here: choose one of the list`);
  return found;
}
