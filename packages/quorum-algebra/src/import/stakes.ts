import { type Field, readCsv, type Separator, separatorOf } from "./csv.ts";
import { ImportError, type ImportNotice } from "./errors.ts";
import {
  assemble,
  type Draft,
  type ImportedValidators,
  type ValidatorWish,
  validatorOf,
} from "./validators.ts";

type Column = "id" | "stake" | "moniker" | "identity" | "key" | "operator";

/** Names under which columns are found, in small letters. */
const names: { readonly [K in Column]: readonly string[] } = {
  id: ["id", "validator", "address", "operator_address", "node", "public_key"],
  stake: ["stake", "tokens", "voting_power", "power", "weight", "bonded"],
  moniker: ["moniker", "name"],
  identity: ["identity"],
  key: ["key", "consensus_pubkey", "pub_key"],
  operator: ["operator", "organisation", "organization", "entity"],
};
const columns = Object.keys(names) as Column[];

/** How a CSV text of stakes is laid out. */
export interface CsvWish extends ValidatorWish {
  /** Which column holds what; by the usual names by default. */
  readonly columns?: { readonly [K in Column]?: string };
  /** The one that the first line has most of by default. */
  readonly separator?: Separator;
  /** Stakes are in whole coins of so many decimals: with 6, `12.5` is 12 500 000. 0 by default: only whole numbers. */
  readonly decimals?: number;
}

/**
 * Stakes from a CSV text (RFC 4180) whose first line names the columns: an id and a stake, and what else is known.
 *
 * @example
 * csvValidators("id,stake,operator\na,60,x\nb,40,x\n");
 * @throws ImportError with line and column: `syntax`, `shape`, `stake`, `duplicate`, `size`.
 */
export function csvValidators(text: string, wish: CsvWish = {}): ImportedValidators {
  const [header, ...records] = readCsv(text, wish.separator ?? separatorOf(text));
  if (header === undefined)
    throw new ImportError("shape", { line: 1, column: 1 }, "a line that names the columns", "an empty text");
  const { found, notices } = columnsOf(header, wish);
  const drafts = records.map((record): Draft => {
    const last = record.at(-1)!;
    if (record.length !== header.length)
      throw new ImportError(
        "shape",
        placeOf(last),
        `${header.length} fields as in the first line`,
        record.length,
      );
    const field = (column: Column): Field | undefined => {
      const index = found.get(column);
      return index === undefined ? undefined : record[index];
    };
    const [id, stake] = [field("id")!, field("stake")!];
    if (id.text.trim() === "") throw new ImportError("shape", placeOf(id), "an id", id.text);
    const text = (column: Column): string | undefined => field(column)?.text.trim() || undefined;
    const validator = validatorOf(id.text.trim(), stakeOf(stake, wish.decimals ?? 0), {
      moniker: text("moniker"),
      identity: text("identity"),
      key: text("key"),
      operator: text("operator"),
    });
    return { place: placeOf(id), stakePlace: placeOf(stake), validator };
  });
  return assemble(drafts, {}, wish, notices);
}

function placeOf({ line, column }: Field): { line: number; column: number } {
  return { line, column };
}

/** The index of every column that is there; columns that nobody asks for are noticed. */
function columnsOf(
  header: readonly Field[],
  wish: CsvWish,
): { found: ReadonlyMap<Column, number>; notices: readonly ImportNotice[] } {
  const given = header.map(({ text }) => text.trim().toLowerCase());
  const found = new Map<Column, number>();
  for (const column of columns) {
    const asked = wish.columns?.[column];
    const wanted = asked === undefined ? names[column] : [asked.toLowerCase()];
    const hits = wanted.flatMap((name) => given.flatMap((other, i) => (other === name ? [i] : [])));
    if (asked === undefined ? hits.length > 0 : hits.length === 1) found.set(column, hits[0]!);
    if (given.filter((name) => name === given[hits[0] ?? -1]).length > 1)
      throw new ImportError("duplicate", placeOf(header[hits[1]!]!), "every column once", given[hits[1]!]);
    if (!found.has(column) && (asked !== undefined || column === "id" || column === "stake"))
      throw new ImportError(
        "shape",
        placeOf(header[0]!),
        `a column ${wanted.join(" or ")}`,
        given.join(", "),
      );
  }
  const used = new Set(found.values());
  const notices = header.flatMap((field, i) =>
    used.has(i) ? [] : [{ place: placeOf(field), text: `column ${JSON.stringify(field.text)} is not used` }],
  );
  return { found, notices };
}

function stakeOf(field: Field, decimals: number): bigint {
  const [, whole, part = ""] = /^\s*([0-9]{1,60})(?:\.([0-9]+))?\s*$/.exec(field.text) ?? [];
  if (whole === undefined || part.length > decimals)
    throw new ImportError(
      "stake",
      placeOf(field),
      decimals === 0 ? "a whole number without sign" : `a number with at most ${decimals} decimals`,
      field.text,
    );
  return BigInt(whole + part.padEnd(decimals, "0"));
}
