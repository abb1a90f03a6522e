import { commanded } from "./aneris-replica.ts";
import { type Any, acting, both, emitting, guarding, meddling, mute, silent, without } from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const replica = mutantsOf("aneris", "replica", "aneris-replica");
const keyOf = ({ kind, client, seq }: Any): string => `${kind}/${client}/${seq}`;

/** The state is put back to what it was, and the decision of the slot is gone. */
function undo(state: Any, was: Any, slot: number): void {
  Object.assign(state, was);
  const at = state.known.keys.indexOf(slot);
  if (at < 0) return;
  state.known.keys.splice(at, 1);
  state.known.values.splice(at, 1);
}

/** Replicas that lose what was entrusted to them, or stand still. */
export const anerisReplicaStalls: readonly Mutant[] = [
  replica("entries-in-flight-lost-at-a-swap", {
    class: "in-flight entries lost at a swap",
    rule: "voidInstances",
    breaks: "termination",
    change: meddling(["commands", "catch up"], {
      after: (state, was) => {
        if (state.epochs.at(-1).id === was.epochs.at(-1).id) return;
        const flying = new Set(was.inflight.values.flatMap(({ entries }: Any) => entries.map(keyOf)));
        const kept = (entry: Any): boolean => !flying.has(keyOf(entry));
        state.pending = state.pending.filter(kept);
        for (const one of state.inflight.values) one.entries = one.entries.filter(kept);
      },
    }),
  }),
  replica("loser-not-queued-again", {
    class: "in-flight entries lost",
    rule: "settle",
    breaks: "termination",
    change: meddling(["commands", "catch up"], {
      after: (state, was) => {
        if (state.slotOut === was.slotOut) return;
        const at = was.inflight.keys.indexOf(was.slotOut);
        const flying = new Set(at < 0 ? [] : was.inflight.values[at].entries.map(keyOf));
        const kept = (entry: Any): boolean => !flying.has(keyOf(entry));
        state.pending = state.pending.filter(kept);
        for (const one of state.inflight.values) one.entries = one.entries.filter(kept);
      },
    }),
  }),
  replica("no-window-flush", {
    class: "no window flush",
    rule: "propose",
    breaks: "termination",
    change: both(
      emitting([], (out) => ({
        output: (output) => {
          if (output.kind !== "propose" || output.value.length > 1) out.output(output);
        },
      })),
      meddling([], {
        after: (state, was) => {
          const empty = (i: number): boolean => state.inflight.values[i].entries.length === 0;
          const first = state.inflight.keys.find((_slot: number, i: number) => empty(i));
          if (first !== undefined && !was.inflight.keys.includes(first))
            state.slotIn = Math.min(state.slotIn, first);
          for (let i = state.inflight.keys.length - 1; i >= 0; i -= 1) {
            if (!empty(i)) continue;
            state.inflight.keys.splice(i, 1);
            state.inflight.values.splice(i, 1);
          }
          state.flushTo = 0;
          state.highestSeen = 0;
        },
      }),
    ),
  }),
  replica("gaps-not-filled", {
    class: "no gap fill",
    rule: "tick",
    breaks: "termination",
    change: meddling(["tick"], {
      before: (state) => {
        state.stuckTicks = 0;
      },
    }),
  }),
  replica("control-out-of-turn-blocks-the-queue", {
    class: "control out of turn blocks the queue",
    rule: "take",
    breaks: "termination",
    change: acting([], (config, state, found, out, original) => {
      const [head] = state.pending;
      const barred = head?.kind === 1 && head.seq > state.nextControl;
      original(barred ? { ...config, maxBatch: 0 } : config, state, found, out);
    }),
  }),
  replica("slot-not-advanced-on-an-empty-vector", {
    class: "slot not advanced on an empty vector",
    rule: "executeSlot",
    breaks: "termination",
    change: both(
      meddling(["commands", "catch up"], {
        after: (state, was, _config, said) => {
          const empty = said.find(({ kind, count }) => kind === "deliver" && count === 0);
          if (empty !== undefined) undo(state, was, empty.slot);
        },
      }),
      emitting(["commands", "catch up"], (out) => ({
        output: (output) => {
          if (output.kind !== "deliver" || output.count > 0) out.output(output);
        },
        persist: (record) => {
          if (record.kind !== "delivered" || record.vector.length > 1) out.persist(record);
        },
      })),
    ),
  }),
  replica("lagging-replica-not-served", {
    class: "no answer",
    rule: "serve a lagging replica",
    breaks: "termination",
    change: without("serve a lagging replica"),
  }),
  replica("nobody-asked", {
    class: "no retransmission",
    rule: "tick",
    breaks: "termination",
    change: silent(["tick", "catch up"], "get"),
  }),
  replica("entries-kept-to-oneself", {
    class: "no retransmission",
    rule: "forward",
    breaks: "nothing",
    why: "clients offer a command to every gateway in turn, and a replica proposes by itself after a while",
    change: silent([], "forward"),
  }),
  replica("trims-what-is-not-durable", {
    class: "persist after send",
    rule: "becameStable",
    breaks: "durability",
    change: acting(["commands"], (config, state, found, out, original) => {
      const { slotOut } = state;
      original(config, state, found, out);
      if (state.slotOut > slotOut)
        original(config, state, [{ kind: "stable", slot: state.slotOut - 1 }], out);
    }),
  }),
  replica("epoch-ended-by-one-log", {
    class: "wrong threshold",
    rule: "retireEpochs",
    breaks: "termination",
    change: acting(["commands", "peer's head", "tick"], (config, state, found, out, original) => {
      original(config, state, found, out);
      while (state.epochs.length > 1 && state.stable >= state.epochs[1].from - 1) {
        out.output({ kind: "retire", epoch: state.epochs[0].id });
        state.epochs.shift();
      }
    }),
  }),
  replica("epochs-kept-for-ever", {
    class: "fixed bug",
    rule: "retireEpochs",
    breaks: "bounded state",
    change: both(
      mute(["commands", "peer's head", "tick"], "retire"),
      meddling(["commands", "peer's head", "tick"], {
        after: (state, was) => {
          const [oldest] = state.epochs;
          state.epochs.unshift(...was.epochs.filter(({ id }: Any) => id < oldest.id));
        },
      }),
    ),
  }),
  replica("coming-decisions-forgotten", {
    class: "fixed bug",
    rule: "learn",
    breaks: "termination",
    change: meddling(["commands", "catch up"], {
      after: (state, was) => {
        if (state.epochs.at(-1).id === was.epochs.at(-1).id) return;
        state.known = { keys: [], values: [] };
      },
    }),
  }),
  replica("decided-value-refused-elsewhere", {
    class: "fixed bug",
    rule: "learn",
    breaks: "termination",
    change: commanded((command, state) =>
      command.kind === "decided" &&
      state.known.values.some((list: Any[]) =>
        list.some(({ value }) => value.length > 1 && String(value) === String(command.value)),
      )
        ? null
        : command,
    ),
  }),
  replica("registration-taken-again", {
    class: "fixed bug",
    rule: "submit",
    breaks: "integrity",
    change: meddling(["commands"], {
      after: (state, was) => {
        const known = was.pending.filter(({ kind }: Any) => kind === 2);
        if (known.length > 0 && state.pending.length < 64) state.pending.push(known[0]);
      },
    }),
  }),
  replica("heads-unheard", {
    class: "guard dropped",
    rule: "peer's head",
    breaks: "termination",
    change: guarding(["peer's head"], () => null),
  }),
];
