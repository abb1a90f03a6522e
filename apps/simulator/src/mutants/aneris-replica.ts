import { readBatch } from "@eunomia/aneris-switch/messages";
import {
  type Any,
  acting,
  both,
  configured,
  emitting,
  forgetting,
  meddling,
  restartingWithout,
  writingLate,
} from "./edit.ts";
import { type Change, type Mutant, mutantsOf } from "./mutant.ts";

const replica = mutantsOf("aneris", "replica", "aneris-replica");
/** Actions that deliver slots. */
const delivering = ["commands", "catch up"];

const epochOf = (state: Any, slot: number): number =>
  state.epochs.findLast((epoch: Any) => epoch.from <= slot)?.id ?? state.epochs[0].id;

/** Every command of a frame, changed or (null) left out. */
export const commanded = (change: (command: Any, state: Any, config: Any) => Any): Change =>
  acting(["commands"], (config, state, commands, out, original) => {
    for (const command of commands) {
      const changed = change(command, state, config);
      if (changed !== null) original(config, state, [changed], out);
    }
    original(config, state, [], out);
  });

/** The newest epoch begins elsewhere than the rule says. */
const shifted = (by: number): Change =>
  meddling(delivering, {
    after: (state, was) => {
      const newest = state.epochs.at(-1);
      if (newest.id > was.epochs.at(-1).id) newest.from = Math.max(1, newest.from + by);
    },
  });

/** The entries of a value that are control commands. */
const controlsOf = (value: Uint8Array): Any[] =>
  (readBatch(value) ?? []).filter((entry) => entry.kind === "control");

/** Before each delivery the state is made to agree with the control command that is in the slot. */
const agreeingWith = (agree: (state: Any, control: Any) => void): Change =>
  both(
    commanded((command, state) => {
      if (command.kind === "decided" && command.slot === state.slotOut)
        for (const control of controlsOf(command.value)) agree(state, control);
      return command;
    }),
    meddling(delivering, {
      before: (state) => {
        const at = state.known.keys.indexOf(state.slotOut);
        for (const { value } of at < 0 ? [] : state.known.values[at])
          for (const control of controlsOf(value)) agree(state, control);
      },
    }),
  );

