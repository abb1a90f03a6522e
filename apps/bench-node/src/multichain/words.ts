import type { Entry, JointOutput } from "@eunomia/joint-slots";
import { give, mint, transfer } from "@eunomia/joint-slots/assets";
import type { Chain } from "./stake.ts";
import type { Order, Told } from "./told.ts";

/** What stands in a block for an order. */
export function entryOf(order: Order): Entry {
  if (order.kind === "mint") return mint(order.key, order.owner);
  if (order.kind === "give") return give(order.key, order.owner);
  return transfer(order.key, order.to, order.owner);
}

/** What became of joint slots in one block. */
export function slotNews({ chain, changes }: Extract<JointOutput, { kind: "applied" }>, at: number): Told[] {
  const news = { kind: "slot", chain: chain as Chain, at } as const;
  return changes.flatMap((change): Told[] => {
    switch (change.kind) {
      case "opened":
        return [{ ...news, slot: change.slot, ending: "opened", keys: change.locks.map(({ key }) => key) }];
      case "passed":
        return [{ ...news, slot: change.slot, ending: "passed", keys: [] }];
      case "included":
        return [
          { ...news, slot: change.slot, ending: "included", keys: change.block.moves.map(({ key }) => key) },
        ];
      case "abandoned":
        return [{ ...news, slot: change.slot, ending: "abandoned", keys: change.keys }];
      default:
        return [];
    }
  });
}
