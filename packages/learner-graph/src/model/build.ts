import type { LearnerId, NodeId } from "@eunomia/engine";
import {
  constant,
  type Expr,
  type Groups,
  normalize,
  parse,
  print,
  type Quorums,
  quorumSystem,
  support,
} from "@eunomia/quorum-algebra";
import { GraphError } from "../errors.ts";
import { labelKey, type NumberedLabel } from "../labels/label.ts";
import { parseLabel } from "./label-text.ts";
import type { Learner, Model, NumberedEdge } from "./model.ts";
import type { EdgeInput, GraphInput, Label, LabelInput, QuorumsInput } from "./spec.ts";

/**
 * A model of what was written down, or the first thing that is wrong with it. `groups` are names in texts.
 *
 * @throws GraphError, QuorumError, QuorumSyntaxError.
 */
export function buildModel(input: GraphInput, groups: Groups = {}): Model {
  const entries = entriesOf(input.learners);
  if (entries.length === 0)
    throw new GraphError("shape", '"learners" expected at least one learner, got none');
  const learners = entries.map(([id, quorums]) => learner(id, quorums, groups)).sort(byId);
  const learnerIndex = new Map(learners.map(({ id }, index) => [id, index]));
  if (learnerIndex.size < learners.length) throw duplicate(learners);
  const named = learners.flatMap(({ quorums }) => support(quorums.expr));
  const acceptors = [...new Set([...named, ...(input.acceptors ?? [])])].sort();
  const acceptorIndex = new Map(acceptors.map((id, index) => [id, index]));

  const labels = new Labels();
  const edges: NumberedEdge[] = [];
  const seen = new Set<string>();
  for (const edge of input.edges) {
    const { between, where } = endsOf(edge, learnerIndex);
    const [a, b] = between;
    if (seen.has(`${a}-${b}`))
      throw new GraphError(
        "duplicate-edge",
        `${where} is there twice: an edge has one label and no direction. Join both with & or |`,
      );
    seen.add(`${a}-${b}`);
    const label = numbered(labelFrom(edge.label, groups), learnerIndex, where);
    const stranger = support(label.safe).find((id) => !acceptorIndex.has(id));
    if (stranger !== undefined)
      throw new GraphError(
        "unknown-acceptor",
        `${where}: the label names "${stranger}", which is in no quorum. Add it to "acceptors" if that is meant`,
      );
    edges.push({ a, b, label: labels.add(label) });
  }
  edges.sort((x, y) => x.a - y.a || x.b - y.b);
  return { acceptors, acceptorIndex, learners, learnerIndex, labels: labels.all, edges };
}

/** Learners as a list, whichever form they came in. */
export function entriesOf(learners: GraphInput["learners"]): [LearnerId, QuorumsInput][] {
  return isMap(learners) ? [...learners] : Object.entries(learners);
}

function isMap(learners: GraphInput["learners"]): learners is ReadonlyMap<LearnerId, QuorumsInput> {
  return learners instanceof Map;
}

function learner(id: LearnerId, input: QuorumsInput, groups: Groups): Learner {
  if (typeof id !== "string" || id === "")
    throw new GraphError(
      "learner",
      `a learner's name expected a non-empty string, got ${JSON.stringify(id)}`,
    );
  const expr = quorumsFrom(input, groups);
  const normal = normalize(expr);
  if (normal.t === "const")
    throw normal.v
      ? new GraphError(
          "empty-quorum",
          `learner "${id}" expected quorums with members, got ${print(expr)}: it would decide without asking anybody`,
        )
      : new GraphError(
          "no-quorum",
          `learner "${id}" expected quorums, got ${print(expr)}: no set of acceptors is one, so it would never decide`,
        );
  return { id, quorums: quorumSystem(expr) };
}

/** The expression of a learner's quorums. */
export function quorumsFrom(input: QuorumsInput, groups: Groups = {}): Expr {
  if (typeof input === "string") return parse(input, groups);
  return "expr" in input ? input.expr : input;
}

function byId(a: Learner, b: Learner): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function duplicate(sorted: readonly Learner[]): GraphError {
  const twice = sorted.find(({ id }, i) => i > 0 && sorted[i - 1]!.id === id)!;
  return new GraphError(
    "duplicate-learner",
    `learner "${twice.id}" is there twice. Give each a name of its own`,
  );
}

/** Numbers of both ends, the lower first, and how messages call the edge. */
function endsOf(
  { between }: EdgeInput,
  index: ReadonlyMap<LearnerId, number>,
): { between: readonly [number, number]; where: string } {
  if (!Array.isArray(between) || between.length !== 2)
    throw new GraphError("shape", `an edge expected "between" two learners, got ${JSON.stringify(between)}`);
  const where = `edge ${between[0]} - ${between[1]}`;
  const [a, b] = between.map((id) => numberOf(id, index, where)) as [number, number];
  return { between: a <= b ? [a, b] : [b, a], where };
}

/** The number of a learner. @throws GraphError `unknown-learner` that names those there are. */
export function numberOf(id: LearnerId, index: ReadonlyMap<LearnerId, number>, where: string): number {
  const number = index.get(id);
  if (number !== undefined) return number;
  const known = [...index.keys()].slice(0, 8).map((name) => `"${name}"`);
  const more = index.size > known.length ? ` and ${index.size - known.length} more` : "";
  throw new GraphError(
    "unknown-learner",
    `${where}: expected one of the learners ${known.join(", ")}${more}, got ${JSON.stringify(id)}`,
  );
}

/** What a label input says, whole. @throws QuorumSyntaxError for a text that is no label. */
export function labelFrom(input: LabelInput, groups: Groups = {}): Label {
  if (typeof input === "string") return parseLabel(input, groups);
  if (isQuorums(input)) return { safe: "expr" in input ? input.expr : input, meets: [] };
  return { safe: input.safe ?? constant(true), meets: input.meets ?? [] };
}

function isQuorums(input: Quorums | Partial<Label>): input is Quorums {
  return "t" in input || "expr" in input;
}

/** A label over numbers of learners. @throws GraphError `unknown-learner`. */
function numbered(
  { safe, meets }: Label,
  index: ReadonlyMap<LearnerId, number>,
  where: string,
): NumberedLabel {
  const pairs = meets.map((pair) => {
    const [u, v] = pair.map((id) => numberOf(id, index, `${where}: meets`)) as [number, number];
    return u <= v ? ([u, v] as const) : ([v, u] as const);
  });
  const distinct = new Map(pairs.map((pair) => [pair.join("-"), pair]));
  return {
    safe: normalize(safe),
    meets: [...distinct.values()].sort(([a, b], [c, d]) => a - c || b - d),
  };
}

/** Numbers labels, equal ones alike. */
class Labels {
  readonly all: NumberedLabel[] = [];
  readonly #numbers = new Map<string, number>();

  add(label: NumberedLabel): number {
    const key = labelKey(label);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.all.length);
    return this.all.push(label) - 1;
  }
}

/** The acceptors' numbers. @throws GraphError `unknown-acceptor`. */
export function acceptorNumbers(model: Model, ids: Iterable<NodeId>, where: string): number[] {
  return [...ids].map((id) => {
    const index = model.acceptorIndex.get(id);
    if (index === undefined)
      throw new GraphError(
        "unknown-acceptor",
        `${where}: expected acceptors of the graph, got ${JSON.stringify(id)}`,
      );
    return index;
  });
}
