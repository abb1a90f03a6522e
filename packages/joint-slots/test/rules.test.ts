import { expect, test } from "vitest";
import { mint, transfer } from "../src/assets.ts";
import { decodeBase, type Entry, encodeBase, encodeJoint, type JointBlock } from "../src/index.ts";
import { judgeBase, judgeJoint } from "../src/judge.ts";
import { One } from "./one.ts";

const lock = transfer("red:a", "blue", "bob") as Extract<Entry, { kind: "lock" }>;
const minted = [mint("red:a", "ann"), lock];
const block: JointBlock = {
  moves: [{ from: "red", key: "red:a", to: "blue", terms: lock.terms }],
  next: null,
};
const none: JointBlock = { moves: [], next: null };
const open: Entry = { kind: "open", slot: 1 };
const entriesOf = (value: Uint8Array): Entry[] => decodeBase(value)!.entries;
/** Both chains have opened slot 1, in which red:a is to move. */
const opened = (...args: ConstructorParameters<typeof One>): One =>
  new One(...args).base("red", minted).base("blue", [open]);
const base = (one: One, chain: string, ...entries: Entry[]): string =>
  judgeBase(one.config, one.tools, one.state, chain, encodeBase({ entries }));
const joint = (one: One, value: JointBlock, slot = 1): string =>
  judgeJoint(one.config, one.tools, one.state, slot, encodeJoint(value));

test("decisions are durable before anything follows from them, each once", () => {
  const one = new One().base("red", minted);
  expect(one.effects.map(({ kind }) => kind)).toEqual(["persist", "output", "arm"]);
  expect(one.fired).toEqual(["take", "base: apply", "pace: wait"]);
  expect(one.base("red", minted, 1).fired).toEqual([]);
  expect(one.commands({ kind: "decided", chain: "green", height: 1, value: new Uint8Array() }).fired).toEqual(
    [],
  );
});

test("a restart brings ledgers, application and decisions back, and opens again what is open", () => {
  const one = opened().learner("red", 1, block).base("red", [], 4);
  const seen = JSON.stringify(one.engine.observe(one.config, one.state));
  one.restart();
  expect(JSON.stringify(one.engine.observe(one.config, one.state))).toBe(seen);
  expect(one.outputs("open").map(({ slot }) => slot)).toEqual([1]);
  expect(one.outputs("applied")).toEqual([]);
  one.restart([...one.engine.compact(one.config, one.state)]);
  expect(JSON.stringify(one.engine.observe(one.config, one.state))).toBe(seen);
});

test("base blocks are applied in order, whatever the order in which they are told", () => {
  const one = new One().base("red", [], 2);
  expect(one.outputs("applied")).toEqual([]);
  one.base("red", minted, 1);
  expect(one.outputs("applied").map(({ height }) => height)).toEqual([1, 2]);
  expect(one.outputs("applied")[0]!.changes.map(({ kind }) => kind)).toEqual(["app", "locked", "opened"]);
});

test("a joint slot is opened once every chain followed has opened it, with all that is locked", () => {
  const one = new One().base("red", minted);
  expect(one.outputs("open")).toEqual([]);
  one.base("blue", [open]);
  expect(one.outputs("open")).toEqual([{ kind: "open", slot: 1, epoch: 0, value: encodeJoint(block) }]);
  const red = new One({ follows: ["red"] }).base("red", minted);
  expect(red.outputs("open")).toEqual([{ kind: "open", slot: 1, epoch: 0, value: null }]);
});

test("what follows from one chain is proposed to the other: to open, to take, to settle", () => {
  const one = new One().base("red", minted).pace();
  expect(one.proposed("blue").map(entriesOf)).toEqual([[open]]);
  one.base("blue", [open]).learner("red", 1, block).pace();
  const take: Entry = { kind: "joint", slot: 1, block };
  one.base("red", []).pace();
  expect(one.proposed("red").map(entriesOf)).toEqual([[take]]);
  one.base("red", [take]).base("blue", []).base("blue", []).pace();
  expect(one.proposed("blue").map(entriesOf)).toEqual([
    [{ kind: "settle", slot: 1, taken: { by: "red", block } }],
  ]);
  const late = opened().base("red", []).base("red", []).base("blue", []).base("blue", []).pace();
  const pass: Entry = { kind: "settle", slot: 1, taken: null };
  expect([...late.proposed("red"), ...late.proposed("blue")].map(entriesOf)).toEqual([[pass], [pass]]);
});

