import {
  bigint,
  bool,
  bytes,
  doc,
  id,
  int,
  lazy,
  list,
  nat,
  nil,
  nullable,
  orderedId,
  record,
  refine,
  type Schema,
  type Source,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "../src/index.ts";

/** A small reproducible generator (mulberry32): good enough spread in every bit. */
export function seeded(seed: number): Source {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return (mixed ^ (mixed >>> 14)) >>> 0;
    },
  };
}

export type Expression =
  | { kind: "node"; name: string }
  | { kind: "both"; left: Expression; right: Expression }
  | { kind: "some"; count: bigint; children: Expression[] };
export const Expression: Schema<Expression> = variant({
  node: record({ name: id("node") }),
  both: record({ left: lazy(() => Expression, "Expression"), right: lazy(() => Expression, "Expression") }),
  some: record({ count: bigint(0n, 100n), children: list(lazy(() => Expression, "Expression")) }),
});

export const Ballot = record({ round: nat(), leader: nat(9) });
export const Message = variant({
  promise: record({ ballot: Ballot, vote: nullable(record({ ballot: Ballot, value: bytes(4096) })) }),
  probe: record({ nonce: nat() }),
  stop: record({}),
});
export const State = record({
  promised: nullable(Ballot),
  votes: sortedMap(nat(), record({ from: sortedSet(id("acceptor")), value: bytes() })),
  names: sortedMap(text(), Message),
  log: list(Message),
  debts: sortedMap(int(), bool()),
});

const ascending = (values: readonly number[]) =>
  values.every((value, i) => i === 0 || values[i - 1]! <= value);

/** Every combinator at least once, alone and inside others. */
export const zoo: Readonly<Record<string, Schema<unknown>>> = {
  nil: nil(),
  bool: bool(),
  int: int(),
  "int -30 to 300": int(-30, 300),
  nat: nat(),
  "nat of one value": nat(0),
  bigint: bigint(),
  "bigint 5 to 2^40": bigint(5n, 1n << 40n),
  text: text(),
  "text of 3": text(3),
  bytes: bytes(),
  "bytes of 2": bytes(2),
  id: id("acceptor"),
  orderedId: orderedId("client"),
  list: list(int()),
  "list of lists": list(list(bytes(), 5), 5),
  nullable: nullable(nat()),
  record: Ballot,
  "empty record": record({}),
  variant: Message,
  "set of naturals": sortedSet(nat()),
  "set of integers": sortedSet(int()),
  "set of texts": sortedSet(text()),
  "set of ids": sortedSet(id("acceptor"), 4),
  "map of naturals": sortedMap(nat(), bytes()),
  "map of integers": sortedMap(int(), nullable(bool())),
  "map of texts": sortedMap(text(), list(nat())),
  "map of maps": sortedMap(text(), sortedMap(int(), nil())),
  recursive: Expression,
  refined: refine(list(nat(50)), {
    rule: "an ascending list",
    holds: ascending,
    repair: (value) => value.toSorted((a, b) => a - b),
  }),
  documented: doc(
    record({ ballot: doc(Ballot, "The highest ballot promised."), nothing: nil() }),
    "What an acceptor keeps.",
  ),
  state: State,
};
