import type { LearnerId, NodeId } from "@eunomia/engine";
import { type Group, type Groups, parse, print, QuorumSyntaxError, support } from "@eunomia/quorum-algebra";
import { moved, namePattern, parseAt, parseLabel, printLabel, printName, unquoted } from "./label-text.ts";
import type { EdgeInput, GraphInput, Label } from "./spec.ts";

type Head = "acceptors" | "group" | "learner" | "edge";
const heads: readonly Head[] = ["acceptors", "group", "learner", "edge"];

/** What stands before the colon, by statement: the names in it are captured. */
const shapes: Readonly<Record<Head, { readonly pattern: RegExp; readonly expected: string }>> = {
  acceptors: { pattern: /^acceptors\s*:/u, expected: "acceptors:" },
  group: { pattern: new RegExp(`^group\\s+(${namePattern})\\s*:`, "u"), expected: "group NAME:" },
  learner: { pattern: new RegExp(`^learner\\s+(${namePattern})\\s*:`, "u"), expected: "learner NAME:" },
  edge: {
    pattern: new RegExp(`^edge\\s+(${namePattern})\\s+-\\s+(${namePattern})\\s*:`, "u"),
    expected: "edge NAME - NAME:",
  },
};

/**
 * Reads the text form of a graph. A statement begins at the left margin; what is indented goes on with it.
 *
 * ```text
 * // Two chains that share three validators.
 * group shared: {s1, s2, s3}
 * learner red: {r, shared} >= 3
 * learner blue: {b, shared} >= 3
 * edge red - red: {r, shared} >= 3
 * edge red - blue: meets(red, blue)
 * acceptors: {observer}
 * ```
 *
 * A group is a list in braces, with weights if wanted, or an expression; it must stand before it is used.
 *
 * @throws QuorumSyntaxError with the place and what was expected there.
 */
export function parseGraph(source: string): GraphInput {
  const groups: Record<string, Group> = Object.create(null);
  const learners = new Map<LearnerId, Label["safe"]>();
  const acceptors: NodeId[] = [];
  const edges: EdgeInput[] = [];
  for (const { head, names, begin, body, end } of statements(source)) {
    const [first = "", second = ""] = names;
    const once = (taken: boolean): void => {
      if (taken)
        throw new QuorumSyntaxError(
          "group",
          source,
          begin,
          [`a ${head} that is not there yet`],
          `"${first}" again`,
        );
    };
    if (head === "acceptors") acceptors.push(...membersAt(source, body, end, groups).keys());
    else if (head === "group") {
      once(Object.hasOwn(groups, first));
      groups[first] = groupAt(source, body, end, groups);
    } else if (head === "learner") {
      once(learners.has(first));
      learners.set(first, parseAt(source, body, end, groups));
    } else edges.push({ between: [first, second], label: labelAt(source, body, end, groups) });
  }
  return { acceptors, learners, edges };
}

interface Statement {
  readonly head: Head;
  readonly names: readonly string[];
  readonly begin: number;
  /** What stands behind the colon. */
  readonly body: number;
  readonly end: number;
}

function* statements(source: string): Generator<Statement> {
  const begins = [...source.matchAll(/^(?!\/\/)\S/gmu)].map(({ index }) => index);
  if (begins.length === 0)
    throw new QuorumSyntaxError(
      "unexpected",
      source,
      source.length,
      ["learner NAME:"],
      "the end of the text",
    );
  for (const [i, begin] of begins.entries()) {
    const end = begins[i + 1] ?? source.length;
    const text = source.slice(begin, end);
    const word = /^\w*/.exec(text)![0];
    const head = heads.find((known) => known === word);
    if (head === undefined)
      throw new QuorumSyntaxError("unexpected", source, begin, heads, JSON.stringify(word || text[0]));
    const { pattern, expected } = shapes[head];
    const found = pattern.exec(text);
    if (found === null)
      throw new QuorumSyntaxError(
        "unexpected",
        source,
        begin,
        [expected],
        JSON.stringify(text.split("\n")[0]),
      );
    yield { head, names: found.slice(1).map(unquoted), begin, body: begin + found[0].length, end };
  }
}

function labelAt(source: string, begin: number, end: number, groups: Groups): Label {
  try {
    return parseLabel(source.slice(begin, end), groups);
  } catch (error) {
    if (error instanceof QuorumSyntaxError) throw moved(error, source, begin);
    throw error;
  }
}

function groupAt(source: string, begin: number, end: number, groups: Groups): Group {
  if (!isList(source.slice(begin, end))) return parseAt(source, begin, end, groups);
  const members = membersAt(source, begin, end, groups);
  const weighted = [...members.values()].some((weight) => weight !== null);
  if (!weighted) return [...members.keys()];
  return new Map([...members].map(([id, weight]) => [id, weight ?? 1n]));
}

function isList(text: string): boolean {
  return /^\s*\{[^{}]*\}\s*(?:\/\/[^\n]*\s*)*$/.test(text);
}

/** Members of a list in braces with their weights; null: none is written. */
function membersAt(source: string, begin: number, end: number, groups: Groups): Map<NodeId, bigint | null> {
  const text = source.slice(begin, end);
  if (!isList(text))
    throw new QuorumSyntaxError(
      "unexpected",
      source,
      begin,
      ["a list of ids in braces"],
      JSON.stringify(text.trim()),
    );
  const close = text.indexOf("}") + 1;
  let gate: Label["safe"];
  try {
    gate = parse(`${text.slice(0, close)} >= 0`, groups);
  } catch (error) {
    if (error instanceof QuorumSyntaxError) throw moved(error, source, begin);
    throw error;
  }
  const members = new Map<NodeId, bigint | null>();
  const entries =
    gate.t === "wthr" ? gate.of : gate.t === "thr" ? gate.of.map((child) => [null, child] as const) : [];
  for (const [weight, child] of entries) {
    const problem = child.t !== "node" ? print(child) : members.has(child.id) ? `"${child.id}" again` : null;
    if (problem !== null) throw new QuorumSyntaxError("group", source, begin, ["ids, each once"], problem);
    members.set((child as { id: NodeId }).id, weight);
  }
  return members;
}

/** The text of a graph, as `parseGraph` reads it. Groups are written out. */
export function printGraph(graph: {
  readonly acceptors: readonly NodeId[];
  readonly learners: ReadonlyMap<LearnerId, Label["safe"]>;
  readonly edges: readonly { readonly between: readonly [LearnerId, LearnerId]; readonly label: Label }[];
}): string {
  const named = new Set([...graph.learners.values()].flatMap((expr) => support(expr)));
  const others = graph.acceptors.filter((id) => !named.has(id)).map((id) => print({ t: "node", id }));
  return [
    ...(others.length === 0 ? [] : [`acceptors: {${others.join(", ")}}`]),
    ...[...graph.learners].map(([id, expr]) => `learner ${printName(id)}: ${print(expr)}`),
    ...graph.edges.map(
      ({ between: [a, b], label }) => `edge ${printName(a)} - ${printName(b)}: ${printLabel(label)}`,
    ),
    "",
  ].join("\n");
}
