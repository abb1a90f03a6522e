import { mapGet } from "@eunomia/codec";
import { type Action, actionsOf, type NodeId } from "@eunomia/engine";
import { isPeer, within } from "./member-moves.ts";
import type { ByzantineMemberConfig, ByzantineMemberState, ByzantineMemberTypes } from "./member-types.ts";

const on = actionsOf<ByzantineMemberTypes>();

/** Who said something, and where. */
export interface Told {
  readonly from: NodeId;
  readonly slot: number;
  readonly round: number;
}

/** Is the slot in reach, and undecided? */
export const inWindow = (
  config: ByzantineMemberConfig,
  state: Readonly<ByzantineMemberState>,
  slot: number,
): boolean => within(config, state, slot) && (mapGet(state.slots, slot)?.decided ?? null) === null;

const about = ["propose", "vote", "status", "newround"] as const;

/** A finished slot is answered for, whatever is said about it (3.3): these stand before all that would take the message. */
export const finishedActions: readonly Action<ByzantineMemberTypes>[] = about.flatMap((kind) => {
  const may = (config: ByzantineMemberConfig, from: NodeId): boolean =>
    kind === "propose" ? config.learners.includes(from) : isPeer(config, from);
  return [
    on.message(
      kind,
      `${kind}: trimmed (1)`,
      (config, state, { slot }, from) => (may(config, from) && slot <= state.floor ? { from } : null),
      (_config, state, { from }, out) => out.send([from], { kind: "trimmed", floor: state.floor }),
    ),
    on.message(
      kind,
      `${kind}: decided (3.3)`,
      (config, state, { slot }, from) => {
        const decided = may(config, from) ? (mapGet(state.slots, slot)?.decided ?? null) : null;
        return decided === null ? null : { from, slot, ...decided };
      },
      (_config, _state, { from, slot, value, certificate }, out) =>
        out.send([from], { kind: "decided", slot, value, certificate }),
    ),
  ] as Action<ByzantineMemberTypes>[];
});
