import { readBatch, readOperation } from "@eunomia/aneris-switch/messages";
import type { History, Invariant, View } from "@eunomia/checker";
import { bytes, equalBytes, type Infer, list, nat, record, text } from "@eunomia/codec";

const Delivered = record({
  /** Every slot of which somebody was told, once, ascending. A crash may leave one out that the records have. */
  slots: list(record({ slot: nat(), epoch: nat(), vector: bytes() })),
  /** The slot that this life delivers next. */
  next: nat(),
  /** Reads that were answered here, and after which slot. */
  reads: list(record({ nonce: nat(), slot: nat() })),
  /** What is wrong with one replica by itself; empty: nothing. */
  problem: text(256),
});
type Delivered = Infer<typeof Delivered>;

type Output = { readonly kind: string; readonly [field: string]: unknown };

function deliver(known: Readonly<Delivered>, slot: number, epoch: number, vector: Uint8Array): Delivered {
  if (slot !== known.next)
    return { ...known, problem: `integrity: slot ${slot} where ${known.next} comes next` };
  const before = known.slots.find((one) => one.slot === slot);
  if (before === undefined)
    return { ...known, next: slot + 1, slots: [...known.slots, { slot, epoch, vector }] };
  return before.epoch === epoch && equalBytes(before.vector, vector)
    ? { ...known, next: slot + 1 }
    : { ...known, problem: `agreement: slot ${slot} was another one in an earlier life` };
}

/** What a replica has delivered in all its lives. */
export const delivered: History<Delivered> = {
  schema: Delivered,
  start: { slots: [], next: 1, reads: [], problem: "" },
  fold(known, output: Output) {
    if (known.problem !== "") return known;
    if (output.kind === "deliver")
      return deliver(known, output.slot as number, output.epoch as number, output.vector as Uint8Array);
    if (output.kind === "readable") {
      const { nonces, slot } = output as unknown as { nonces: readonly number[]; slot: number };
      return { ...known, reads: [...known.reads, ...nonces.map((nonce) => ({ nonce, slot }))] };
    }
    if (output.kind === "alarm")
      return { ...known, problem: `alarm: ${String(output.reason).slice(0, 200)}` };
    if (output.kind !== "restored") return known;
    const last = output.delivered as number;
    const told = known.slots.at(-1)?.slot ?? 0;
    return last < told
      ? { ...known, problem: `durability: a life begins after slot ${last}, though ${told} was delivered` }
      : { ...known, next: last + 1 };
  },
};

export const historyOf = (view: View, process: string): Delivered => view.of(process).history as Delivered;

/** Names of what stands in a vector: `c1:2`, `ctl1=paxos`, `register`. */
export function namesIn(vector: Uint8Array): string[] {
  return (readBatch(vector) ?? []).map((entry) => {
    if (entry.kind === "command") return `c${entry.client}:${entry.seq}`;
    if (entry.kind === "register") return "register";
    const operation = readOperation(entry.operation);
    const what = operation?.kind === "swap" ? operation.protocol.name : (operation?.kind ?? "unknown");
    return `ctl${entry.n}=${what}`;
  });
}

/** What replicas must agree on: the vector of each slot, and under which epoch it was decided. */
export const oneHistory = (replicas: readonly string[]): Invariant => ({
  name: "agreement",
  holds(view) {
    const first = new Map<number, { process: string; epoch: number; vector: Uint8Array }>();
    for (const process of replicas)
      for (const { slot, epoch, vector } of historyOf(view, process).slots) {
        const known = first.get(slot);
        if (known === undefined) first.set(slot, { process, epoch, vector });
        else if (known.epoch !== epoch || !equalBytes(known.vector, vector))
          return `slot ${slot}: ${namesIn(known.vector)} in epoch ${known.epoch} at ${known.process}, ${namesIn(vector)} in epoch ${epoch} at ${process}`;
      }
    return null;
  },
});

/** What one replica alone must keep: no gap, nothing forgotten, no alarm. */
export const soundLives = (replicas: readonly string[]): Invariant => ({
  name: "integrity of lives",
  holds(view) {
    const wrong = replicas.find((process) => historyOf(view, process).problem !== "");
    return wrong === undefined ? null : `${wrong}: ${historyOf(view, wrong).problem}`;
  },
});

/** Each command stands in one slot, and only what was submitted stands in any. */
export const onceAndSubmitted = (replicas: readonly string[], submitted: readonly string[]): Invariant => ({
  name: "validity and uniqueness",
  holds(view) {
    for (const process of replicas) {
      const names = historyOf(view, process).slots.flatMap(({ vector }) => namesIn(vector));
      const strange = names.find((name) => !submitted.includes(name));
      if (strange !== undefined) return `${process} delivered ${strange}, which nobody submitted`;
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) return `${process} delivered ${twice} twice`;
    }
    return null;
  },
});

/** Commands of a client in the order of their numbers, without gaps. */
export const inOrder = (replicas: readonly string[]): Invariant => ({
  name: "order per client",
  holds(view) {
    for (const process of replicas) {
      const last = new Map<number, number>();
      for (const { vector } of historyOf(view, process).slots)
        for (const entry of readBatch(vector) ?? []) {
          if (entry.kind !== "command") continue;
          if (entry.seq !== (last.get(entry.client) ?? 0) + 1)
            return `${process} delivered c${entry.client}:${entry.seq} after ${last.get(entry.client) ?? 0}`;
          last.set(entry.client, entry.seq);
        }
    }
    return null;
  },
});

/**
 * Control commands by their rules, read off what was delivered: numbers without gaps, the distance between two, the deadline,
 * and each slot under the epoch that the swaps before it put in force.
 */
export const controlsObeyed = (
  replicas: readonly string[],
  rules: { readonly alpha: number; readonly mode: "cut" | "window"; readonly controlGap: number },
): Invariant => ({
  name: "control commands take effect by the rules",
  holds(view) {
    for (const process of replicas) {
      const wrong = judgeControls(historyOf(view, process), rules);
      if (wrong !== null) return `${process}: ${wrong}`;
    }
    return null;
  },
});

function judgeControls(
  { slots }: Delivered,
  rules: { readonly alpha: number; readonly mode: "cut" | "window"; readonly controlGap: number },
): string | null {
  const epochs = [{ id: 0, from: 1 }];
  let { mode } = rules;
  let expected = 1;
  let last = 0;
  for (const [i, { slot, epoch, vector }] of slots.entries()) {
    // Behind a slot of which nobody was told nothing can be said.
    if (slot !== i + 1) return null;
    const inForce = epochs.findLast(({ from }) => from <= slot)!.id;
    if (epoch !== inForce) return `slot ${slot} in epoch ${epoch}, where ${inForce} is in force`;
    for (const entry of readBatch(vector) ?? []) {
      if (entry.kind !== "control") continue;
      if (entry.n !== expected) return `control ${entry.n} took effect, where ${expected} comes next`;
      if (slot > entry.notAfter) return `control ${entry.n} took effect after its last slot`;
      if (last > 0 && slot < last + rules.controlGap) return `control ${entry.n} took effect too soon`;
      expected += 1;
      last = slot;
      const operation = readOperation(entry.operation);
      if (operation?.kind === "mode") mode = operation.mode.kind;
      const newest = epochs.at(-1)!;
      if (operation?.kind === "swap")
        epochs.push({
          id: newest.id + 1,
          from: Math.max(newest.from, mode === "window" ? slot + rules.alpha : slot + 1),
        });
    }
  }
  return null;
}
