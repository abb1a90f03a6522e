import { PolicySyntaxError } from "../errors.ts";

/** `end`: offset behind the token. A duration has its value in milliseconds. */
export type Token =
  | {
      readonly kind: "name" | "sign" | "end";
      readonly text: string;
      readonly offset: number;
      readonly end: number;
    }
  | {
      readonly kind: "number" | "duration";
      readonly text: string;
      readonly value: number;
      readonly offset: number;
      readonly end: number;
    };

/** Inner hyphens belong to a name if a letter or digit follows, as in `HMAC-SHA256`. */
const name = /[A-Za-z_](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9]))*/y;
const number = /([0-9]+)(ms|min|[shd])?(?![A-Za-z0-9_])/y;
const sign = /<->|->|>=|<=|==|\.\.|[[\]{}():;,=|&*/>]/y;
const space = /(?:[ \t\r\n]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;

/** The units of durations in milliseconds, the largest first. */
export const units: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  for (;;) {
    offset += matchAt(space, source, offset)?.[0].length ?? 0;
    if (offset === source.length) break;
    const token = tokenAt(source, offset);
    tokens.push(token);
    offset = token.end;
  }
  tokens.push({ kind: "end", text: "", offset, end: offset });
  return tokens;
}

function tokenAt(source: string, offset: number): Token {
  const word = matchAt(name, source, offset)?.[0];
  if (word !== undefined) return { kind: "name", text: word, offset, end: offset + word.length };
  const digits = matchAt(number, source, offset);
  if (digits !== null) return numberAt(source, offset, digits[0], digits[1]!, digits[2]);
  if (source.startsWith("/*", offset))
    throw new PolicySyntaxError(source, offset, ["*/"], "the end of the text");
  const mark = matchAt(sign, source, offset)?.[0];
  if (mark !== undefined) return { kind: "sign", text: mark, offset, end: offset + mark.length };
  const got = JSON.stringify(String.fromCodePoint(source.codePointAt(offset)!));
  throw new PolicySyntaxError(source, offset, ["a name", "a number", "a sign of this language"], got);
}

function numberAt(
  source: string,
  offset: number,
  text: string,
  digits: string,
  unit: string | undefined,
): Token {
  const scale = units.find(([name]) => name === unit)?.[1] ?? 1;
  const value = Number(digits) * scale;
  if (!Number.isSafeInteger(value))
    throw new PolicySyntaxError(source, offset, ["a number below 2^53"], `"${text}"`);
  const kind = unit === undefined ? "number" : "duration";
  return { kind, text, value, offset, end: offset + text.length };
}

function matchAt(pattern: RegExp, source: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(source);
}
