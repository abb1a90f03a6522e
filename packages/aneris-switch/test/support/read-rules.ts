import { expect } from "vitest";
import type { ReplicaOutput } from "../../src/index.ts";
import { membershipOf } from "../../src/messages.ts";
import { command, Life, type Make, modeChange, reconfigure, swap } from "./lab.ts";

const three = membershipOf(["r0", "r1", "r2"], 1);

/** One replica that is read from, in words. */
class Reader {
  readonly life: Life;
  #at = 0;

  constructor(make: Make | undefined, over: ConstructorParameters<typeof Life>[0] = {}) {
    this.life = new Life({ membership: three, ...over }, make);
    this.#at = this.life.outputs.length;
  }

  read(...nonces: number[]): void {
    this.life.commands(...nonces.map((nonce) => ({ kind: "readIndex", nonce }) as const));
  }

  /** The read quorum of the epoch that was asked answers. */
  answer(asked: { readonly epoch: number; readonly nonce: number }, slot: number): void {
    this.life.commands({ kind: "highest", epoch: asked.epoch, nonce: asked.nonce, slot });
  }

  decided(slot: number, epoch = 0): void {
    this.life.decided(slot, [command(1, slot)], epoch);
  }

  /** What was said of reads since the last time. */
  said(): Extract<ReplicaOutput, { kind: "highest" | "readable" | "unreadable" }>[] {
    const fresh = this.life.outputs.slice(this.#at);
    this.#at = this.life.outputs.length;
    return fresh.flatMap((output) =>
      output.kind === "highest" || output.kind === "readable" || output.kind === "unreadable" ? [output] : [],
    );
  }

  /** The question that was just asked; the only thing that was said. */
  asked(epoch = 0): { readonly epoch: number; readonly nonce: number } {
    const [question, ...more] = this.said();
    expect(more).toEqual([]);
    expect(question).toMatchObject({ kind: "highest", epoch });
    return question as { kind: "highest"; epoch: number; nonce: number };
  }
}

/**
 * The rules of reads, each over one replica that `make` makes: all hold for ours, and each twin breaks one.
 */
export const readRules: Readonly<Record<string, (make?: Make) => void>> = {
  "a read waits for its read quorum, and for the slot that the quorum names": (make) => {
    const reader = new Reader(make);
    reader.decided(1);
    reader.said();
    reader.read(50);
    const asked = reader.asked();
    reader.answer(asked, 3);
    reader.decided(2);
    expect(reader.said()).toEqual([]);
    reader.decided(3);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [50], slot: 3 }]);
  },
  "what is delivered already is read at once": (make) => {
    const reader = new Reader(make);
    reader.decided(1);
    reader.read(50);
    reader.answer(reader.asked(), 1);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [50], slot: 1 }]);
  },
  "one question serves all that came before it, and none that came later": (make) => {
    const reader = new Reader(make);
    reader.read(50, 51);
    const first = reader.asked();
    reader.read(52);
    reader.read(53);
    expect(reader.said()).toEqual([]);
    reader.answer(first, 0);
    const [done, second, ...more] = reader.said();
    expect(done).toEqual({ kind: "readable", nonces: [50, 51], slot: 0 });
    expect(second).toMatchObject({ kind: "highest", epoch: 0 });
    expect(more).toEqual([]);
    reader.answer(second as { epoch: number; nonce: number }, 0);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [52, 53], slot: 0 }]);
  },
  "an answer to an earlier question counts for no later one": (make) => {
    const reader = new Reader(make);
    reader.read(50);
    const first = reader.asked();
    reader.answer(first, 0);
    reader.said();
    reader.read(51);
    const second = reader.asked();
    expect(second.nonce).not.toBe(first.nonce);
    reader.answer(first, 0);
    expect(reader.said()).toEqual([]);
    reader.answer(second, 0);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [51], slot: 0 }]);
  },
  "a question that is open is asked again in the next epoch, and its old answer counts no more": (make) => {
    const reader = new Reader(make);
    reader.read(50);
    const old = reader.asked();
    reader.life.decided(1, [swap(1, "paxos")]);
    const anew = reader.asked(1);
    reader.answer(old, 1);
    expect(reader.said()).toEqual([]);
    reader.answer(anew, 2);
    expect(reader.said()).toEqual([]);
    reader.decided(2, 1);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [50], slot: 2 }]);
  },
  "what was answered and not yet delivered is asked again in the next epoch": (make) => {
    const reader = new Reader(make);
    reader.read(50);
    reader.answer(reader.asked(), 1);
    reader.life.decided(1, [swap(1, "paxos")]);
    const anew = reader.asked(1);
    reader.answer(anew, 2);
    expect(reader.said()).toEqual([]);
    reader.decided(2, 1);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [50], slot: 2 }]);
  },
  "in window mode the old epoch answers until its last slot": (make) => {
    const reader = new Reader(make, { alpha: 2 });
    reader.life.decided(1, [modeChange(1, "window")]);
    reader.life.decided(2, [swap(2, "paxos")]);
    reader.said();
    reader.read(50);
    reader.answer(reader.asked(0), 2);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [50], slot: 2 }]);
    reader.read(51);
    reader.answer(reader.asked(0), 3);
    reader.decided(3);
    const anew = reader.asked(1);
    reader.answer(anew, 3);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [51], slot: 3 }]);
  },
  "a slot that nobody decides is filled, so that no read waits for it for ever": (make) => {
    const reader = new Reader(make);
    reader.read(50);
    reader.answer(reader.asked(), 1);
    reader.life.tick(10);
    expect(reader.life.proposed).toEqual([[0, 1, []]]);
    reader.life.decided(1, []);
    expect(reader.said()).toEqual([{ kind: "readable", nonces: [50], slot: 1 }]);
  },
  "a replica that is no member yet, or no more, reads nothing": (make) => {
    const joiner = new Reader(make, { self: "r9" });
    joiner.read(50, 51);
    expect(joiner.said()).toEqual([{ kind: "unreadable", nonces: [50, 51], reason: "not a member" }]);
    const leaver = new Reader(make);
    leaver.read(50);
    leaver.asked();
    leaver.life.decided(1, [reconfigure(1, "paxos", membershipOf(["r1", "r2", "r3"], 1))]);
    expect(leaver.said()).toEqual([{ kind: "unreadable", nonces: [50], reason: "not a member" }]);
    leaver.read(51);
    expect(leaver.said()).toEqual([{ kind: "unreadable", nonces: [51], reason: "not a member" }]);
  },
  "what is open is bounded": (make) => {
    const reader = new Reader(make, { maxPending: 3 });
    reader.read(50, 51, 52, 53);
    expect(reader.said()).toEqual([
      { kind: "unreadable", nonces: [53], reason: "busy" },
      { kind: "highest", epoch: 0, nonce: 50 },
    ]);
  },
};