/** Replicas that deliver what they must not, or deliver it differently from others. */
export const anerisReplicaMutants: readonly Mutant[] = [
  replica("delivery-not-recorded", {
    class: "forgotten persist",
    rule: "commands",
    breaks: "durability",
    change: forgetting(delivering, "delivered"),
  }),
  replica("delivery-recorded-late", {
    class: "persist after send",
    rule: "commands",
    breaks: "durability",
    change: writingLate(...delivering),
  }),
  replica("log-forgotten", {
    class: "vote forgotten on restart",
    rule: "restart",
    breaks: "durability",
    change: restartingWithout("restart", "delivered", "checkpoint"),
  }),
  replica("duplicate-executed", {
    class: "duplicate executed",
    rule: "executeSlot",
    breaks: "integrity",
    change: meddling([], {
      before: (state) => {
        for (const session of state.sessions.values) Object.assign(session, { low: 0, done: [] });
      },
    }),
  }),
  replica("highest-number-deduplication", {
    class: "maximum-sequence dedup",
    rule: "markExecuted",
    breaks: "termination",
    change: meddling([], {
      after: (state) => {
        for (const session of state.sessions.values) {
          session.low = Math.max(session.low, ...session.done);
          session.done = [];
        }
      },
    }),
  }),
  replica("swap-one-slot-early", {
    class: "swap one slot early",
    rule: "effectiveFrom",
    breaks: "rule",
    change: shifted(-1),
  }),
  replica("swap-one-slot-late", {
    class: "swap one slot late",
    rule: "effectiveFrom",
    breaks: "rule",
    change: shifted(1),
  }),
  replica("decision-of-another-epoch-accepted", {
    class: "decision of the wrong epoch accepted",
    rule: "learn",
    breaks: "agreement",
    change: commanded((command, state) =>
      command.kind === "decided" ? { ...command, epoch: epochOf(state, command.slot) } : command,
    ),
  }),
  replica("decision-of-a-coming-epoch-refused", {
    class: "new-epoch decision refused too early",
    rule: "learn",
    breaks: "termination",
    change: commanded((command, state) =>
      command.kind === "decided" && command.epoch !== epochOf(state, command.slot) ? null : command,
    ),
  }),
  replica("decision-of-a-slot-behind-believed", {
    class: "decision of the wrong slot accepted",
    rule: "learn",
    breaks: "agreement",
    change: commanded((command, state) =>
      command.kind === "decided" && command.slot < state.slotOut
        ? { ...command, slot: state.slotOut, epoch: epochOf(state, state.slotOut) }
        : command,
    ),
  }),
  replica("decision-delivered-out-of-order", {
    class: "guard dropped",
    rule: "drain",
    breaks: "agreement",
    change: commanded((command, state) =>
      command.kind === "decided" && command.slot === state.slotOut + 1
        ? { ...command, slot: state.slotOut, epoch: epochOf(state, state.slotOut) }
        : command,
    ),
  }),
  replica("signatures-unchecked", {
    class: "signature check missing at delivery",
    rule: "checkControl",
    breaks: "validity",
    oracles: (own) => ({ ...own, verify: () => true }),
  }),
  replica("registry-unchecked", {
    class: "registry check missing at delivery",
    rule: "checkControl",
    breaks: "termination",
    oracles: (own) => ({ ...own, validate: () => null }),
  }),
  replica("number-unchecked", {
    class: "number check missing at delivery",
    rule: "judgeControl",
    breaks: "rule",
    change: agreeingWith((state, control) => {
      state.nextControl = control.n;
    }),
  }),
  replica("distance-unchecked", {
    class: "guard dropped",
    rule: "judgeControl",
    breaks: "rule",
    change: agreeingWith((state) => {
      state.lastChange = 0;
    }),
  }),
  replica("session-window-ignored", {
    class: "guard dropped",
    rule: "executeSlot",
    breaks: "bounded state",
    change: configured((config) => ({ ...config, sessionWindow: 1 << 20 })),
  }),
  replica("order-per-client-ignored", {
    class: "guard dropped",
    rule: "executeSlot",
    breaks: "rule",
    change: configured((config) => ({ ...config, fifo: false })),
  }),
  replica("mode-kept", {
    class: "guard dropped",
    rule: "applyOperation",
    breaks: "rule",
    change: meddling(delivering, {
      after: (state, was) => {
        state.mode = was.mode;
      },
    }),
  }),
  replica("no-record-of-an-empty-slot", {
    class: "forgotten persist",
    rule: "drain",
    breaks: "durability",
    change: emitting(delivering, (out) => ({
      persist: (record) => {
        if (record.kind !== "delivered" || record.vector.length > 1) out.persist(record);
      },
    })),
  }),
  replica("empty-slot-not-told", {
    class: "guard dropped",
    rule: "drain",
    breaks: "integrity",
    change: emitting(delivering, (out) => ({
      output: (output) => {
        if (output.kind !== "deliver" || output.count > 0) out.output(output);
      },
    })),
  }),
  replica("swap-not-told", {
    class: "fixed bug",
    rule: "drain",
    breaks: "integrity",
    change: emitting(delivering, (out) => ({
      output: (output) => {
        if (output.kind !== "deliver" || output.controls.length === 0) out.output(output);
      },
    })),
  }),
  replica("chain-begins-anew", {
    class: "vote forgotten on restart",
    rule: "restart",
    breaks: "agreement",
    change: meddling(["restart"], {
      after: (state, was) => {
        state.chain = was.chain;
      },
    }),
  }),
  replica("restart-in-the-first-epoch", {
    class: "vote forgotten on restart",
    rule: "restart",
    breaks: "agreement",
    change: meddling(["restart"], {
      after: (state, was) => {
        state.epochs = was.epochs;
      },
    }),
  }),
];
