import type { ReplicaState } from "../../src/index.ts";
import type { Make } from "../support/lab.ts";
import { spoiled } from "./replicas.ts";

/** Whatever was said of reads, and is in the state of them, is taken back. */
const locally = (state: ReplicaState): number[] => {
  const { reads } = state;
  const nonces = [...reads.behind.flatMap((one) => one.nonces), ...reads.asked, ...reads.waiting];
  state.reads = { ...reads, behind: [], asked: [], waiting: [] };
  return nonces;
};

/** Replicas that read wrongly, in one thing each. */
export const readTwins: Readonly<Record<string, Make>> = {
  "answers without asking": spoiled({
    after: (state, _was, _config, _said, out) => {
      const nonces = locally(state);
      if (nonces.length > 0) out.output({ kind: "readable", nonces, slot: state.slotOut - 1 });
    },
    says: ({ kind }) => kind !== "highest",
  }),
  "reads before the slot that the quorum names": spoiled({
    command: (_state, command) =>
      command.kind === "highest" ? { ...command, slot: Math.max(0, command.slot - 1) } : command,
  }),
  "counts an answer to an earlier question": spoiled({
    command: (state, command) =>
      command.kind === "highest" ? { ...command, nonce: state.reads.asked[0] ?? 0 } : command,
  }),
  "an open question serves later reads too": spoiled({
    after: ({ reads }) => {
      if (reads.asked.length === 0) return;
      reads.asked.push(...reads.waiting);
      reads.waiting = [];
    },
  }),
  "an answer of the epoch before counts": spoiled({
    command: (state, command) =>
      command.kind === "highest" ? { ...command, epoch: state.reads.epoch } : command,
  }),
  "what was answered is not asked again in the next epoch": spoiled({
    after: (state, was, _config, _said, out) => {
      if (state.reads.epoch === was.reads.epoch) return;
      const nonces = was.reads.behind.flatMap((one) => (one.slot < state.slotOut ? one.nonces : []));
      state.reads.asked = state.reads.asked.filter((nonce) => !nonces.includes(nonce));
      if (nonces.length > 0) out.output({ kind: "readable", nonces, slot: state.slotOut - 1 });
    },
  }),
  "reads though it is no member": spoiled({
    says: ({ kind }) => kind !== "unreadable",
    after: (state, _was, _config, said, out) => {
      for (const output of said)
        if (output.kind === "unreadable" && output.reason === "not a member")
          out.output({ kind: "readable", nonces: output.nonces, slot: state.slotOut - 1 });
    },
  }),
  "leaves the gap that a read waits for": spoiled({
    before: (state) => {
      state.highestSeen = 0;
    },
    after: (state) => {
      state.highestSeen = 0;
    },
  }),
};
