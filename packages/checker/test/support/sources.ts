import type { Model, ModelSource, Network } from "../../src/index.ts";
import { inertMessages } from "../../src/index.ts";
import type { LoadedModel } from "../../src/node.ts";
import { goldenModel } from "./golden.ts";
import { messageSetModel } from "./message-set.ts";

// Models by name: what workers load.

interface GoldenParams {
  readonly acceptors: number;
  readonly proposers: number;
  readonly ignored: Network["ignored"];
}

export function golden({ acceptors, proposers, ignored }: GoldenParams): Model {
  return goldenModel(acceptors, proposers, ignored);
}

export function messageSet({ acceptors, ballots }: { acceptors: number; ballots: number }): Model {
  return messageSetModel(acceptors, ballots);
}

/** With something that does not hold. */
export function wrong(params: GoldenParams): Model {
  const holds: Model["invariants"][number]["holds"] = (view) =>
    view.of("l").observation.includes(1) ? "decides 1" : null;
  return { ...golden(params), invariants: [{ name: "never decides 1", holds }] };
}

/** With a reduction. */
export function reduced(params: GoldenParams): LoadedModel {
  return { model: golden(params), reductions: [inertMessages] };
}

export const notAFunction = 7;

export function source(
  name: string,
  acceptors: number,
  ignored: Network["ignored"] = "consume",
): ModelSource {
  return { module: import.meta.url, export: name, params: { acceptors, proposers: 2, ignored } };
}
