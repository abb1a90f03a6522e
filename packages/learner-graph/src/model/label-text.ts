import type { LearnerId } from "@eunomia/engine";
import { constant, type Groups, parse, print, QuorumSyntaxError } from "@eunomia/quorum-algebra";
import type { Label } from "./spec.ts";

/** A bare name as the quorum syntax has them, or a name in double quotes as JSON writes it. */
export const namePattern =
  '(?:[A-Za-z_](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9]))*|"(?:[^"\\\\\\p{Cc}]|\\\\(?:["\\\\/bfnrt]|u[0-9A-Fa-f]{4}))*")';
const meets = new RegExp(`\\s*meets\\s*\\(\\s*(${namePattern})\\s*,\\s*(${namePattern})\\s*\\)\\s*`, "uy");
/** Where `meets(` begins and goes on otherwise than it should. */
const meetsBegins = /\s*meets\s*\(/y;

/**
 * Reads a label: `meets(a, b)` of two learners as often as wanted, then an expression of the quorum syntax, with commas
 * between; all of it must hold.
 *
 * @throws QuorumSyntaxError with the place and what was expected there.
 */
export function parseLabel(source: string, groups: Groups = {}): Label {
  const pairs: [LearnerId, LearnerId][] = [];
  let offset = 0;
  for (;;) {
    meets.lastIndex = offset;
    const found = meets.exec(source);
    if (found === null) break;
    pairs.push([unquoted(found[1]!), unquoted(found[2]!)]);
    offset = meets.lastIndex;
    if (offset === source.length) return { safe: constant(true), meets: pairs };
    if (source[offset] !== ",")
      throw new QuorumSyntaxError(
        "unexpected",
        source,
        offset,
        [",", "the end"],
        JSON.stringify(source[offset]),
      );
    offset++;
  }
  meetsBegins.lastIndex = offset;
  if (meetsBegins.test(source))
    throw new QuorumSyntaxError("unexpected", source, offset, ["meets(LEARNER, LEARNER)"], "something else");
  return { safe: parseAt(source, offset, source.length, groups), meets: pairs };
}

/** Parses a part of a text; places in errors are those of the whole. */
export function parseAt(source: string, begin: number, end: number, groups: Groups): Label["safe"] {
  try {
    return parse(source.slice(begin, end), groups);
  } catch (error) {
    if (!(error instanceof QuorumSyntaxError)) throw error;
    throw moved(error, source, begin);
  }
}

/** The error of a part, told of the whole. */
export function moved(error: QuorumSyntaxError, source: string, by: number): QuorumSyntaxError {
  return new QuorumSyntaxError(error.code, source, error.offset + by, error.expected, error.got);
}

/** The text of a label, as `parseLabel` reads it. */
export function printLabel({ safe, meets: pairs }: Label): string {
  const parts = pairs.map(([u, v]) => `meets(${printName(u)}, ${printName(v)})`);
  if (parts.length === 0 || safe.t !== "const" || !safe.v) parts.push(print(safe));
  return parts.join(", ");
}

const bare = new RegExp(`^${namePattern}$`, "u");

/** A learner's name as texts write it. */
export function printName(id: LearnerId): string {
  return bare.test(id) && !id.startsWith('"') ? id : JSON.stringify(id);
}

export function unquoted(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