test("the timer runs only while there is something to propose, and each height is proposed for once", () => {
  const one = new One();
  expect(one.fired).toEqual(["restore"]);
  expect(one.pace().fired).toEqual([]);
  one.submit("red", mint("red:a", "ann"));
  expect(one.fired).toEqual(["take", "pace: wait"]);
  one.pace();
  expect(one.proposed("red").map(entriesOf)).toEqual([[mint("red:a", "ann")]]);
  expect(one.submit("red", mint("red:b", "ann")).fired).toEqual(["take"]);
  one.base("red", [mint("red:c", "ann")]).pace();
  expect(one.proposed("red").map(entriesOf)).toEqual([[mint("red:a", "ann"), mint("red:b", "ann")]]);
  one.base("red", [mint("red:a", "ann"), mint("red:b", "ann")]);
  expect(one.fired).toEqual(["take", "base: apply"]);
});

test("a slot is let go of once it has an end on every chain followed, with an alarm if the ends differ", () => {
  const take: Entry = { kind: "joint", slot: 1, block };
  const one = opened().base("red", [take]);
  expect(one.outputs("close")).toEqual([]);
  one.base("blue", [take]);
  expect(one.outputs("close")).toEqual([{ kind: "close", slot: 1 }]);
  expect(one.outputs("alarm")).toEqual([]);
  expect(one.base("red", [], one.heightOf("red") + 1).state.closed).toBe(1);
  const split = opened()
    .base("red", [take])
    .base("blue", [{ kind: "joint", slot: 1, block: none }]);
  expect(split.outputs("alarm")).toEqual([
    { kind: "alarm", slot: 1, a: "blue", b: "red", first: none, second: block },
  ]);
});

test("entries go to those who propose, and what only engines may say is refused", () => {
  const far = new One({ follows: ["red"], proposes: [], proposers: { red: ["p", "q"] } });
  far.submit("red", mint("red:a", "ann"));
  expect(far.effects).toEqual([
    {
      kind: "send",
      to: ["p", "q"],
      message: { kind: "submit", chain: "red", entries: [mint("red:a", "ann")] },
    },
  ]);
  expect(far.submit("blue", mint("blue:a", "ann")).outputs("refused")[0]!.reason).toBe(
    "nobody proposes here",
  );
  const one = new One({ pendingMax: 1 });
  const from = (entries: Entry[]) =>
    one.give({ kind: "message", from: "p", message: { kind: "submit", chain: "red", entries } });
  expect(from([{ kind: "settle", slot: 1, taken: null }]).outputs("refused")).toEqual([
    { kind: "refused", reason: "entry of the engine's own", from: "p" },
  ]);
  expect(from([mint("red:a", "ann")]).fired).toEqual(["queue", "pace: wait"]);
  expect(from([mint("red:b", "ann")]).outputs("refused")[0]!.reason).toBe("too many entries wait");
});

test("a joint block is valid if all that leaves a chain is locked there for this slot, and not before that is known", () => {
  const early = new One().base("red", minted);
  expect(joint(early, block)).toBe("later");
  const one = opened();
  expect(joint(one, block)).toBe("valid");
  expect(joint(one, none)).toBe("valid");
  const [move] = block.moves;
  for (const wrong of [
    { ...move!, key: "red:b" },
    { ...move!, terms: new Uint8Array() },
    { ...move!, to: "red" },
    { ...move!, from: "blue", to: "red" },
    { ...move!, to: "green" },
  ])
    expect(joint(one, { moves: [wrong], next: null })).toBe("invalid");
  expect(joint(one, { moves: [move!, move!], next: null })).toBe("invalid");
  expect(joint(one, block, 2)).toBe("later");
  expect(judgeJoint(one.config, one.tools, one.state, 1, new Uint8Array([9]))).toBe("invalid");
  // A node that follows blue alone leaves what red has locked to those who follow red.
  expect(joint(new One({ follows: ["blue"] }).base("blue", [open]), block)).toBe("valid");
});

