import { nat, nil, record, setAdd, setDelete, setHas, sortedSet, text, variant } from "@eunomia/codec";
import { type Action, actionsOf, type Engine } from "@eunomia/engine";

/** What may be wrong with a courier. Each shows itself under one kind of fault only. */
export type CourierFault =
  | "forgets"
  | "says before it writes"
  | "repeats"
  | "in a hurry"
  | "gives up"
  | "decoder throws";

interface Courier {
  Config: { self: string; other: string };
  State: { kept: number; last: number; early: number[]; open: number[] };
  Command: null;
  Message: { kind: "tell"; n: number } | { kind: "ack"; n: number };
  Timer: "retry";
  Record: { kind: "kept"; n: number } | { kind: "heard"; n: number };
  Output: { kind: "kept"; n: number } | { kind: "heard"; n: number };
}

const Message = variant({ tell: record({ n: nat() }), ack: record({ n: nat() }) });
const Number_ = variant({ kept: record({ n: nat() }), heard: record({ n: nat() }) });

/** Numbers what it is told to keep, and tells the other, which hears every number once and in order, however the network is. */
export function courier(fault?: CourierFault): Engine<Courier> {
  const on = actionsOf<Courier>();
  const tell: Action<Courier> = on.commands(
    "keep",
    (_config, state, commands) => ({ from: state.kept + 1, count: commands.length }),
    (config, state, { from, count }, out) => {
      for (let n = from; n < from + count; n += 1) {
        state.kept = n;
        setAdd(state.open, n);
        if (fault === "says before it writes") out.output({ kind: "kept", n });
        if (fault !== "forgets") out.persist({ kind: "kept", n });
        if (fault !== "says before it writes") out.output({ kind: "kept", n });
        out.send([config.other], { kind: "tell", n });
      }
      if (fault !== "gives up") out.arm("retry", 50);
    },
  );
  return {
    name: "courier",
    schema: {
      config: record({ self: text(), other: text() }),
      state: record({
        kept: nat(),
        last: nat(),
        early: sortedSet(nat(), 4096),
        open: sortedSet(nat(), 4096),
      }),
      command: nil(),
      message:
        fault === "decoder throws"
          ? {
              ...Message,
              read: (reader) => {
                try {
                  return Message.read(reader);
                } catch {
                  throw new RangeError("what a decoder must not throw");
                }
              },
            }
          : Message,
      record: Number_,
      output: Number_,
      timers: ["retry"],
    },
    self: (config) => config.self,
    init: () => ({ kept: 0, last: 0, early: [], open: [] }),
    actions: [
      on.start(
        "restore",
        (_config, _state, records) => records,
        (_config, state, records, out) => {
          for (const { kind, n } of records) {
            if (kind === "heard") state.last = Math.max(state.last, n);
            else {
              state.kept = Math.max(state.kept, n);
              setAdd(state.open, n);
            }
          }
          if (state.open.length > 0 && fault !== "gives up") out.arm("retry", 50);
        },
      ),
      tell,
      on.message(
        "tell",
        "hear",
        (_config, state, { n }, from) => ({ n, from, old: n <= state.last }),
        (_config, state, { n, from, old }, out) => {
          if (old && fault !== "repeats") return out.send([from], { kind: "ack", n });
          if (fault === "in a hurry" || fault === "repeats") {
            state.last = fault === "repeats" ? Math.max(state.last, n) : n;
            out.persist({ kind: "heard", n });
            out.output({ kind: "heard", n });
            return out.send([from], { kind: "ack", n });
          }
          setAdd(state.early, n);
          while (setHas(state.early, state.last + 1)) {
            state.last += 1;
            setDelete(state.early, state.last);
            out.persist({ kind: "heard", n: state.last });
            out.output({ kind: "heard", n: state.last });
            out.send([from], { kind: "ack", n: state.last });
          }
        },
      ),
      on.message(
        "ack",
        "close",
        (_config, state, { n }) => (setHas(state.open, n) ? n : null),
        (_config, state, n) => void setDelete(state.open, n),
      ),
      on.timeout(
        "retry",
        "tell again",
        (_config, state) => (state.open.length > 0 ? state.open : null),
        (config, _state, open, out) => {
          for (const n of open) out.send([config.other], { kind: "tell", n });
          out.arm("retry", 50);
        },
      ),
    ],
    compact: (_config, { last, open, kept }) => [
      ...(last > 0 ? [{ kind: "heard" as const, n: last }] : []),
      ...(kept > 0 ? [{ kind: "kept" as const, n: kept }] : []),
      ...open.map((n) => ({ kind: "kept" as const, n })),
    ],
    observe: (_config, state) => state,
    fairness: { restore: "none", keep: "weak", hear: "weak", close: "weak", "tell again": "weak" },
  };
}
