import { describe, expect, test } from "vitest";
import {
  type AbstractMessage,
  broadcastVectors,
  engineProcess,
  runVector,
  type Vector,
  type VectorAdapter,
  type VectorEffect,
  type VectorInput,
  type VectorProcess,
  type VectorStep,
} from "../src/index.ts";
import { learner } from "../src/toy/learner.ts";
import { type SequencerFault, sequencer } from "../src/toy/sequencer.ts";

const bytesOf = (text: unknown): Uint8Array =>
  Uint8Array.from(String(text), (letter) => letter.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The toy protocol in the words of vectors: PROPOSE to the sequencer, TOLD to the learners. */
function toyAdapter(fault?: SequencerFault): VectorAdapter {
  const toEvents = (input: VectorInput) => {
    if (input.kind === "tick") return [{ kind: "timeout" as const, timer: "retry" }];
    if (input.kind !== "message") return [];
    const { t, slot, value, from = "client" } = input.message;
    const message = { slot: Number(slot), value: bytesOf(value) };
    if (t === "PROPOSE")
      return [{ kind: "message" as const, from, message: { kind: "propose", ...message } }];
    if (t === "ASK") return [{ kind: "commands" as const, commands: [{ kind: "propose", ...message }] }];
    return [{ kind: "message" as const, from, message: { kind: "told", ...message } }];
  };
  type Sent = { readonly kind: string; readonly slot: number; readonly value: Uint8Array };
  const abstract = ({ kind, slot, value }: Sent): AbstractMessage => ({
    t: kind === "propose" ? "PROPOSE" : "TOLD",
    slot,
    value: textOf(value),
  });
  const fromEffect = (effect: {
    kind: string;
    to?: readonly string[];
    message?: unknown;
    output?: unknown;
  }): VectorEffect[] => {
    if (effect.kind === "send")
      return [{ kind: "send", to: effect.to!, message: abstract(effect.message as Sent) }];
    const { slot, value } = effect.output as Sent;
    return [{ kind: "decide", slot, value: textOf(value) }];
  };
  const learners = ["r0", "r1"];
  return {
    create: () =>
      new Map([
        [
          "s",
          engineProcess(sequencer(fault), {
            config: { self: "s", learners },
            toEvents,
            fromEffect,
            project: ({ values }) =>
              Object.fromEntries(
                values.keys.map((slot: number, at: number) => [`slot${slot}`, textOf(values.values[at])]),
              ),
          }),
        ],
        ...learners.map((self): [string, VectorProcess] => [
          self,
          engineProcess(learner(), {
            config: { self, sequencer: "s", retryMs: 50 },
            toEvents,
            fromEffect,
            project: (state) => ({ known: state.known.keys.length }),
          }),
        ]),
      ]),
  };
}

const vectorOf = (
  steps: readonly VectorStep[],
  expectation: Vector["expect"] = {},
  config: Vector["config"] = {},
): Vector => ({
  id: "T",
  machine: "toy",
  title: "toy",
  config,
  steps,
  expect: expectation,
});

const ask: VectorStep = { in: { to: "r0", msg: { t: "ASK", slot: 1, value: "x" } } };
const told = { t: "TOLD", slot: 1, value: "x", from: "s" };

/** Every verb once. A crash takes along what is on its way to the crashed process: here the copy of the proposal. */
const vector = vectorOf(
  [
    { ...ask, outs: [{ send: { to: ["s"], msg: { t: "PROPOSE", slot: 1, value: "x", from: "r0" } } }] },
    { dup: { t: "PROPOSE" } },
    { dlv: { t: "PROPOSE", to: "s" }, outs: [{ send: { to: ["r1", "r0"], msg: told } }] },
    { check: { proc: "s", slot1: "x" } },
    {
      dlv: { t: "TOLD", to: "r1" },
      outsInclude: [{ decide: { value: "x" } }],
      outsExclude: [{ send: {} }, { decide: { slot: 2 } }],
    },
    { drop: { t: "TOLD" } },
    { crash: "s" },
    { restart: "s", outs: [] },
    { check: { proc: "s", slot1: "x" } },
    {
      tick: "r0",
      outs: [{ send: { to: ["s"], msg: { t: "PROPOSE", slot: 1, value: "x", from: "r0", epoch: 0 } } }],
    },
    { run: "fifo", except: [{ t: "TOLD", to: "r0" }] },
    { check: { proc: "r0", known: 0 } },
    { dlv: { t: "TOLD", to: "r0" }, all: true, outs: [{ decide: { slot: 1, value: "x" } }] },
    { run: "fifo" },
  ],
  {
    decisions: { r0: { "1": "x" }, r1: { "1": "x" }, s: {} },
    present: [{ t: "TOLD", value: "x" }],
    absent: [{ t: "TOLD", value: "y" }],
  },
);

test("a vector with every verb passes, and did something", () => {
  expect(runVector(vector, toyAdapter())).toMatchObject({ id: "T", steps: 14, delivered: 4 });
});

test("the engine's twin that forgets on restart is refused by it", () => {
  expect(() => runVector(vector, toyAdapter("forgets"))).toThrow(
    /check: "s.slot1" expected "x", got undefined[\s\S]*step 9/,
  );
});

const broken: readonly [string, RegExp, readonly VectorStep[], Vector["expect"]?][] = [
  ["another effect", /^outs: /, [{ ...ask, outs: [] }]],
  [
    "a field too many",
    /^outs: /,
    [
      {
        ...ask,
        outs: [{ send: { to: ["s"], msg: { t: "PROPOSE", slot: 1, value: "x", from: "r0", sig: "r0" } } }],
      },
    ],
  ],
  [
    "another order",
    /^outs: /,
    [
      {
        in: { to: "s", msg: { t: "PROPOSE", slot: 1, value: "x", from: "r1" } },
        outs: [{ decide: { slot: 1, value: "x" } }, { send: { to: ["r0", "r1"], msg: told } }],
      },
    ],
  ],
  ["nothing in flight", /^dlv finds/, [{ dlv: { t: "TOLD" } }]],
  ["too few in flight", /^dlv finds/, [ask, { dlv: { t: "PROPOSE" }, n: 2 }]],
  ["nothing to repeat", /^dup finds/, [{ dup: { t: "TOLD" } }]],
  ["a wrong projection", /^check: /, [{ check: { proc: "r0", known: 1 } }]],
  ["a projection that is not there", /^check: /, [{ check: { proc: "r0", unknown: 0 } }]],
  ["no such process", /^the vector fits its adapter/, [{ tick: "r9" }]],
  ["an effect that should be there", /^outsInclude/, [{ ...ask, outsInclude: [{ decide: { slot: 1 } }] }]],
  ["an effect that should not", /^outsExclude/, [{ ...ask, outsExclude: [{ send: { to: ["s"] } }] }]],
  ["another decision", /^expect.decisions/, [ask, { run: "fifo" }], { decisions: { r0: { "1": "y" } } }],
  ["a decision nobody took", /^expect.decisions/, [ask], { decisions: { r0: { "1": "x" } } }],
  ["a decision too many", /^expect.decisions/, [ask, { run: "fifo" }], { decisions: { r1: {} } }],
  ["no such message", /^expect.present/, [ask], { present: [{ t: "TOLD" }] }],
  ["a message that must not be", /^expect.absent/, [ask], { absent: [{ t: "PROPOSE", from: "r0" }] }],
  ["other deliveries", /^expect.delivers/, [ask], { delivers: { r0: [[1, ["x"]]] } }],
];

describe("vectors broken on purpose fail, and say why", () => {
  for (const [name, reason, steps, expectation] of broken)
    test(name, () => {
      expect(() => runVector(vectorOf(steps, expectation), toyAdapter())).toThrow(reason);
    });
});

/** A process that answers every message with the effects written in it. */
const puppet = (): VectorAdapter => ({
  create: () =>
    new Map(
      ["r0", "r1"].map((name): [string, VectorProcess] => [
        name,
        {
          step: (input) => (input.kind === "message" ? ((input.message.does ?? []) as VectorEffect[]) : []),
          crash: () => undefined,
          restart: () => [],
          project: () => ({ protoAt: { "1": "p", "2": "q" }, pending: [{ ctl: 1, swap: "paxos" }, "c1:1"] }),
        },
      ]),
    ),
});
const does = (to: string, ...effects: VectorEffect[]): VectorStep => ({
  in: { to, msg: { t: "DO", does: effects } },
});
const deliver = (slot: number, ...batch: string[]): VectorEffect => ({
  kind: "deliver",
  slot,
  proto: "p",
  batch,
});

describe("what holds in every vector is checked without being asked for", () => {
  const cases: readonly [string, RegExp, readonly VectorStep[]][] = [
    [
      "two decisions of a slot",
      /^agreement per slot/,
      [
        does("r0", { kind: "decide", slot: 1, value: "a" }),
        does("r1", { kind: "decide", slot: 1, value: "b" }),
      ],
    ],
    ["two contents of a slot", /^P3/, [does("r0", deliver(1, "c1:1")), does("r1", deliver(1, "c1:2"))]],
    ["an entry in two slots", /^P2/, [does("r0", deliver(1, "c1:1"), deliver(2, "c1:1"))]],
    ["an entry twice in a slot", /^P2/, [does("r0", deliver(1, "c1:1", "c1:1"))]],
    ["a slot left out", /^P6/, [does("r0", deliver(1), deliver(3))]],
    ["a slot again", /^P6/, [does("r0", deliver(1), deliver(1))]],
    [
      "a gap after a restart",
      /^P6/,
      [does("r0", deliver(1)), { crash: "r0" }, { restart: "r0" }, does("r0", deliver(3))],
    ],
  ];
  for (const [name, reason, steps] of cases)
    test(name, () => {
      expect(() => runVector(vectorOf(steps), puppet())).toThrow(reason);
    });

  test("but a restarted process may repeat its tail, and instances of other epochs are other instances", () => {
    runVector(
      vectorOf(
        [
          does("r0", deliver(1, "c1:1"), deliver(2)),
          { crash: "r0" },
          { restart: "r0" },
          does("r0", deliver(1, "c1:1"), deliver(2), deliver(3, "c1:2")),
          does(
            "r0",
            { kind: "decide", slot: 1, epoch: 0, value: "a" },
            { kind: "decide", slot: 1, epoch: 1, value: "b" },
          ),
          { check: { proc: "r1", protoAt: { "2": "q" }, pending: ["ctl1=paxos", "c1:1"] } },
        ],
        {
          delivers: {
            r0: [
              [1, ["c1:1"]],
              [2, []],
              [3, ["c1:2"]],
            ],
          },
        },
      ),
      puppet(),
    );
  });

  test("proposals count as sent messages, batches are compared by label, one-slot vectors fill the slot in", () => {
    const propose: VectorEffect = { kind: "propose", slot: 4, epoch: 0, proto: "p", batch: ["ctl1=paxos"] };
    const vote: VectorEffect = {
      kind: "send",
      to: ["r1"],
      message: { t: "VOTE", round: 0, cert: "left out" },
    };
    runVector(
      vectorOf(
        [
          {
            ...does("r0", propose),
            outs: [{ propose: { slot: 4, epoch: 0, proto: "p", batch: [{ ctl: 1, swap: "paxos" }] } }],
          },
          {
            ...does("r0", vote),
            outs: [{ send: { to: ["r1"], msg: { t: "VOTE", slot: 7, round: 0, from: "r0" } } }],
          },
        ],
        {
          present: [
            { t: "PROPOSE", from: "r0", batch: ["ctl1=paxos"] },
            { t: "VOTE", slot: 7 },
          ],
          absent: [{ t: "PROPOSE", slot: 5 }],
        },
        { slot: 7 },
      ),
      puppet(),
    );
  });
});

test("the project's vectors are all there", () => {
  expect(broadcastVectors().map(({ id, machine }) => `${id} ${machine}`)).toEqual([
    "V1 two-thirds",
    "V2 two-thirds",
    "V3 two-thirds",
    "V4 two-thirds",
    "V5 paxos",
    "V6 paxos",
    "V7 paxos",
    "V8 replica",
    "V9 replica",
    "V10 replica",
    "V11a replica",
    "V11b replica",
    "V12 replica",
    "V13 two-thirds-byz",
    "V14 system",
    "V15 two-thirds-byz",
    "V16 replica",
  ]);
  expect(broadcastVectors("paxos").length).toBe(3);
});
