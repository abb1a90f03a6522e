import type { TraceEvent } from "../event.ts";

const write = (kind: "persist" | "durable", who: string, life: number, record: number): TraceEvent => ({
  kind,
  at: 1,
  who,
  life,
  record,
});
const release = (who: string, life: number, record: number): TraceEvent => ({
  kind: "release",
  at: 1,
  who,
  life,
  record,
});
const crash = (who: string): TraceEvent => ({ kind: "crash", at: 1, who });
const size = (who: string, name: string, value: number, limit = 3): TraceEvent => ({
  kind: "size",
  at: 1,
  who,
  name,
  value,
  limit,
});
const value = (kind: "propose" | "decide", who: string, slot: number, text: string): TraceEvent => ({
  kind,
  at: 1,
  who,
  epoch: 0,
  slot,
  value: text,
});

const sent: readonly TraceEvent[] = [
  release("a", 1, 0),
  write("persist", "a", 1, 1),
  release("a", 1, 0),
  write("persist", "a", 1, 2),
  write("durable", "a", 1, 1),
  release("a", 1, 1),
  write("durable", "a", 1, 2),
  release("a", 1, 2),
];
const decided: readonly TraceEvent[] = [
  value("propose", "c", 1, "x"),
  value("propose", "c", 1, "y"),
  value("decide", "a", 1, "x"),
  value("decide", "b", 1, "x"),
];

/** A run that keeps P9, P10 and P12: a learner decides again, a life ends with a record that the disk still reports. */
export const goodProcessTrace: readonly TraceEvent[] = [
  ...sent,
  ...decided,
  size("a", "known", 3),
  size("a", "inflight", 0, 0),
  write("persist", "a", 1, 3),
  crash("a"),
  write("durable", "a", 1, 3),
  write("persist", "a", 2, 1),
  write("durable", "a", 2, 1),
  release("a", 2, 1),
  value("decide", "a", 1, "x"),
  { kind: "quiesced", at: 2 },
];

/** A trace that exactly the named property must refuse, among those of `processMonitors` in one order. */
export interface ViolatingProcessTrace {
  readonly property: string;
  readonly name: string;
  readonly events: readonly TraceEvent[];
}

const consensus = "P9 consensus";
const durability = "P10 durability";
const bounds = "P12 bounded state";

/** For P9, P10 and P12 traces that it must refuse, and no other one does; made by hand. */
export const violatingProcessTraces: readonly ViolatingProcessTrace[] = [
  {
    property: consensus,
    name: "two learners, two values",
    events: [...decided, value("decide", "d", 1, "y")],
  },
  {
    property: consensus,
    name: "one learner, two values",
    events: [...decided, value("decide", "a", 1, "y")],
  },
  { property: consensus, name: "nobody proposed it", events: [...decided, value("decide", "a", 2, "x")] },
  {
    property: consensus,
    name: "proposed only later",
    events: [...decided, value("decide", "a", 2, "z"), value("propose", "c", 2, "z")],
  },
  {
    property: durability,
    name: "sent before the record is durable",
    events: [...sent, write("persist", "a", 1, 3), release("a", 1, 3)],
  },
  { property: durability, name: "sent before the record is written", events: [...sent, release("a", 1, 3)] },
  {
    property: durability,
    name: "durable in an earlier life is not durable in this one",
    events: [...sent, crash("a"), write("persist", "a", 2, 1), release("a", 2, 1)],
  },
  { property: durability, name: "the dead speak", events: [...sent, crash("a"), release("a", 1, 1)] },
  {
    property: durability,
    name: "two lives at once",
    events: [...sent, release("a", 2, 0), release("a", 1, 1)],
  },
  { property: durability, name: "a record is left out", events: [...sent, write("persist", "a", 1, 4)] },
  {
    property: durability,
    name: "the disk reports what nobody wrote",
    events: [...sent, write("durable", "a", 1, 3)],
  },
  { property: bounds, name: "one too many", events: [...goodProcessTrace, size("b", "known", 4)] },
  {
    property: bounds,
    name: "only for a moment",
    events: [size("b", "known", 9), size("b", "known", 1), ...goodProcessTrace],
  },
];
