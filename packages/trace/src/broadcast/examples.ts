import type { BroadcastEvent, DeliverEvent } from "../event.ts";
import type { BroadcastMonitorOptions } from "./options.ts";

const a = "aaaaaaaaaaaaaaaa";
const b = "bbbbbbbbbbbbbbbb";
const c = "cccccccccccccccc";

const deliver = (
  who: string,
  slot: number,
  runs: readonly number[],
  digests: string,
  epoch = 0,
): DeliverEvent => ({
  kind: "deliver",
  at: 10 + slot,
  who,
  slot,
  epoch,
  protocol: epoch === 0 ? "two-thirds" : "paxos",
  runs,
  digests,
});
const control = (who: string, slot: number, n: number, digests: string, epoch = 0): DeliverEvent => ({
  ...deliver(who, slot, [], digests, epoch),
  controls: [n],
});
const broadcast = (client: number, seq: number, digests: string, who = `c${client}`): BroadcastEvent => ({
  kind: "broadcast",
  at: 1,
  who,
  client,
  seq,
  digests,
});

const sent: readonly BroadcastEvent[] = [
  broadcast(1, 1, a + b),
  broadcast(2, 1, c),
  { kind: "control", at: 3, who: "m", n: 1, digest: b },
];
const slots = (who: string): readonly DeliverEvent[] => [
  deliver(who, 1, [1, 1, 2], a + b),
  control(who, 2, 1, b),
  deliver(who, 3, [2, 1, 1], c, 1),
];
const quiesced: BroadcastEvent = { kind: "quiesced", at: 99 };

