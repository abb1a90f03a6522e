import { type GraphError, learnerGraph } from "@eunomia/learner-graph";
import { describe, expect, test } from "vitest";
import { type Example, examples, invalid } from "./examples.ts";
import { History } from "./history.ts";
import { type Message, Naive } from "./naive.ts";

interface Row {
  readonly message: Message;
  readonly kind: string;
  readonly ballot: string;
  readonly expected: string;
}

const members = (text: string): string[] => text.split(",").filter((one) => one !== "");

function rowsOf({ rows }: Example): Row[] {
  return rows
    .trim()
    .split("\n")
    .map((line) => {
      const [id, kind, prev, refs, ballot, expected] = line.split("|").map((cell) => cell.trim()) as string[];
      const opens = /^1a@(\d+)(.*)$/.exec(id!);
      const message: Message = opens
        ? { id: id!, ballot: { number: Number(opens[1]), value: opens[2]! }, refs: [] }
        : {
            id: id!,
            signer: id!.split(".")[0]!,
            prev: prev === "none" ? null : prev!,
            refs: refs!.split(" "),
          };
      return { message, kind: kind!, ballot: ballot!, expected: expected! };
    });
}

/** A field of the expected column: one set for all learners, or one for each. */
function field(expected: string, name: string, learner: string): string[] | null {
  const sets = new RegExp(`\\b${name} ((?:\\w+: )?\\{[^}]*\\}(?:; \\w+: \\{[^}]*\\})*)`).exec(expected)?.[1];
  if (sets === undefined) return null;
  const found = new RegExp(`^\\{([^}]*)|\\b${learner}: \\{([^}]*)`).exec(sets)!;
  return members(found[1] ?? found[2]!);
}

describe.each(examples.map((example) => [example.name, example] as const))("example %s", (_name, example) => {
  const graph = learnerGraph(example.graph);
  const rows = rowsOf(example);

  test("field by field, naive and incremental", () => {
    const naive = new Naive(graph);
    const history = new History(graph);
    const connected = Object.fromEntries(
      graph.learners.map((a) => [a, graph.connected([]).find((g) => g.includes(a))]),
    );
    for (const { message, kind, ballot, expected } of rows) {
      naive.add(message);
      const { id, signer } = message;
      expect(naive.wellFormed(id), id).toBe(true);
      expect(history.add(message), id).toBe(null);
      expect(naive.kind(id)).toBe(kind);
      expect(`${naive.b(id).number}:${naive.value(id)}`).toBe(ballot);
      if (signer === undefined) continue;
      const entry = history.entry(id);
      expect(entry.kind).toBe(kind);
      expect(`${entry.ballot.number}:${entry.ballot.value}`).toBe(ballot);
      const caught = field(expected, "Caught", "") ?? [];
      expect(naive.caught(id), id).toEqual(caught);
      expect(history.caught(id), id).toEqual(caught);
      const buried = [...expected.matchAll(/Buried \((\w+),([\w.]+)\)/g)].map(([, c, m]) => `${c},${m}`);
      const votes = [...naive.tran(id)].filter((m) => naive.kind(m) === "2a");
      const pairs = graph.learners.flatMap((c) =>
        votes.filter((m) => naive.lrns(m).includes(c)).map((m) => [c, m] as const),
      );
      expect(pairs.filter(([c, m]) => naive.buried(c, m, id)).map(String), id).toEqual(buried);
      expect(pairs.filter(([c, m]) => history.buried(c, m, id)).map(String), id).toEqual(buried);
      for (const a of graph.learners) {
        const con = (field(expected, "Con", a) ?? connected[a]!).toSorted();
        expect([...naive.con(a, id)].sort(), id).toEqual(con);
        expect(history.con(a, id), id).toEqual(con);
        if (kind === "1b") {
          expect(naive.con2as(a, id), `${id} ${a}`).toEqual(field(expected, "Con2as", a) ?? []);
          const fresh = field(expected, "fresh", "")!.includes(a);
          expect(naive.fresh(a, id), `${id} ${a}`).toBe(fresh);
          expect(history.fresh(id).includes(a), `${id} ${a}`).toBe(fresh);
        } else {
          const q = field(expected, "q", a)!;
          expect(naive.q(a, id), `${id} ${a}`).toEqual(q);
          expect(history.q(a, id), `${id} ${a}`).toEqual(q);
          expect(naive.lrns(id).includes(a)).toBe(field(expected, "lrns", "")!.includes(a));
          expect(history.lrns(id)).toEqual(naive.lrns(id));
        }
      }
    }
  });

  test("decisions, and the first message with which they are there", () => {
    const naive = new Naive(graph);
    const first: Record<string, [string, number, string]> = {};
    for (const { message } of rows) {
      naive.add(message);
      for (const { learner, value, number } of naive.decisions(naive.messages.keys()))
        first[learner] ??= [value, number, message.id];
    }
    expect(first).toEqual(example.decided);
  });
});

test("example 5: the graph is refused, with a witness", () => {
  try {
    learnerGraph(invalid);
    expect.unreachable();
  } catch (error) {
    expect((error as GraphError).code).toBe("invalid");
    expect((error as GraphError).witness).toMatchObject({
      a: "green",
      b: "red",
      safe: ["v", "w"],
      qa: ["w", "x"],
      qb: ["u", "v"],
    });
  }
});
