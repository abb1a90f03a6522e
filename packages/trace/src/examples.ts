import type { BroadcastMonitorOptions } from "./broadcast/options.ts";
import { vectorDigest } from "./digest.ts";
import type { BroadcastEvent } from "./event.ts";

const a = "aaaaaaaaaaaaaaaa";
const b = "bbbbbbbbbbbbbbbb";
const c = "cccccccccccccccc";

/** The bytes of hex digits that repeat one byte. */
const filled = (...bytes: number[]): Uint8Array =>
  Uint8Array.from(bytes.flatMap((byte) => Array<number>(8).fill(byte)));

const deliver = (
  who: string,
  slot: number,
  runs: readonly (string | number)[],
  bodies: string,
  epoch = 0,
): BroadcastEvent => ({
  at: 10 + slot,
  k: "deliver",
  who,
  slot,
  epoch,
  proto: epoch === 0 ? "two-thirds" : "paxos",
  vec: { runs, bodies },
});

const sent: readonly BroadcastEvent[] = [
  { at: 1, k: "broadcast", who: "c1", seq: 1, bodies: a + b },
  { at: 2, k: "broadcast", who: "c2", seq: 1, bodies: c },
  { at: 3, k: "control", n: 1, by: "m", body: b },
];
const slots = (who: string): readonly BroadcastEvent[] => [
  deliver(who, 1, ["c1", 1, 2], a + b),
  deliver(who, 2, ["ctl:m", 1, 1], b),
  deliver(who, 3, ["c2", 1, 1], c, 1),
];
const quiesced: BroadcastEvent = { at: 99, k: "quiesced" };

/** A run that keeps every promise: two replicas, a swap, a crash with recovery, a snapshot, one slot by digest. */
export const goodTrace: readonly BroadcastEvent[] = [
  ...sent,
  ...slots("r0"),
  { at: 20, k: "crash", who: "r1" },
  { at: 21, k: "recover", who: "r1", slot: 0 },
  {
    at: 22,
    k: "deliver",
    who: "r1",
    slot: 1,
    epoch: 0,
    proto: "two-thirds",
    vec: { runs: ["c1", 1, 1, "c1", 2, 1], digest: vectorDigest(filled(0xaa, 0xbb)) },
  },
  { at: 23, k: "crash", who: "r1" },
  { at: 24, k: "recover", who: "r1", slot: 0 },
  ...slots("r1"),
  { at: 30, k: "install", who: "r2", slot: 2 },
  deliver("r2", 3, ["c2", 1, 1], c, 1),
  quiesced,
];

/** A trace that exactly the named property must refuse, under the options given. */
export interface ViolatingTrace {
  readonly property: string;
  readonly name: string;
  readonly events: readonly BroadcastEvent[];
  readonly options?: BroadcastMonitorOptions;
}

const all = [...sent, ...slots("r0")];

