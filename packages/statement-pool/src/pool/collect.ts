import type { Program } from "../program/program.ts";
import type { Id } from "../statement/types.ts";
import type { Gate } from "./gate.ts";
import type { Held } from "./held.ts";
import type { OwnLog } from "./own-log.ts";
import { type Store, watermarkKey } from "./store.ts";
import type { Cut } from "./types.ts";

/** Statements that disputed ones refer to, directly or further on: their accusations may need them. */
function neededForDisputes(store: Store): Set<Held> {
  const needed = new Set<Held>();
  const queue: Held[] = [];
  for (const entry of store.shelf.byId.values()) if (entry.disputed) queue.push(entry);
  for (const { refs } of queue)
    for (const id of refs) {
      const entry = store.shelf.byId.get(id);
      if (entry === undefined || needed.has(entry)) continue;
      needed.add(entry);
      queue.push(entry);
    }
  return needed;
}

/**
 * Removes entries for which all holds: they are old (by epoch or slot number), no live entry needs them, they need not stay for
 * audit, and they are no part of an equivocation. Leaves the watermarks, so that nothing removed can come again.
 */
export function collect(
  cut: Cut,
  store: Store,
  gate: Gate,
  own: OwnLog,
  program: Program,
  retentionMs: number,
): number {
  const { epochBelow = 0, watermarks = new Map<string, bigint>(), now, covered = () => false } = cut;
  const needed = neededForDisputes(store);
  const isOld = ({ core, issuer }: Held): boolean => {
    if (core.content.ctx.epoch < epochBelow) return true;
    const counter = program.types.get(core.content.type)?.counter ?? null;
    const mark = counter === null ? undefined : watermarks.get(watermarkKey(core.content, issuer));
    return mark !== undefined && BigInt(core.content.body[counter!] as number | bigint) < mark;
  };
  const isFree = (entry: Held): boolean =>
    !entry.disputed &&
    !needed.has(entry) &&
    (entry.core.auditors.length === 0 || now - entry.arrivedAt >= retentionMs);
  const going = new Set<Held>();
  const users = new Map<Id, number>();
  for (const entry of store.shelf.byId.values()) {
    if (isOld(entry) && isFree(entry)) going.add(entry);
    for (const id of entry.refs) users.set(id, (users.get(id) ?? 0) + 1);
  }
  // From those that nobody refers to downwards: whoever goes lets go of what it refers to.
  const ready = [...going].filter(({ id }) => (users.get(id) ?? 0) === 0 || covered(id));
  const gone = new Set<Held>(ready);
  for (const entry of ready) {
    store.remove(entry);
    for (const id of entry.refs) {
      users.set(id, users.get(id)! - 1);
      const next = store.shelf.byId.get(id);
      if (next === undefined || users.get(id) !== 0 || !going.has(next) || gone.has(next)) continue;
      gone.add(next);
      ready.push(next);
    }
  }
  gate.floor = Math.max(gate.floor, epochBelow);
  own.dropBelow(epochBelow);
  for (const [key, mark] of watermarks)
    if (mark > (gate.watermarks.get(key) ?? 0n)) gate.watermarks.set(key, mark);
  return gone.size;
}
