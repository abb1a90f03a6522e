import type { Model } from "@eunomia/checker";
import type { Tree } from "../story/types.ts";
import { brokenModels, goldenModels } from "./golden-models.ts";
import { protocolModels } from "./protocol-models.ts";
import { named, type ShelfModel } from "./shelf.ts";

/** Every model of the page. */
export const shelfModels: readonly ShelfModel[] = [...protocolModels, ...goldenModels, ...brokenModels];

/**
 * A model of the page by name.
 *
 * @throws ExplorerError for another name
 * @example
 * openSpace(shelfModel("paxos/3a2b", { acceptors: 3, ballots: [1, 1] }));
 */
export const shelfModel = (name: string, params: Tree): Model => named(shelfModels, name).make(params);
