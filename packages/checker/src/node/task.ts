import { CheckerError, type CheckerErrorCode } from "../error.ts";
import type { Reduction } from "../machine/reduction.ts";
import type { Model, ModelSource } from "../model.ts";
import type { Report } from "../report.ts";
import type { Progress } from "../search/options.ts";
import type { Shared } from "./shared.ts";

/** What the function that a `ModelSource` names may answer. */
export type LoadedModel = Model | { readonly model: Model; readonly reductions: readonly Reduction[] };

/** Where to write checkpoints, and of which engines. */
export interface CheckpointOptions {
  readonly folder: string;
  /** Not more often than this; default 5 minutes. They are written between levels. */
  readonly everyMs?: number;
  /** A hash of the engines' code, in any form: a checkpoint of other engines is refused. */
  readonly engineHash: string;
}

/** Where a search goes on. */
export interface Progressed {
  /** Where each level begins, the one to look into last. */
  readonly levels: readonly number[];
  readonly states: number;
  readonly transitions: number;
}

/** What each worker is given. */
export interface Task {
  readonly worker: number;
  readonly source: ModelSource;
  readonly shared: Shared;
  readonly states: number;
  readonly depth: number;
  readonly checkpoint: CheckpointOptions | null;
  readonly resumed: Progressed | null;
}

/** What workers say. */
export type Word =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "error"; readonly code: CheckerErrorCode; readonly message: string };

/**
 * Loads a model by name.
 *
 * @throws CheckerError with code `worker`, or what the module itself throws.
 */
export async function loadModel({ module, export: name, params }: ModelSource): Promise<{
  readonly model: Model;
  readonly reductions: readonly Reduction[];
}> {
  const loaded = (await import(module)) as Record<string, unknown>;
  const make = loaded[name];
  if (typeof make !== "function")
    throw new CheckerError(
      "worker",
      `"export" expected a function of ${module}, got ${typeof make} for "${name}"`,
    );
  const made = make(params) as LoadedModel;
  const { model, reductions } = "model" in made ? made : { model: made, reductions: [] };
  return { model, reductions };
}
