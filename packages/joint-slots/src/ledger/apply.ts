import { equalBytes, mapGet, mapHas, mapSet } from "@eunomia/codec";
import { type BaseBlock, compareMoves, type Entry, type JointBlock, type Move } from "../block.ts";
import type { Rules } from "../config.ts";
import { epochOf } from "./epochs.ts";
import { type Application, type Change, hasEnded, type Ledger, type SlotState } from "./types.ts";

/** One chain while a block is applied to it. */
export interface Scene<A> {
  readonly rules: Rules;
  readonly app: Application<A>;
  readonly ledger: Ledger;
  readonly state: A;
  readonly changes: Change[];
}

/**
 * Applies the block of the next height, in place. Everybody who applies the same blocks gets the same.
 *
 * @param block null: the decided bytes are no block, which counts as an empty one.
 * @returns what it changed.
 */
export function applyBlock<A>(
  rules: Rules,
  app: Application<A>,
  ledger: Ledger,
  state: A,
  block: BaseBlock | null,
): Change[] {
  const scene: Scene<A> = { rules, app, ledger, state, changes: [] };
  ledger.height += 1;
  if (block === null) voided(scene, "no block");
  for (const entry of block?.entries ?? []) applyEntry(scene, entry);
  passLate(scene);
  openNext(scene);
  return scene.changes;
}

function applyEntry<A>(scene: Scene<A>, entry: Entry): void {
  const { app, ledger, state, rules, changes } = scene;
  switch (entry.kind) {
    case "app":
      app.apply(rules.plan.chain, state, entry.bytes, (key) => mapHas(ledger.locks, key));
      changes.push({ kind: "app", bytes: entry.bytes });
      return;
    case "lock":
      return lock(scene, { from: rules.plan.chain, key: entry.key, to: entry.to, terms: entry.terms });
    case "open":
      if (entry.slot !== ledger.next) return voided(scene, "open: it is not the next slot");
      ledger.wanted = true;
      return;
    case "joint": {
      const slot = mapGet(ledger.slots, entry.slot);
      if (slot?.verdict.kind !== "open") return voided(scene, "joint: the slot is not open");
      slot.verdict = { kind: "took", block: entry.block };
      slot.ending = { kind: "known", block: entry.block };
      return finish(scene);
    }
    case "settle": {
      const slot = mapGet(ledger.slots, entry.slot);
      if (slot?.verdict.kind !== "passed" || slot.ending.kind !== "pending")
        return voided(scene, "settle: the slot does not wait for it");
      slot.ending = { kind: "known", block: entry.taken?.block ?? null };
      return finish(scene);
    }
    case "leave":
      return leave(scene, entry.evidence);
  }
}

function lock<A>(scene: Scene<A>, move: Move): void {
  const { app, ledger, state, rules, changes } = scene;
  if (ledger.leftAt !== null) return voided(scene, "lock: the chain has left");
  if (epochOf(ledger, ledger.next).closed) return voided(scene, "lock: there are no joint slots any more");
  if (move.to === move.from || !rules.chains.includes(move.to)) return voided(scene, "lock: no such chain");
  if (mapHas(ledger.locks, move.key)) return voided(scene, "lock: it is locked");
  if (!app.lockable(state, move)) return voided(scene, "lock: it may not move so");
  mapSet(ledger.locks, move.key, { slot: null, to: move.to, terms: move.terms });
  changes.push({ kind: "locked", move });
}

/**
 * Slots take effect in their order: what comes back in a later slot must not be there before it has left in an earlier one.
 *
 * @param last whether slots of which nothing is known end too, since the chain has left and waits no longer.
 */
function finish<A>(scene: Scene<A>, last = false): void {
  const { keys, values } = scene.ledger.slots;
  for (const [i, slot] of values.entries()) {
    if (hasEnded(slot)) continue;
    const number = keys[i]!;
    if (slot.ending.kind === "known") {
      const { block } = slot.ending;
      if (block === null) abandon(scene, number, slot);
      else include(scene, number, slot, block);
    } else {
      if (!last) return;
      slot.ending = { kind: "released" };
      release(scene, number);
    }
  }
}

function abandon<A>({ ledger, changes }: Scene<A>, number: number, slot: SlotState): void {
  slot.ending = { kind: "abandoned" };
  changes.push({ kind: "abandoned", slot: number, keys: freed(ledger, number) });
}

