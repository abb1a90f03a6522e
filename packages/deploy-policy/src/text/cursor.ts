import { PolicySyntaxError } from "../errors.ts";
import { type Place, reserved } from "./ast.ts";
import { type Token, tokenize } from "./lexer.ts";

/** A walk over the tokens of a text that fails with the place and what was expected there. */
export class Cursor {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  get done(): boolean {
    return this.next.kind === "end";
  }

  get place(): Place {
    const { offset } = this.next;
    const before = this.#source.slice(0, offset);
    return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
  }

  fail(expected: readonly string[]): never {
    const { kind, text, offset } = this.next;
    const got = kind === "end" ? "the end of the text" : `"${text}"`;
    throw new PolicySyntaxError(this.#source, offset, expected, got);
  }

  sees(text: string): boolean {
    return this.next.text === text;
  }

  accept(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string, others: readonly string[] = []): void {
    if (!this.accept(text)) this.fail([...others, text]);
  }

  /** One of these words. */
  word<Word extends string>(words: readonly Word[]): Word {
    const found = words.find((word) => word === this.next.text);
    if (found === undefined) this.fail(words);
    this.#at++;
    return found;
  }

  /** A name that may be given to somebody or something. */
  name(what: string): string {
    const { kind, text } = this.next;
    if (kind !== "name" || reserved.has(text)) this.fail([what]);
    this.#at++;
    return text;
  }

  names(what: string): readonly string[] {
    const names = [this.name(what)];
    while (this.accept(",")) names.push(this.name(what));
    return names;
  }

  value(kind: "number" | "duration", what: string): number {
    const token = this.next;
    if (token.kind !== kind) return this.fail([what]);
    this.#at++;
    return token.value;
  }

  /** What stands in parentheses, in one spelling. */
  argument(): string {
    this.expect("(");
    const parts: string[] = [];
    for (let depth = 0; !(depth === 0 && this.sees(")")); this.#at++) {
      const { kind, text } = this.next;
      if (kind === "end" || [";", ":", "[", "]"].includes(text)) this.fail([")"]);
      depth += text === "(" ? 1 : text === ")" ? -1 : 0;
      parts.push(text);
    }
    if (parts.length === 0) this.fail(["a name", "a quorum"]);
    this.expect(")");
    return spaced(parts);
  }
}

/** Tokens of a quorum with spaces where `print` of quorums puts them; two words stay two. */
function spaced(parts: readonly string[]): string {
  return parts
    .map((part, at) => {
      if (part === ",") return ", ";
      if (["&", "|", ">=", "==", ">"].includes(part)) return ` ${part} `;
      return isWord(part) && at > 0 && isWord(parts[at - 1]!) ? ` ${part}` : part;
    })
    .join("");
}

const isWord = (part: string): boolean => /^[A-Za-z0-9_]/.test(part);
