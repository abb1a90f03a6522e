import { expectTypeOf, test } from "vitest";
import {
  bigint,
  bool,
  bytes,
  decode,
  doc,
  type Infer,
  id,
  lazy,
  list,
  nat,
  nil,
  nullable,
  record,
  type Schema,
  sortedMap,
  sortedSet,
  text,
  variant,
} from "../src/index.ts";

test("schemas are the source of types", () => {
  const Ballot = record({ round: nat(), leader: doc(nat(), "Who leads it.") });
  const Message = variant({ promise: record({ ballot: Ballot, vote: nullable(bytes()) }), stop: record({}) });
  const Message2 = doc(Message, "What acceptors say.");
  type Promised = { kind: "promise"; ballot: { round: number; leader: number }; vote: Uint8Array | null };
  expectTypeOf<Infer<typeof Ballot>>().toEqualTypeOf<{ round: number; leader: number }>();
  expectTypeOf<Infer<typeof Message>>().toEqualTypeOf<Promised | { kind: "stop" }>();
  expectTypeOf<Infer<typeof Message2>>().toEqualTypeOf<Infer<typeof Message>>();
  const State = record({
    flags: list(bool()),
    weight: bigint(),
    none: nil(),
    voters: sortedSet(id("acceptor")),
    votes: sortedMap(nat(), Message),
    names: sortedMap(
      text(),
      lazy(() => Ballot),
    ),
  });
  expectTypeOf<Infer<typeof State>>().toEqualTypeOf<{
    flags: boolean[];
    weight: bigint;
    none: null;
    voters: string[];
    votes: { keys: number[]; values: Infer<typeof Message>[] };
    names: { keys: string[]; values: { round: number; leader: number }[] };
  }>();
  expectTypeOf(decode<Promised | { kind: "stop" }>).returns.toEqualTypeOf<Infer<typeof Message>>();
  // What a host keeps without knowing the type.
  expectTypeOf(Message).toExtend<Schema<unknown>>();
});