/** For every predicate traces that it must refuse, made by hand. */
export const violatingTraces: readonly ViolatingTrace[] = [
  {
    property: "P1 validity",
    name: "nobody broadcast it",
    events: [...all, deliver("r0", 4, ["c3", 1, 1], a), quiesced],
  },
  {
    property: "P1 validity",
    name: "with another body",
    events: [...sent, deliver("r0", 1, ["c1", 1, 2], a + a), ...slots("r0").slice(1), quiesced],
  },
  {
    property: "P1 validity",
    name: "with another body, by digest",
    events: [
      ...sent,
      {
        at: 11,
        k: "deliver",
        who: "r0",
        slot: 1,
        epoch: 0,
        proto: "two-thirds",
        vec: { runs: ["c1", 1, 2], digest: vectorDigest(filled(0xbb, 0xaa)) },
      },
      ...slots("r0").slice(1),
      quiesced,
    ],
  },
  {
    property: "P1 validity",
    name: "broadcast only later, on one clock",
    events: [
      ...all,
      deliver("r0", 4, ["c4", 1, 1], a),
      { at: 50, k: "broadcast", who: "c4", seq: 1, bodies: a },
      quiesced,
    ],
    options: { oneClock: true },
  },
  {
    property: "P1 validity",
    name: "a control that nobody signed",
    events: [...all, deliver("r0", 4, ["ctl:m", 2, 1], a), quiesced],
  },
  {
    property: "P2 uniqueness",
    name: "in two slots",
    events: [...all, deliver("r0", 4, ["c1", 2, 1], b), quiesced],
  },
  {
    property: "P2 uniqueness",
    name: "twice in one slot",
    events: [
      ...sent,
      deliver("r0", 1, ["c1", 1, 2, "c1", 1, 1], a + b + a),
      ...slots("r0").slice(1),
      quiesced,
    ],
  },
  {
    property: "P3 agreement",
    name: "another order",
    events: [...all, deliver("r1", 1, ["c1", 2, 1, "c1", 1, 1], b + a), ...slots("r1").slice(1), quiesced],
  },
  {
    property: "P3 agreement",
    name: "another body under a number used twice",
    events: [
      { at: 0, k: "broadcast", who: "c2", seq: 1, bodies: a },
      ...all,
      ...slots("r1").slice(0, 2),
      deliver("r1", 3, ["c2", 1, 1], a, 1),
      quiesced,
    ],
  },
  {
    property: "P3 agreement",
    name: "another content after a restart",
    events: [
      { at: 0, k: "broadcast", who: "c2", seq: 1, bodies: a },
      ...all,
      { at: 40, k: "crash", who: "r0" },
      { at: 41, k: "recover", who: "r0", slot: 2 },
      deliver("r0", 3, ["c2", 1, 1], a, 1),
      quiesced,
    ],
  },
  {
    property: "P4 termination",
    name: "a broadcast gets lost",
    events: [...all, { at: 5, k: "broadcast", who: "c1", seq: 3, bodies: c }, quiesced],
  },
  {
    property: "P5 relay",
    name: "a live replica stays behind",
    events: [...all, ...slots("r1").slice(0, 2), quiesced],
  },
  {
    property: "P5 relay",
    name: "a replica never shows up",
    events: [...all, quiesced],
    options: { processes: ["r9"] },
  },
  {
    property: "P5 relay",
    name: "a recovery claims slots that were never delivered",
    events: [
      ...all,
      deliver("r1", 1, ["c1", 1, 2], a + b),
      { at: 40, k: "recover", who: "r1", slot: 2 },
      ...slots("r1").slice(2),
      quiesced,
    ],
  },
  {
    property: "P6 gap-free",
    name: "starts late",
    events: [
      ...all,
      { at: 5, k: "install", who: "r1", slot: 1 },
      ...slots("r1").slice(2),
      { at: 40, k: "install", who: "r1", slot: 3 },
      quiesced,
    ],
  },
  {
    property: "P6 gap-free",
    name: "goes back",
    events: [...all, deliver("r0", 2, ["ctl:m", 1, 1], b), quiesced],
  },
  {
    property: "P6 gap-free",
    name: "a subscriber repeats a slot",
    events: [
      ...all,
      { at: 40, k: "broadcast", who: "c2", seq: 2, bodies: c },
      deliver("r0", 4, [], ""),
      ...slots("s0"),
      deliver("s0", 4, [], ""),
      { at: 41, k: "recover", who: "s0", slot: 3 },
      deliver("s0", 4, [], ""),
      deliver("s0", 5, ["c2", 2, 1], c, 1),
      deliver("r0", 5, ["c2", 2, 1], c, 1),
      quiesced,
    ],
    options: { isSubscriber: (who) => who === "s0" },
  },
  {
    property: "P7 one epoch per slot",
    name: "one replica swaps a slot late",
    events: [...all, ...slots("r1").slice(0, 2), deliver("r1", 3, ["c2", 1, 1], c, 0), quiesced],
  },
  {
    property: "P8 controls in turn",
    name: "a number is left out",
    events: [
      ...all,
      { at: 5, k: "control", n: 3, by: "m", body: c },
      deliver("r0", 4, ["ctl:m", 3, 1], c, 1),
      quiesced,
    ],
  },
  {
    property: "P8 controls in turn",
    name: "two principals, one number",
    events: [
      ...all,
      { at: 5, k: "control", n: 1, by: "w", body: c },
      deliver("r0", 4, ["ctl:w", 1, 1], c, 1),
      quiesced,
    ],
  },
  {
    property: "P11 first in, first out",
    name: "the second command first",
    events: [
      ...sent.slice(0, 1),
      deliver("r0", 1, ["c1", 2, 1], b),
      deliver("r0", 2, ["c1", 1, 1], a),
      quiesced,
    ],
    options: { fifo: true },
  },
  {
    property: "P11 first in, first out",
    name: "a number is left out",
    events: [
      ...sent.slice(0, 1),
      { at: 2, k: "broadcast", who: "c1", seq: 3, bodies: c },
      deliver("r0", 1, ["c1", 1, 1, "c1", 3, 1, "c1", 2, 1], a + c + b),
      quiesced,
    ],
    options: { fifo: true },
  },
];
