import { equalBytes } from "@eunomia/codec";
import { step } from "@eunomia/engine";

import {
  learnerConfig,
  learnerEngine,
  memberConfig,
  memberEngine,
  type TwoThirdsMessage,
} from "../src/index.ts";

/**
 * Decisions per second of four members and one learner in one process, through `step`, one round per slot, against the same
 * messages handled by a bare loop over maps: the ratio is what guarded actions and plain-data state cost. Nothing is encoded
 * or journaled. Every process holds its own copy of a value, as after decoding, so equal values must be read to be equal.
 */
const members = ["p0", "p1", "p2", "p3"];
const learner = "r";
const trimEvery = 64;

/** Runs so many slots; answers how many decisions the learner reported. */
type Runner = (slots: number) => number;

function engines(copies: ReadonlyMap<string, Uint8Array>, digestAboveBytes: number | null): Runner {
  const processes = new Map(
    members.map((self) => {
      const config = memberConfig({
        self,
        members,
        learners: [learner],
        graceMs: 0,
        headMs: 0,
        digestAboveBytes,
      });
      const engine = memberEngine(config);
      return [self, { engine, config, state: engine.init(config) }] as const;
    }),
  );
  const config = learnerConfig({ self: learner, members });
  const engine = learnerEngine(config);
  const state = engine.init(config);
  let slot = 0;
  let decided = 0;
  /** What the wire would do: the receiver gets its own copy. */
  const received = (to: string, from: string, message: TwoThirdsMessage): TwoThirdsMessage => {
    const value = copies.get(`${to} ${from}`)!;
    if (message.kind === "propose") return { ...message, value };
    return "choice" in message && message.choice.kind === "whole"
      ? { ...message, choice: { kind: "whole", value } }
      : message;
  };
  return (slots) => {
    const queue: { to: string; from: string; message: TwoThirdsMessage }[] = [];
    const take = (from: string, effects: readonly { readonly kind: string }[]): void => {
      for (const effect of effects as readonly {
        kind: string;
        to: string[];
        message: TwoThirdsMessage;
        output: { kind: string };
      }[])
        if (effect.kind === "send")
          for (const to of effect.to) queue.push({ to, from, message: received(to, from, effect.message) });
        else if (from === learner && effect.kind === "output" && effect.output.kind === "decided") decided++;
    };
    for (let i = 0; i < slots; i++) {
      slot++;
      const commands = [{ kind: "propose", slot, value: copies.get(`${learner} ${learner}`)! } as const];
      take(learner, step(engine, config, state, { kind: "commands", commands }).effects);
      for (let at = 0; at < queue.length; at++) {
        const { to, from, message } = queue[at]!;
        const member = processes.get(to);
        const event = { kind: "message", from, message } as const;
        take(
          to,
          member === undefined
            ? step(engine, config, state, event).effects
            : step(member.engine, member.config, member.state, event).effects,
        );
      }
      queue.length = 0;
      if (slot % trimEvery === 0)
        take(
          learner,
          step(engine, config, state, { kind: "commands", commands: [{ kind: "trim", slot }] }).effects,
        );
    }
    return decided;
  };
}

interface Slot {
  round: number;
  est: Uint8Array | null;
  votes: Map<string, Uint8Array>;
  decided: Uint8Array | null;
}

/** The same exchange of messages by hand: no guards, no records, no later rounds. */
function bare(copies: ReadonlyMap<string, Uint8Array>): Runner {
  const state = new Map(members.map((member) => [member, new Map<number, Slot>()]));
  const known = new Map<number, Uint8Array>();
  let slot = 0;
  return (slots) => {
    for (let i = 0; i < slots; i++) {
      slot++;
      const queue: { to: string; from: string; kind: "propose" | "vote" | "decided"; value: Uint8Array }[] =
        [];
      const send = (from: string, kind: "propose" | "vote" | "decided", to: readonly string[]) => {
        for (const one of to)
          if (one !== from) queue.push({ to: one, from, kind, value: copies.get(`${one} ${from}`)! });
      };
      send(learner, "propose", members);
      for (let at = 0; at < queue.length; at++) {
        const { to, from, kind, value } = queue[at]!;
        if (to === learner) {
          const before = known.get(slot);
          if (before === undefined) known.set(slot, value);
          else if (!equalBytes(before, value)) throw new Error("disagreement");
          continue;
        }
        const own = state.get(to)!;
        let here = own.get(slot);
        if (here === undefined) {
          here = { round: -1, est: null, votes: new Map(), decided: null };
          own.set(slot, here);
        }
        if (here.decided !== null) {
          if (kind === "vote")
            queue.push({ to: from, from: to, kind: "decided", value: copies.get(`${from} ${to}`)! });
          else if (!equalBytes(here.decided, value)) throw new Error("disagreement");
          continue;
        }
        if (kind === "decided") {
          here.decided = value;
          continue;
        }
        if (here.round < 0) {
          here.round = 0;
          here.est = value;
          here.votes.set(to, value);
          send(to, "vote", members);
        }
        if (kind === "vote") here.votes.set(from, value);
        let equal = 0;
        for (const vote of here.votes.values()) if (equalBytes(vote, here.est!)) equal++;
        if (equal < 3) continue;
        here.decided = here.est;
        send(to, "decided", [...members, learner]);
      }
      if (slot % trimEvery === 0) {
        for (const own of state.values()) own.clear();
        for (const one of [...known.keys()])
          if (one < slot) known.set(one, copies.get(`${learner} ${learner}`)!);
      }
    }
    return known.size;
  };
}

/** One copy per link: what two senders sent is never the same object. */
function copiesOf(sizeBytes: number): Map<string, Uint8Array> {
  const all = [...members, learner];
  const links = all.flatMap((to) => all.map((from) => `${to} ${from}`));
  return new Map(links.map((link) => [link, new Uint8Array(sizeBytes).fill(7)]));
}

/** Best of several paired rounds: the machine is shared, and the least disturbed round says most. */
function compare(title: string, sizeBytes: number, digestAboveBytes: number | null, slots: number): void {
  const copies = copiesOf(sizeBytes);
  const contestants = [engines(copies, digestAboveBytes), bare(copies)];
  const best = [0, 0];
  const before = [0, 0];
  for (let round = 0; round < 9; round++)
    contestants.forEach((run, i) => {
      const start = performance.now();
      const decided = run(slots);
      const perSecond = (slots * 1000) / (performance.now() - start);
      if (decided - before[i]! !== slots)
        throw new Error(`${title}: ${decided - before[i]!} of ${slots} slots decided`);
      before[i] = decided;
      if (round > 1) best[i] = Math.max(best[i]!, perSecond);
    });
  const [ours, loop] = best as [number, number];
  console.log(
    `${title}: ${Math.round(ours)} decisions/s through step, ${Math.round(loop)} in the bare loop, ratio ${(loop / ours).toFixed(1)}`,
  );
}

compare("16 B, whole", 16, null, 2000);
compare("64 KiB, whole", 65_536, null, 500);
compare("64 KiB, votes by digest (the loop compares whole values)", 65_536, 256, 300);