/** The block takes effect on this chain: what leaves it was locked since the slot opened, what arrives is added. */
function include<A>(scene: Scene<A>, number: number, slot: SlotState, block: JointBlock): void {
  const { app, ledger, state, rules, changes } = scene;
  const { chain } = rules.plan;
  slot.ending = { kind: "included", block };
  for (const move of block.moves) {
    if (move.from === chain) {
      // Only if a quorum voted for what is not valid here: nobody who is safe does.
      if (!includesMove(slot.locks, move)) voided(scene, "joint: what moves was not locked");
      else app.depart(state, move);
    }
    if (move.to === chain) app.arrive(state, move);
  }
  freed(ledger, number);
  changes.push({ kind: "included", slot: number, block });
  const { next } = block;
  if (next === null || next.from < number + rules.lead) return;
  const epoch = { slot: number, ...next, height: ledger.height + rules.epochLag };
  ledger.epochs.push(epoch);
  changes.push({ kind: "epoch", ...epoch });
  // With no slot to come, what waits for the next one is free.
  if (epochOf(ledger, ledger.next).closed) release(scene, null);
}

/** The overlap is lost: no slot opens any more, those that are open count as passed. */
function leave<A>(scene: Scene<A>, evidence: Uint8Array): void {
  const { ledger, changes } = scene;
  if (ledger.leftAt !== null) return voided(scene, "leave: the chain has left");
  ledger.leftAt = ledger.height;
  changes.push({ kind: "left", evidence });
  ledger.slots.values.forEach((slot, i) => {
    if (slot.verdict.kind === "open") pass(scene, ledger.slots.keys[i]!, slot);
  });
  release(scene, null);
}

function passLate<A>(scene: Scene<A>): void {
  const { ledger, rules } = scene;
  const { keys, values } = ledger.slots;
  values.forEach((slot, i) => {
    if (slot.verdict.kind === "open" && ledger.height >= slot.cut + rules.plan.patience)
      pass(scene, keys[i]!, slot);
  });
  if (ledger.leftAt !== null && ledger.height >= ledger.leftAt + rules.holdHeights) finish(scene, true);
}

function pass<A>({ changes }: Scene<A>, number: number, slot: SlotState): void {
  slot.verdict = { kind: "passed" };
  changes.push({ kind: "passed", slot: number });
}

/** Where there is something to move. In order, and only so many at once: whoever opens slot s knows what became of all through s - lead, so under which terms it is. */
function openNext<A>({ rules, ledger, changes }: Scene<A>): void {
  const { first, every } = rules.plan;
  const { height, lastCut, next, slots } = ledger;
  if (ledger.leftAt !== null || height < first || (lastCut !== null && height < lastCut + every)) return;
  if (!ledger.wanted && !ledger.locks.values.some(({ slot }) => slot === null)) return;
  const unsettled = slots.keys.find((_, i) => !hasEnded(slots.values[i]!));
  if (unsettled !== undefined && unsettled <= next - rules.lead) return;
  const { number: epoch, closed } = epochOf(ledger, next);
  if (closed) return;
  const locks: Move[] = [];
  ledger.locks.values.forEach((held, i) => {
    if (held.slot !== null) return;
    held.slot = next;
    locks.push({ from: rules.plan.chain, key: ledger.locks.keys[i]!, to: held.to, terms: held.terms });
  });
  mapSet(slots, next, { cut: height, epoch, locks, verdict: { kind: "open" }, ending: { kind: "pending" } });
  ledger.next = next + 1;
  ledger.wanted = false;
  ledger.lastCut = height;
  changes.push({ kind: "opened", slot: next, locks });
}

function release<A>({ ledger, changes }: Scene<A>, slot: number | null): void {
  const keys = freed(ledger, slot);
  if (keys.length > 0 || slot !== null) changes.push({ kind: "released", slot, keys });
}

/** Takes away the locks for this slot. */
function freed({ locks }: Ledger, slot: number | null): string[] {
  const { keys, values } = locks;
  const gone = keys.filter((_, i) => values[i]!.slot === slot);
  if (gone.length === 0) return gone;
  locks.keys = keys.filter((_, i) => values[i]!.slot !== slot);
  locks.values = values.filter((held) => held.slot !== slot);
  return gone;
}

function voided<A>({ changes }: Scene<A>, reason: string): void {
  changes.push({ kind: "void", reason });
}

/** Is this one of the moves, which ascend? */
export function includesMove(moves: readonly Move[], move: Move): boolean {
  let low = 0;
  let high = moves.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareMoves(moves[middle]!, move) < 0) low = middle + 1;
    else high = middle;
  }
  const found = moves[low];
  return (
    found !== undefined &&
    compareMoves(found, move) === 0 &&
    found.to === move.to &&
    equalBytes(found.terms, move.terms)
  );
}
