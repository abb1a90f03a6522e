import { commanded } from "./aneris-replica.ts";
import { type Any, acting, both, emitting, mute, without } from "./edit.ts";
import { type Change, type Mutant, mutantsOf } from "./mutant.ts";

const replica = mutantsOf("aneris", "replica", "aneris-replica");
const gateway = mutantsOf("aneris", "gateway", "aneris-gateway");

/** After every action something else is made of the reads; `was` is what they were before it. */
const afterwards = (change: (state: Any, was: Any, out: Any) => void): Change =>
  acting([], (config, state, found, out, original) => {
    const was = structuredClone(state.reads);
    original(config, state, found, out);
    change(state, was, out);
  });

const readable = (state: Any, nonces: readonly number[], out: Any): void => {
  if (nonces.length > 0) out.output({ kind: "readable", nonces, slot: state.slotOut - 1 });
};

/** Replicas that read wrongly, and a gateway that does not, in one thing each. */
export const anerisReadMutants: readonly Mutant[] = [
  replica("reads-without-asking", {
    class: "guard dropped",
    rule: "settleReads",
    breaks: "agreement",
    change: both(
      mute([], "highest"),
      afterwards((state, _was, out) => {
        const { behind, asked, waiting } = state.reads;
        readable(state, [...behind.flatMap(({ nonces }: Any) => nonces), ...asked, ...waiting], out);
        Object.assign(state.reads, { behind: [], asked: [], waiting: [] });
      }),
    ),
  }),
  replica("reads-one-slot-early", {
    class: "wrong threshold",
    rule: "settleReads",
    breaks: "agreement",
    change: commanded((command) =>
      command.kind === "highest" ? { ...command, slot: Math.max(0, command.slot - 1) } : command,
    ),
  }),
  replica("reads-by-an-answer-of-the-epoch-before", {
    class: "decision of the wrong epoch accepted",
    rule: "takeAnswer",
    breaks: "agreement",
    change: commanded((command, state) =>
      command.kind === "highest" ? { ...command, epoch: state.reads.epoch } : command,
    ),
  }),
  replica("reads-not-asked-again-after-a-swap", {
    class: "guard dropped",
    rule: "settleReads",
    breaks: "agreement",
    change: afterwards((state, was, out) => {
      if (state.reads.epoch === was.epoch) return;
      const done = was.behind.flatMap(({ slot, nonces }: Any) => (slot < state.slotOut ? nonces : []));
      state.reads.asked = state.reads.asked.filter((nonce: number) => !done.includes(nonce));
      readable(state, done, out);
    }),
  }),
  replica("an-open-question-serves-later-reads", {
    class: "guard dropped",
    rule: "takeRead",
    breaks: "agreement",
    change: afterwards(({ reads }) => {
      if (reads.asked.length === 0) return;
      reads.asked.push(...reads.waiting);
      reads.waiting = [];
    }),
  }),
  replica("every-question-under-one-number", {
    class: "guard dropped",
    rule: "takeAnswer",
    breaks: "agreement",
    change: both(
      emitting([], (out) => ({
        output: (output) => out.output(output.kind === "highest" ? { ...output, nonce: 1 } : output),
      })),
      commanded((command, state) =>
        command.kind === "highest" ? { ...command, nonce: state.reads.asked[0] ?? 0 } : command,
      ),
    ),
  }),
  replica("a-gap-before-a-read-not-filled", {
    class: "no gap fill",
    rule: "takeAnswer",
    breaks: "nothing",
    why: "behind a protocol of ours whoever voted in a slot goes on until it is decided; the door alone promises no such thing",
    change: acting(["commands"], (config, state, commands, out, original) => {
      for (const command of commands) {
        const seen = state.highestSeen;
        original(config, state, [command], out);
        if (command.kind === "highest") state.highestSeen = seen;
      }
    }),
  }),
  gateway("queries-unanswered", {
    class: "no answer",
    rule: "query",
    breaks: "termination",
    change: without("query"),
  }),
];