test("new terms are voted for where they may be, and no sooner than all know of them", () => {
  const terms = new Uint8Array([1]);
  const one = opened({}, { terms: (bytes) => bytes.length === 1 });
  const next = (from: number, bytes: Uint8Array | null) =>
    joint(one, { moves: [], next: { from, terms: bytes } });
  expect([next(3, terms), next(2, terms), next(3, new Uint8Array()), next(3, null)]).toEqual([
    "valid",
    "invalid",
    "invalid",
    "valid",
  ]);
  expect(joint(opened(), { moves: [], next: { from: 3, terms } })).toBe("invalid");
});

test("a new epoch is proposed until one with its terms is included", () => {
  const one = new One().commands({ kind: "nextEpoch", terms: new Uint8Array([1]) });
  one.base("red", minted).base("blue", [open]);
  const value = { ...block, next: { from: 3, terms: new Uint8Array([1]) } };
  expect(one.outputs("open")[0]!.value).toEqual(encodeJoint(value));
  expect(one.state.nextEpoch).not.toBeNull();
  one.base("red", [{ kind: "joint", slot: 1, block: value }]);
  expect(one.state.nextEpoch).toBeNull();
});

test("a base block is valid if what it says of joint slots is so, as far as the node knows", () => {
  const take: Entry = { kind: "joint", slot: 1, block };
  const one = opened();
  expect(base(one, "red", take)).toBe("later");
  one.learner("red", 1, block);
  expect(base(one, "red", take)).toBe("valid");
  expect(base(one, "red", { ...take, block: none })).toBe("invalid");
  expect(base(one, "blue", take)).toBe("later");
  one.base("red", [take]);
  const settled = (taken: { by: string; block: JointBlock } | null) =>
    base(one, "blue", { kind: "settle", slot: 1, taken });
  expect(settled({ by: "red", block })).toBe("valid");
  expect(settled({ by: "red", block: none })).toBe("invalid");
  expect(settled({ by: "blue", block })).toBe("invalid");
  expect(settled({ by: "green", block })).toBe("invalid");
  expect(settled(null)).toBe("invalid");
  // On red it has an end: whatever is said of it there does nothing.
  expect(base(one, "red", { ...take, block: none })).toBe("valid");
  expect(judgeBase(one.config, one.tools, one.state, "red", new Uint8Array([9]))).toBe("invalid");
});

test("a chain leaves for evidence only", () => {
  const leave: Entry = { kind: "leave", evidence: new Uint8Array([7]) };
  expect(base(opened(), "red", leave)).toBe("invalid");
  const one = opened({}, { leaves: (chain, evidence) => chain === "red" && evidence[0] === 7 });
  expect([base(one, "red", leave), base(one, "blue", leave)]).toEqual(["valid", "invalid"]);
});

test("a chain that left opens nothing: others pass what it would have opened, and settle it", () => {
  const leave: Entry = { kind: "leave", evidence: new Uint8Array() };
  const one = new One({ lead: 1 }).base("red", [leave]);
  const blue = transfer("blue:a", "red", "bob");
  one.base("blue", [mint("blue:a", "ann"), blue]);
  expect(joint(one, none)).toBe("invalid");
  expect(base(one, "blue", { kind: "settle", slot: 1, taken: null })).toBe("valid");
  one.base("blue", []).base("blue", []).pace();
  expect(one.proposed("blue").map(entriesOf)).toEqual([[{ kind: "settle", slot: 1, taken: null }]]);
  one.base("blue", [{ kind: "settle", slot: 1, taken: null }]);
  expect(one.outputs("close")).toEqual([{ kind: "close", slot: 1 }]);
});
