import type { HistoryEvent } from "../src/index.ts";

interface Op {
  readonly invoke: HistoryEvent & { readonly kind: "invoke" };
  readonly result: (HistoryEvent & { readonly kind: "return" }) | null;
  readonly from: number;
  readonly to: number;
}

/** Can the operation happen now? Applies it to the object, which is a list of texts: of the log, or the register's one. */
function apply(object: "register" | "log", { invoke, result }: Op, held: readonly string[]): string[] | null {
  const { call, value = "", expected = null } = invoke;
  if (object === "log") {
    if (call === "append") {
      const fits = result?.position === undefined || result.position === held.length + 1;
      return fits ? [...held, value] : null;
    }
    return result === null || JSON.stringify(result.values) === JSON.stringify(held) ? [...held] : null;
  }
  const current = held[0] ?? null;
  if (call === "write") return [value];
  if (call === "read") return result === null || result.value === current ? [...held] : null;
  if (result !== null && result.ok !== (current === expected)) return null;
  return current === expected ? [value] : [...held];
}

/** Tries every order of every choice of operations of unknown outcome. */
export function bruteForce(object: "register" | "log", events: readonly HistoryEvent[]): boolean {
  const ops = events.flatMap((invoke, from): Op[] => {
    if (invoke.kind !== "invoke") return [];
    const to = events.findIndex((e) => e.kind !== "invoke" && e.who === invoke.who && e.op === invoke.op);
    const end = to < 0 ? undefined : events[to]!;
    return end?.kind === "return"
      ? [{ invoke, result: end, from, to }]
      : [{ invoke, result: null, from, to: Number.POSITIVE_INFINITY }];
  });
  const search = (left: readonly Op[], held: readonly string[]): boolean => {
    if (left.every(({ result }) => result === null)) return true;
    return left.some((op) => {
      if (left.some((other) => other.to < op.from)) return false;
      const next = apply(object, op, held);
      return (
        next !== null &&
        search(
          left.filter((other) => other !== op),
          next,
        )
      );
    });
  };
  return search(ops, []);
}
