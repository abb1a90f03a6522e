/**
 * For tools that examine the engines: simulators that sign for liars, and engines that are wrong in one rule. Nodes need
 * nothing of this, and it may change from version to version.
 */
export { acceptorOver } from "./acceptor.ts";
export { type Bits, bitsOf, hasBit, isEmpty, membersOf, noBits, withBit, without } from "./bits.ts";
export { isSigned, type Own, type SignedEntry, type Top } from "./dag/entry.ts";
export { addEntry, emptyKnown, type Known, signedEntry } from "./dag/known.ts";
export { boundVote, conflicts, freshFor } from "./evaluate/bound.ts";
export { derive } from "./evaluate/derive.ts";
export { mergeHistories, raiseTop } from "./evaluate/merge.ts";
export { GraphView } from "./graph-view.ts";
export { watching } from "./learner.ts";
export { type Setup, setupOf } from "./node/setup.ts";
export type { SlotState } from "./node/types.ts";
export { headerId, openingId, speechId } from "./proof/header.ts";
