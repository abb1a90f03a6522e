import type { LearnerId, NodeId } from "@eunomia/engine";
import { type Expr, parse, print, QuorumError, QuorumSyntaxError } from "@eunomia/quorum-algebra";
import { GraphError } from "../errors.ts";
import { labelFrom } from "./build.ts";
import { printLabel } from "./label-text.ts";
import type { Edge, GraphInput } from "./spec.ts";

/** The JSON form of a graph: what `JSON.parse` and `JSON.stringify` take. Quorums and labels are texts. */
export interface GraphJson {
  readonly acceptors: readonly NodeId[];
  readonly learners: Readonly<Record<LearnerId, string>>;
  readonly edges: readonly { readonly between: readonly [LearnerId, LearnerId]; readonly label: string }[];
}

/**
 * Reads the JSON form. Every error names the path, such as `$.edges[3].label`.
 *
 * @throws GraphError `shape`.
 */
export function graphFromJson(value: unknown): GraphInput {
  const whole = fields(value, "$", ["learners", "edges"], ["acceptors"]);
  const learners = new Map(
    Object.entries(fields(whole.learners, "$.learners", [], null)).map(([id, quorums]) => {
      const path = `$.learners[${JSON.stringify(id)}]`;
      return [id, located(path, () => parse(text(quorums, path)))];
    }),
  );
  const edges = array(whole.edges, "$.edges").map((edge, i) => {
    const path = `$.edges[${i}]`;
    const { between, label } = fields(edge, path, ["between", "label"], []);
    const ends = array(between, `${path}.between`);
    if (ends.length !== 2) throw shape(`${path}.between`, "two learners", `${ends.length}`);
    const [a, b] = ends.map((end, j) => text(end, `${path}.between[${j}]`));
    return {
      between: [a!, b!] as const,
      label: located(`${path}.label`, () => labelFrom(text(label, `${path}.label`))),
    };
  });
  const acceptors = array(whole.acceptors ?? [], "$.acceptors").map((id, i) => text(id, `$.acceptors[${i}]`));
  return { acceptors, learners, edges };
}

/** The JSON form of a graph. */
export function graphToJson(graph: {
  readonly acceptors: readonly NodeId[];
  readonly learners: ReadonlyMap<LearnerId, Expr>;
  readonly edges: readonly Edge[];
}): GraphJson {
  return {
    acceptors: graph.acceptors,
    learners: Object.fromEntries([...graph.learners].map(([id, expr]) => [id, print(expr)])),
    edges: graph.edges.map(({ between, label }) => ({ between, label: printLabel(label) })),
  };
}

function shape(path: string, expected: string, got: unknown): GraphError {
  const shown = typeof got === "string" ? got : got === undefined ? "nothing" : JSON.stringify(got);
  return new GraphError("shape", `${path}: expected ${expected}, got ${shown}`);
}

/** `optional` null: any field may be there. */
function fields(
  value: unknown,
  path: string,
  required: readonly string[],
  optional: readonly string[] | null,
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw shape(path, "an object", value);
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw shape(`${path}.${missing}`, "a value", undefined);
  if (optional !== null) {
    const known = [...required, ...optional];
    const stranger = Object.keys(value).find((name) => !known.includes(name));
    if (stranger !== undefined) throw shape(path, `the fields ${known.join(", ")}`, JSON.stringify(stranger));
  }
  return value as Record<string, unknown>;
}

function array(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw shape(path, "an array", value);
  return value;
}

function text(value: unknown, path: string): string {
  if (typeof value !== "string") throw shape(path, "a string", value);
  return value;
}

function located<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof QuorumSyntaxError || error instanceof QuorumError)
      throw new GraphError("shape", `${path}: ${error.message}`);
    throw error;
  }
}