/** A run that keeps every promise: two replicas, a swap, a crash with recovery, a snapshot, a registration, a subscriber. */
export const goodTrace: readonly BroadcastEvent[] = [
  ...sent,
  ...slots("r0").map((event) => ({ ...event, chain: `0${event.slot}` })),
  { kind: "crash", at: 20, who: "r1" },
  { kind: "recover", at: 21, who: "r1", slot: 0 },
  { ...deliver("r1", 1, [1, 1, 1, 1, 2, 1], a + b), chain: "01" },
  { kind: "crash", at: 23, who: "r1" },
  { kind: "recover", at: 24, who: "r1", slot: 0 },
  ...slots("r1"),
  { kind: "install", at: 30, who: "r2", slot: 2 },
  deliver("r2", 3, [2, 1, 1], c, 1),
  ...slots("s0").map((event) => ({ ...event, protocol: "" })),
  ...["r0", "r1", "r2", "s0"].map((who) => ({ ...deliver(who, 4, [], "", 1), registrations: 1 })),
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
const validity = "P1 validity";
const uniqueness = "P2 uniqueness";
const agreement = "P3 agreement";
const termination = "P4 termination";
const relay = "P5 relay";
const gapFree = "P6 gap-free";
const oneEpoch = "P7 one epoch per slot";
const controls = "P8 controls in turn";
const oneChain = "one hash chain";
const fifo = "P11 first in, first out";

const safety: readonly ViolatingTrace[] = [
  { property: validity, name: "nobody broadcast it", events: [...all, deliver("r0", 4, [3, 1, 1], a)] },
  {
    property: validity,
    name: "with another body",
    events: [...sent, deliver("r0", 1, [1, 1, 2], a + a), ...slots("r0").slice(1)],
  },
  {
    property: validity,
    name: "bodies exchanged",
    events: [...sent, deliver("r0", 1, [1, 1, 2], b + a), ...slots("r0").slice(1)],
  },
  {
    property: validity,
    name: "broadcast only later, in one order",
    events: [...all, deliver("r0", 4, [4, 1, 1], a), broadcast(4, 1, a)],
    options: { globalOrder: true },
  },
  {
    property: validity,
    name: "broadcast only later, by the process that delivered it",
    events: [...all, deliver("r0", 4, [4, 1, 1], a), broadcast(4, 1, a, "r0")],
  },
  { property: validity, name: "a control that nobody signed", events: [...all, control("r0", 4, 2, a)] },
  {
    property: validity,
    name: "a control as signed for another number",
    events: [...all, { kind: "control", at: 5, who: "m", n: 2, digest: c }, control("r0", 4, 2, b, 1)],
  },
  { property: uniqueness, name: "in two slots", events: [...all, deliver("r0", 4, [1, 2, 1], b)] },
  {
    property: uniqueness,
    name: "twice in one slot",
    events: [...sent, deliver("r0", 1, [1, 1, 2, 1, 1, 1], a + b + a), ...slots("r0").slice(1)],
  },
  {
    property: uniqueness,
    name: "again after a recovery, in a new slot",
    events: [...all, { kind: "recover", at: 40, who: "r0", slot: 3 }, deliver("r0", 4, [1, 1, 1], a)],
  },
  {
    property: gapFree,
    name: "starts late",
    events: [
      ...all,
      { kind: "install", at: 5, who: "r1", slot: 1 },
      ...slots("r1").slice(2),
      { kind: "install", at: 40, who: "r1", slot: 3 },
    ],
  },
  { property: gapFree, name: "goes back", events: [...all, control("r0", 2, 1, b)] },
  {
    property: gapFree,
    name: "a subscriber repeats a slot",
    events: [
      ...all,
      deliver("r0", 4, [], "", 1),
      ...slots("s0"),
      deliver("s0", 4, [], "", 1),
      { kind: "recover", at: 41, who: "s0", slot: 3 },
      deliver("s0", 4, [], "", 1),
    ],
    options: { isSubscriber: (who) => who === "s0" },
  },
];

const agreeing: readonly ViolatingTrace[] = [
  {
    property: agreement,
    name: "another order",
    events: [...all, deliver("r1", 1, [1, 2, 1, 1, 1, 1], b + a), ...slots("r1").slice(1)],
  },
  {
    property: agreement,
    name: "another body under a number used twice",
    events: [broadcast(2, 1, a), ...all, ...slots("r1").slice(0, 2), deliver("r1", 3, [2, 1, 1], a, 1)],
  },
  {
    property: agreement,
    name: "another content after a restart",
    events: [
      broadcast(2, 1, a),
      ...all,
      { kind: "crash", at: 40, who: "r0" },
      { kind: "recover", at: 41, who: "r0", slot: 2 },
      deliver("r0", 3, [2, 1, 1], a, 1),
    ],
  },
  {
    property: oneEpoch,
    name: "one replica swaps a slot late",
    events: [
      ...all,
      ...slots("r1").slice(0, 2),
      { ...deliver("r1", 3, [2, 1, 1], c, 0), protocol: "paxos" },
      quiesced,
    ],
  },
  {
    property: oneEpoch,
    name: "one epoch, two protocols, told by a subscriber's leave",
    events: [
      ...sent,
      ...slots("s0").map((event) => ({ ...event, protocol: "" })),
      ...slots("r0"),
      ...slots("r1").slice(0, 2),
      { ...deliver("r1", 3, [2, 1, 1], c, 1), protocol: "two-thirds" },
    ],
  },
  {
    property: controls,
    name: "a number is left out",
    events: [...all, { kind: "control", at: 5, who: "m", n: 3, digest: c }, control("r0", 4, 3, c, 1)],
  },
  {
    property: oneChain,
    name: "another history behind equal slots",
    events: [
      ...sent,
      ...slots("r0").map((event) => ({ ...event, chain: "0a" })),
      ...slots("r1").map((event) => ({ ...event, chain: event.slot === 3 ? "0b" : "0a" })),
    ],
  },
];

const finished: readonly ViolatingTrace[] = [
  { property: termination, name: "a broadcast gets lost", events: [...all, broadcast(1, 3, c), quiesced] },
  {
    property: termination,
    name: "of two processes with one client id the live one is not served",
    events: [
      ...all,
      broadcast(5, 1, a, "x"),
      broadcast(5, 2, b, "y"),
      { kind: "crash", at: 9, who: "x" },
      quiesced,
    ],
  },
  {
    property: relay,
    name: "a live replica stays behind",
    events: [...all, ...slots("r1").slice(0, 2), quiesced],
  },
  {
    property: relay,
    name: "a replica never shows up",
    events: [...all, quiesced],
    options: { processes: ["r9"] },
  },
  {
    property: relay,
    name: "a recovery claims slots that were never delivered",
    events: [
      ...all,
      deliver("r1", 1, [1, 1, 2], a + b),
      { kind: "recover", at: 40, who: "r1", slot: 2 },
      ...slots("r1").slice(2),
      quiesced,
    ],
  },
];

const ordered: readonly ViolatingTrace[] = [
  {
    property: fifo,
    name: "the second command first",
    events: [sent[0]!, deliver("r0", 1, [1, 2, 1], b), deliver("r0", 2, [1, 1, 1], a)],
    options: { fifo: true },
  },
  {
    property: fifo,
    name: "a number comes late in its slot",
    events: [sent[0]!, broadcast(1, 3, c), deliver("r0", 1, [1, 1, 1, 1, 3, 1, 1, 2, 1], a + c + b)],
    options: { fifo: true },
  },
];

/** For every property traces that it must refuse, and no other one does; made by hand. */
export const violatingTraces: readonly ViolatingTrace[] = [...safety, ...agreeing, ...finished, ...ordered];
