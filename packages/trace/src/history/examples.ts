import type { HistoryEvent } from "../event.ts";

/** A history in the small: `key` is always the same. */
const invoke = (
  who: string,
  op: number,
  call: string,
  value?: string,
  expected?: string | null,
): HistoryEvent => ({
  kind: "invoke",
  at: 0,
  who,
  op,
  key: "k",
  call,
  ...(value !== undefined && { value }),
  ...(expected !== undefined && { expected }),
});
type Result = Partial<
  Pick<HistoryEvent & { readonly kind: "return" }, "value" | "values" | "ok" | "position">
>;
const back = (who: string, op: number, result: Result = {}): HistoryEvent => ({
  kind: "return",
  at: 0,
  who,
  op,
  ...result,
});
const unknown = (who: string, op: number): HistoryEvent => ({ kind: "unknown", at: 0, who, op });
const whole = (
  who: string,
  op: number,
  call: string,
  value: string | undefined,
  result: Result = {},
): readonly HistoryEvent[] => [invoke(who, op, call, value), back(who, op, result)];

/** A history made by hand, of a `register` or of an `appendLog`. */
export interface ExampleHistory {
  readonly object: "register" | "log";
  readonly name: string;
  readonly events: readonly HistoryEvent[];
}

/** Histories that are linearizable. */
export const goodHistories: readonly ExampleHistory[] = [
  {
    object: "register",
    name: "a read beside a write finds the old value, a later one the new",
    events: [
      ...whole("a", 1, "read", undefined, { value: null }),
      invoke("b", 1, "write", "x"),
      ...whole("a", 2, "read", undefined, { value: null }),
      ...whole("a", 3, "read", undefined, { value: "x" }),
      back("b", 1),
      ...whole("a", 4, "read", undefined, { value: "x" }),
    ],
  },
  {
    object: "register",
    name: "a write of unknown outcome takes effect long after",
    events: [
      invoke("b", 1, "write", "x"),
      unknown("b", 1),
      ...whole("a", 1, "write", "y"),
      ...whole("a", 2, "read", undefined, { value: "y" }),
      ...whole("a", 3, "read", undefined, { value: "x" }),
    ],
  },
  {
    object: "register",
    name: "a write of unknown outcome explains why a conditional call failed",
    events: [
      invoke("b", 1, "write", "x"),
      invoke("a", 1, "cas", "y", null),
      back("a", 1, { ok: false }),
      invoke("c", 1, "cas", "z", "x"),
      back("c", 1, { ok: true }),
      unknown("b", 1),
    ],
  },
  {
    object: "log",
    name: "two appends at once, and one that may never have been",
    events: [
      invoke("a", 1, "append", "x"),
      invoke("b", 1, "append", "y"),
      back("a", 1, { position: 2 }),
      back("b", 1),
      invoke("c", 1, "append", "z"),
      unknown("c", 1),
      ...whole("a", 2, "read", undefined, { values: ["y", "x"] }),
      ...whole("a", 3, "append", "w", { position: 4 }),
      ...whole("a", 4, "read", undefined, { values: ["y", "x", "z", "w"] }),
    ],
  },
];

/** Histories that are not linearizable. */
export const violatingHistories: readonly ExampleHistory[] = [
  {
    object: "register",
    name: "a stale read",
    events: [
      ...whole("a", 1, "write", "x"),
      ...whole("a", 2, "write", "y"),
      ...whole("b", 1, "read", undefined, { value: "x" }),
    ],
  },
  {
    object: "register",
    name: "a value out of nowhere",
    events: [...whole("a", 1, "write", "x"), ...whole("b", 1, "read", undefined, { value: "z" })],
  },
  {
    object: "register",
    name: "a read before the write was called",
    events: [...whole("b", 1, "read", undefined, { value: "x" }), ...whole("a", 1, "write", "x")],
  },
  {
    object: "register",
    name: "new, then old, beside one write",
    events: [
      invoke("a", 1, "write", "x"),
      ...whole("b", 1, "read", undefined, { value: "x" }),
      ...whole("c", 1, "read", undefined, { value: null }),
      back("a", 1),
    ],
  },
  {
    object: "register",
    name: "a write of unknown outcome takes effect twice",
    events: [
      invoke("b", 1, "write", "x"),
      unknown("b", 1),
      ...whole("a", 1, "read", undefined, { value: "x" }),
      ...whole("a", 2, "write", "y"),
      ...whole("a", 3, "read", undefined, { value: "x" }),
    ],
  },
  {
    object: "register",
    name: "two conditional calls win",
    events: [
      invoke("a", 1, "cas", "x"),
      invoke("b", 1, "cas", "y"),
      back("a", 1, { ok: true }),
      back("b", 1, { ok: true }),
    ],
  },
  {
    object: "register",
    name: "a conditional call fails without a reason",
    events: [invoke("a", 1, "cas", "x", null), back("a", 1, { ok: false })],
  },
  {
    object: "log",
    name: "an acknowledged append is lost",
    events: [...whole("a", 1, "append", "x"), ...whole("b", 1, "read", undefined, { values: [] })],
  },
  {
    object: "log",
    name: "appended twice",
    events: [...whole("a", 1, "append", "x"), ...whole("b", 1, "read", undefined, { values: ["x", "x"] })],
  },
  {
    object: "log",
    name: "one position for two",
    events: [
      invoke("a", 1, "append", "x"),
      ...whole("b", 1, "append", "y", { position: 1 }),
      back("a", 1, { position: 1 }),
    ],
  },
  {
    object: "log",
    name: "against the order of the calls",
    events: [
      ...whole("a", 1, "append", "x"),
      ...whole("b", 1, "append", "y"),
      ...whole("a", 2, "read", undefined, { values: ["y", "x"] }),
    ],
  },
];
