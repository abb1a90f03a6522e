import { concat, sha256, toHex, utf8Encode } from "@eunomia/codec";
import { type CStruct, cstructOf } from "../cstruct/cstruct.ts";
import { PoolError } from "../errors.ts";
import type { Hash } from "../statement/identity.ts";
import type { Content, Id } from "../statement/types.ts";
import { encodeValue, type Value } from "../statement/value.ts";
import { type Conflicts, type FieldType, fits, typeValue } from "./field-type.ts";
import { delegationType, readDelegation, readQuotation, saysType } from "./forms.ts";

/** What an application declares about one type of statement. */
export interface StatementDeclaration {
  /** Letters, digits and _, no digit first. */
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
  /** The one field is a c-struct, and issuing it means "my value is at least this". Default: bodies are the same or not. */
  readonly monotone?: boolean;
  /** UNIQUE BY: a correct issuer says one content per value of these paths. A path goes from a field through references. */
  readonly unique?: readonly (readonly string[])[];
  /** Fields `n` (from 1) and `prev` come in front, and the type is unique by `n`: forks and gaps become visible. */
  readonly chained?: boolean;
  /** CERT: types that may justify a statement of this type. */
  readonly cert?: readonly string[];
}

/** A declared type, made ready. */
export interface StatementType {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
  /** Of a monotone type; null for an exact one. */
  readonly cstruct: CStruct | null;
  /** Null: no slots. */
  readonly unique: readonly (readonly string[])[] | null;
  readonly chained: boolean;
  readonly cert: readonly string[];
  /** The field that counts slots, where one natural number does: such types can have watermarks. Null: there is none. */
  readonly counter: number | null;
  /** Positions of fields that hold references. */
  readonly refs: readonly number[];
  /** Whether the body of a content of this type is one. Never throws. */
  fits(content: Content): boolean;
}

/** The types that a pool speaks of, and their hash: whoever knows it knows what counts as equivocation. */
export interface Program {
  readonly manifest: Id;
  readonly types: ReadonlyMap<string, StatementType>;
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const chainFields = (name: string): StatementDeclaration["fields"] => [
  { name: "n", type: { k: "nat" } },
  { name: "prev", type: { k: "opt", of: { k: "ref", to: name } } },
];

/** Fields of the built-in types are looked into by the algebra. */
function builtIn(name: string, parse: (content: Content) => unknown): StatementType {
  return {
    name,
    fields: [],
    cstruct: null,
    unique: null,
    chained: false,
    cert: [],
    counter: null,
    refs: [],
    fits: (content) => parse(content) !== null,
  };
}

function checked(declaration: StatementDeclaration, names: ReadonlySet<string>): void {
  const { name, fields, monotone, unique, chained, cert } = declaration;
  const refuse = (expected: string, got: unknown): never => {
    throw new PoolError("bad-type", name, expected, got);
  };
  if (!namePattern.test(name)) refuse("a name of letters, digits and _", name);
  const own = new Set(fields.map((field) => field.name));
  if (own.size !== fields.length) refuse("fields with names of their own", [...own].join(", "));
  for (const field of own) if (!namePattern.test(field)) refuse("fields with names", field);
  if (chained && (own.has("n") || own.has("prev")))
    refuse("no fields n and prev beside CHAINED", [...own].join(", "));
  if (monotone && fields.length !== 1) refuse("one field, since it is MONOTONE", fields.length);
  if (monotone && (unique !== undefined || chained)) refuse("MONOTONE without UNIQUE and CHAINED", "both");
  if (chained && unique !== undefined) refuse("CHAINED or UNIQUE, for a chain is unique by n", "both");
  for (const path of unique ?? [])
    if (!own.has(path[0] ?? "")) refuse("paths that begin at a field", path.join("."));
  for (const other of cert ?? []) if (!names.has(other)) refuse("certificates of declared types", other);
}

function counterOf(fields: StatementType["fields"], unique: StatementType["unique"]): number | null {
  const [path, ...others] = unique ?? [];
  if (path === undefined || others.length > 0 || path.length !== 1) return null;
  const at = fields.findIndex(({ name }) => name === path[0]);
  return fields[at]?.type.k === "nat" ? at : null;
}

function ready(declaration: StatementDeclaration, conflicts: ReadonlyMap<string, Conflicts>): StatementType {
  const { name, chained = false, cert = [] } = declaration;
  const fields = chained ? [...chainFields(name), ...declaration.fields] : declaration.fields;
  const unique = chained ? [["n"]] : (declaration.unique ?? null);
  const cstruct = declaration.monotone ? cstructOf(fields[0]!.type, conflicts) : null;
  const chainFits = ([n, prev]: readonly Value[]): boolean =>
    n !== 0 && ((prev as readonly Value[]).length === 0) === (n === 1);
  return {
    name,
    fields,
    cstruct,
    unique,
    chained,
    cert,
    counter: counterOf(fields, unique),
    refs: fields.flatMap(({ type }, at) => (mentions(type) ? [at] : [])),
    fits: ({ body }) =>
      body.length === fields.length &&
      fields.every(({ type }, at) => fits(type, body[at]!)) &&
      (cstruct === null || cstruct.fits(body[0]!)) &&
      (!chained || chainFits(body)),
  };
}

/** Whether references stand in values of the type. */
function mentions(type: FieldType): boolean {
  if (type.k === "ref") return true;
  if (type.k === "record") return type.of.some(mentions);
  if (type.k === "map") return mentions(type.key) || mentions(type.of);
  return "of" in type && mentions(type.of);
}

function manifestOf(declarations: readonly StatementDeclaration[], hash: Hash): Id {
  const value = declarations
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, fields, monotone = false, unique, chained = false, cert = [] }) => [
      name,
      fields.map((field) => [field.name, typeValue(field.type)]),
      monotone,
      unique === undefined ? false : unique.map((path) => [...path]),
      chained,
      [...cert],
    ]);
  return toHex(hash(concat(utf8Encode("mommie/manifest/v1\0"), encodeValue(value))));
}

/**
 * Makes declared types ready. Without `manifest` (the hash of a compiled program) the manifest is the hash of the declarations,
 * by a layout of our own.
 *
 * @throws PoolError `bad-type` with what is wrong about which type.
 * @example
 * program([{ name: "Vote", fields: [{ name: "round", type: { k: "nat" } }], unique: [["round"]] }])
 */
export function program(
  declarations: readonly StatementDeclaration[],
  options: {
    readonly manifest?: Id;
    readonly conflicts?: ReadonlyMap<string, Conflicts>;
    readonly hash?: Hash;
  } = {},
): Program {
  const names = new Set(declarations.map(({ name }) => name));
  if (names.size !== declarations.length)
    throw new PoolError("bad-type", "types", "names of their own", "one name twice");
  for (const declaration of declarations) checked(declaration, names);
  const types = new Map(
    declarations.map((declaration) => [declaration.name, ready(declaration, options.conflicts ?? new Map())]),
  );
  types.set(saysType, builtIn(saysType, readQuotation));
  types.set(delegationType, builtIn(delegationType, readDelegation));
  return { manifest: options.manifest ?? manifestOf(declarations, options.hash ?? sha256), types };
}
