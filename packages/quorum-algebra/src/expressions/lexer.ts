import { QuorumSyntaxError } from "../errors.ts";

export type Token =
  /** A bare name, or a quoted id (which is never a group, a function or a constant). */
  | { readonly kind: "name" | "quoted"; readonly text: string; readonly offset: number }
  | { readonly kind: "number"; readonly value: bigint; readonly text: string; readonly offset: number }
  | { readonly kind: "sign"; readonly text: string; readonly offset: number }
  | { readonly kind: "end"; readonly text: ""; readonly offset: number };

/** Inner hyphens belong to a name if a letter or digit follows. */
const name = /[A-Za-z_](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9]))*/y;
const number = /[0-9]+/y;
const sign = />=|==|\.\.|[>{}()&|,*/]/y;
const space = /(?:[ \t\r\n]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const quoted = /"(?:[^"\\\n]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;

/** Can the id stand without quotes? */
export function isName(id: string): boolean {
  return matchAt(name, id, 0) === id;
}

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  for (;;) {
    offset += matchAt(space, source, offset).length;
    if (offset === source.length) break;
    const token = tokenAt(source, offset);
    tokens.push(token.token);
    offset += token.length;
  }
  tokens.push({ kind: "end", text: "", offset });
  return tokens;
}

function tokenAt(source: string, offset: number): { token: Token; length: number } {
  const word = matchAt(name, source, offset);
  if (word !== "") return { token: { kind: "name", text: word, offset }, length: word.length };
  const digits = matchAt(number, source, offset);
  if (digits !== "") {
    if (digits.length > digitsMax)
      throw new QuorumSyntaxError(
        "range",
        source,
        offset,
        [`a number of at most ${digitsMax} digits`],
        digits,
      );
    return { token: { kind: "number", value: BigInt(digits), text: digits, offset }, length: digits.length };
  }
  const string = matchAt(quoted, source, offset);
  if (string !== "")
    return {
      token: { kind: "quoted", text: JSON.parse(withoutControls(string)), offset },
      length: string.length,
    };
  if (source[offset] === '"')
    throw new QuorumSyntaxError(
      "unterminated",
      source,
      offset,
      ["a quoted id on one line"],
      "no closing quote",
    );
  if (source.startsWith("/*", offset))
    throw new QuorumSyntaxError("unterminated", source, offset, ["*/"], "the end of the text");
  const mark = matchAt(sign, source, offset);
  if (mark !== "") return { token: { kind: "sign", text: mark, offset }, length: mark.length };
  const got = JSON.stringify(String.fromCodePoint(source.codePointAt(offset)!));
  throw new QuorumSyntaxError("character", source, offset, ["an id", "a number", "one of {}()&|,*/>"], got);
}

/** Converting more digits than this takes time that grows with their square. */
const digitsMax = 1_000;

/** JSON refuses raw control characters in a string, the syntax here only a newline. */
function withoutControls(string: string): string {
  return [...string]
    .map((c) => (c < " " ? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}` : c))
    .join("");
}

function matchAt(pattern: RegExp, source: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(source)?.[0] ?? "";
}
