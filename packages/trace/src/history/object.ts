import type { OperationReturn } from "../event.ts";

/** An operation of one key, with everything that is known of it. */
export interface Operation {
  readonly who: string;
  readonly op: number;
  readonly call: string;
  readonly value?: string;
  readonly expected?: string | null;
  /** Places in the history; `returned` is infinite and `result` null if the outcome is unknown. */
  readonly invoked: number;
  readonly returned: number;
  readonly result: OperationReturn | null;
}

/** Runs the operations of one history one after the other. States are small numbers, equal exactly if the states are. */
export interface SequentialRun {
  readonly initial: number;
  /** The state after operation number `op`; -1 if it cannot have had its result in this state. */
  step(state: number, op: number): number;
  /** True only if the operation changes no state at all. */
  isPure(op: number): boolean;
  /** The only state in which the operation can have had its result; -1: there is no such one. */
  needs?(op: number): number;
  /** The only state that the operation may bring about; -1: it brings about none. Given if `needs` is. */
  makes?(op: number): number;
  /** May an operation of unknown outcome explain anything? If not, it is taken as one that never happened. */
  matters(op: number): boolean;
}

/** What an object does when its operations come one after the other. */
export interface SequentialObject {
  readonly name: string;
  /** What a call lacks, or null: a call that is none of this object is a mistake in the history. */
  fault(operation: Operation): string | null;
  begin(operations: readonly Operation[]): SequentialRun;
}

const isKnown = ({ result }: Operation): boolean => result !== null;

/** Numbers for texts, so that states compare as numbers. */
class Texts {
  readonly #numbers = new Map<string, number>();
  of(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(text, number);
    }
    return number;
  }
}

/**
 * A register that holds a text or, at first, nothing (null). `read` returns `value`; `write` has a `value`; `cas` has
 * `expected` (default null) and `value`, and returns `ok`.
 */
export const register: SequentialObject = {
  name: "register",
  fault({ call, value, result }) {
    if (call !== "read" && call !== "write" && call !== "cas")
      return `expected read, write or cas, got ${call}`;
    if (call === "read")
      return result !== null && result.value === undefined ? "expected the value that was read" : null;
    if (value === undefined) return "expected a value";
    return call === "cas" && result !== null && result.ok === undefined ? "expected ok" : null;
  },
  begin(operations) {
    const texts = new Texts();
    const number = (text: string | null | undefined): number => (text == null ? 0 : texts.of(text));
    const written = operations.map(({ value }) => number(value));
    const expected = operations.map(({ call, expected: text, result }) =>
      number(call === "read" ? result?.value : text),
    );
    const seen = new Set<number>();
    let failed = false;
    for (const [at, { call, result }] of operations.entries()) {
      if (call === "cas" && result?.ok === false) failed = true;
      else if (call === "cas" || (call === "read" && result !== null)) seen.add(expected[at]!);
    }
    return {
      initial: 0,
      step(state, op) {
        const { call, result } = operations[op]!;
        if (call === "read") return result === null || state === expected[op] ? state : -1;
        if (call === "write") return written[op]!;
        const took = state === expected[op];
        if (result !== null && result.ok !== took) return -1;
        return took ? written[op]! : state;
      },
      isPure: (op) => operations[op]!.call === "read" || operations[op]!.result?.ok === false,
      needs(op) {
        const { call, result } = operations[op]!;
        const isNeed = result !== null && (call === "read" || (call === "cas" && result.ok === true));
        return isNeed ? expected[op]! : -1;
      },
      makes: (op) =>
        operations[op]!.call === "read" || operations[op]!.result?.ok === false ? -1 : written[op]!,
      // A write that nobody saw may only have kept a `cas` from finding what it expected.
      matters: (op) => operations[op]!.call !== "read" && (failed || seen.has(written[op]!)),
    };
  },
};

/**
 * A log to which values are appended. `append` has a `value` and may return its `position`; `read` returns `values`: the whole
 * log.
 */
export const appendLog: SequentialObject = {
  name: "log",
  fault({ call, value, result }) {
    if (call !== "read" && call !== "append") return `expected read or append, got ${call}`;
    if (call === "append") return value === undefined ? "expected a value" : null;
    return result !== null && result.values === undefined ? "expected the values that were read" : null;
  },
  begin(operations) {
    const texts = new Texts();
    const logs = new LogTree();
    const appended = operations.map(({ value }) => (value === undefined ? 0 : texts.of(value)));
    const seen = new Set<number>();
    let positions = false;
    let longest: readonly string[] = [];
    const read = operations.map(({ result }) => {
      positions ||= result?.position !== undefined;
      if ((result?.values?.length ?? 0) > longest.length) longest = result!.values!;
      let log = 0;
      for (const text of result?.values ?? []) {
        const value = texts.of(text);
        seen.add(value);
        log = logs.append(log, value);
      }
      return log;
    });
    // A log only grows: whatever came to stand in a place stands there in every read that is long enough.
    const settled = longest.map((text) => texts.of(text));
    return {
      initial: 0,
      step(state, op) {
        const { call, result } = operations[op]!;
        if (call === "read") return result === null || state === read[op] ? state : -1;
        const length = logs.length(state);
        if (result?.position !== undefined && result.position !== length + 1) return -1;
        if (length < settled.length && settled[length] !== appended[op]) return -1;
        return logs.append(state, appended[op]!);
      },
      isPure: (op) => operations[op]!.call === "read",
      matters: (op) => operations[op]!.call === "append" && (positions || seen.has(appended[op]!)),
    };
  },
};

/** Every log is a node below the log without its last value: equal logs are one node, and appending costs one look. */
class LogTree {
  readonly #lengths: number[] = [0];
  readonly #below: Map<number, number>[] = [new Map()];

  append(log: number, value: number): number {
    let next = this.#below[log]!.get(value);
    if (next === undefined) {
      next = this.#lengths.length;
      this.#lengths.push(this.#lengths[log]! + 1);
      this.#below.push(new Map());
      this.#below[log]!.set(value, next);
    }
    return next;
  }

  length(log: number): number {
    return this.#lengths[log]!;
  }
}

/** The operations that returned, then those of unknown outcome that matter; both in the order of their calls. */
export function arrange(
  operations: readonly Operation[],
  object: SequentialObject,
): { readonly arranged: readonly Operation[]; readonly known: number } {
  const run = object.begin(operations);
  const known = operations.filter(isKnown);
  const ghosts = operations.filter((one, at) => !isKnown(one) && run.matters(at));
  return { arranged: [...known, ...ghosts], known: known.length };
}
