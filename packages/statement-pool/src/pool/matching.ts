import type { Addressees, PrincipalId } from "@eunomia/codec";
import type { Program } from "../program/program.ts";
import { sameValue, type Value } from "../statement/value.ts";
import { type Held, reaches } from "./held.ts";
import type { Shelf } from "./shelf.ts";
import type { Pattern } from "./types.ts";

const includes = (declared: Addressees, wanted: PrincipalId): boolean =>
  declared === "ANYONE" || declared.includes(wanted);

const contains = (declared: Addressees, wanted: Addressees): boolean =>
  wanted === "ANYONE" ? declared === "ANYONE" : wanted.every((one) => includes(declared, one));

/** Integers are compared by value, everything else is only the same or not. */
function compared(op: "==" | "<" | ">=", a: Value, b: Value): boolean {
  if (op === "==") return sameValue(a, b);
  const numbers = [a, b].every((one) => typeof one === "number" || typeof one === "bigint");
  return numbers && (op === "<" ? a < b : a >= b);
}

/** Whether an entry is one that the pattern means. */
export function matches(program: Program, pattern: Pattern, entry: Held): boolean {
  const { core } = entry;
  const { issuer, verifier, auditors, where = [] } = pattern;
  if (core.content.type !== pattern.type || !reaches(entry.status, pattern.atLeast)) return false;
  if (typeof issuer === "string" && entry.issuer !== issuer) return false;
  if (typeof issuer === "object" && !issuer.in.includes(entry.issuer)) return false;
  if (verifier !== undefined && !includes(core.verifiers, verifier)) return false;
  const audit = auditors !== undefined && auditors.length > 0;
  if (audit && (!contains(core.auditors, auditors) || entry.status !== "auditable")) return false;
  const fields = program.types.get(pattern.type)?.fields ?? [];
  return where.every(({ field, op, value }) => {
    const at = fields.findIndex(({ name }) => name === field);
    return at >= 0 && compared(op, core.content.body[at]!, value);
  });
}

/** The smallest indexed set of entries that holds all that the pattern means. */
export function candidates(
  program: Program,
  shelf: Shelf,
  { type, issuer, where = [] }: Pattern,
): Iterable<Held> {
  if (typeof issuer === "string") return shelf.ofIssuer(type, issuer);
  const exact = where.find(({ op }) => op === "==");
  if (exact !== undefined) {
    const at = program.types.get(type)?.fields.findIndex(({ name }) => name === exact.field) ?? -1;
    return at < 0 ? [] : shelf.withField(type, exact.field, at, exact.value);
  }
  if (issuer !== undefined) return issuer.in.flatMap((one) => shelf.ofIssuer(type, one));
  return shelf.ofType(type);
}
