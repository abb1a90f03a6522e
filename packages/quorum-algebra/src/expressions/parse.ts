import { QuorumError, QuorumSyntaxError, type QuorumSyntaxErrorCode } from "../errors.ts";
import { and, constant, type Expr, node, or, thresholdOf, weightedOf } from "./expr.ts";
import { type Token, tokenize } from "./lexer.ts";
import { bound, expandRange, type Groups, isList, listMembers } from "./members.ts";

/** A member of a set; `weight` null: none was written. */
interface Member {
  readonly expr: Expr;
  readonly weight: bigint | null;
}

const depthMax = 200;

/**
 * Reads the text form of an expression:
 *
 * ```text
 * quorum = conj { "|" conj }            conj = atom { "&" atom }
 * atom   = "(" quorum ")" | id | "true" | "false" | set compare | function "(" [ members ] ")"
 * set    = group | "{" [ members ] "}"  compare = (">=" | "==" | ">") (number | number "/" number)
 * member = quorum [ "*" number ] | group [ "*" ] | id ".." id        function = "majority" | "all" | "any"
 * ```
 *
 * `== k` chooses exactly k, which as a condition is `>= k`. A fraction is of the number of members, or of their weight
 * once any weight is written or comes with a group. Names are letters, digits, `_` and inner hyphens; other ids stand in
 * double quotes. Comments are `// …` to the end of the line, and those between a slash
 * with a star and a star with a slash.
 *
 * @example
 * parse("{a, b, c} >= 2 & majority(n1..n5)");
 * parse("{red*} > 2/3", { red: new Map([["a", 10n], ["b", 7n], ["c", 5n]]) });
 * @throws QuorumSyntaxError with the place and what was expected there.
 */
export function parse(source: string, groups: Groups = {}): Expr {
  return new Parser(source, groups).whole();
}

class Parser {
  readonly #source: string;
  readonly #groups: Groups;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(source: string, groups: Groups) {
    this.#source = source;
    this.#groups = groups;
    this.#tokens = tokenize(source);
  }

  whole(): Expr {
    const expr = this.#quorum();
    if (this.#next.kind !== "end") this.#fail("unexpected", ["&", "|", "the end"]);
    return expr;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #fail(code: QuorumSyntaxErrorCode, expected: readonly string[], token = this.#next): never {
    const got = token.kind === "end" ? "the end of the text" : `"${token.text}"`;
    throw new QuorumSyntaxError(code, this.#source, token.offset, expected, got);
  }

  #accept(sign: string): boolean {
    if (this.#next.kind !== "sign" || this.#next.text !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string, others: readonly string[] = []): void {
    if (!this.#accept(sign)) this.#fail("unexpected", [...others, sign]);
  }

  #quorum(): Expr {
    if (++this.#depth > depthMax) this.#fail("depth", [`nesting of at most ${depthMax}`]);
    const parts = [this.#conj()];
    while (this.#accept("|")) parts.push(this.#conj());
    this.#depth--;
    return parts.length === 1 ? parts[0]! : or(...parts);
  }

  #conj(): Expr {
    const parts = [this.#atom()];
    while (this.#accept("&")) parts.push(this.#atom());
    return parts.length === 1 ? parts[0]! : and(...parts);
  }

  #atom(): Expr {
    const token = this.#next;
    if (this.#accept("(")) {
      const inner = this.#quorum();
      this.#expect(")", ["&", "|"]);
      return inner;
    }
    if (this.#accept("{")) return this.#comparison(this.#members("}"));
    if (token.kind === "quoted") {
      this.#at++;
      return this.#node(token);
    }
    if (token.kind !== "name") this.#fail("unexpected", ["an id", "{", "("]);
    this.#at++;
    return this.#named(token);
  }

  #named(token: Token): Expr {
    const group = bound(this.#groups, token.text);
    if (isList(group))
      return this.#comparison(listMembers(group).map(([id, weight]) => ({ expr: node(id), weight })));
    if (group !== undefined) return group as Expr;
    if (["majority", "all", "any"].includes(token.text) && this.#accept("("))
      return this.#call(token, this.#members(")"));
    if (token.text === "true" || token.text === "false") return constant(token.text === "true");
    return this.#node(token);
  }

  #node(token: Token): Expr {
    try {
      return node(token.text);
    } catch (error) {
      if (error instanceof QuorumError) this.#fail("range", ["a non-empty well-formed id"], token);
      throw error;
    }
  }

  #call(token: Token, members: readonly Member[]): Expr {
    if (members.some(({ weight }) => weight !== null)) {
      if (token.text === "majority") return this.#gate(members, fraction(members, 1n, 2n, true), token);
      return this.#fail("group", [`members without weights in "${token.text}"`], token);
    }
    const exprs = members.map(({ expr }) => expr);
    if (token.text === "all") return and(...exprs);
    if (token.text === "any") return or(...exprs);
    return thresholdOf(Math.floor(exprs.length / 2) + 1, exprs);
  }

  #members(close: "}" | ")"): Member[] {
    const members: Member[] = [];
    if (this.#accept(close)) return members;
    do {
      members.push(...this.#member());
    } while (this.#accept(","));
    this.#expect(close, [","]);
    return members;
  }

  #member(): Member[] {
    const token = this.#next;
    const after = this.#tokens[this.#at + 1];
    const group = token.kind === "name" ? bound(this.#groups, token.text) : undefined;
    // A list followed by a comparison is a condition of its own, not the list's members.
    if (isList(group) && !(after?.kind === "sign" && [">=", "==", ">"].includes(after.text))) {
      this.#at++;
      if (this.#accept("*") && this.#next.kind === "number")
        this.#fail("group", ["no weight: the members of a list bring their own"]);
      return listMembers(group).map(([id, weight]) => ({ expr: node(id), weight }));
    }
    if (after?.kind === "sign" && after.text === "..") return this.#range(token);
    const expr = this.#quorum();
    return [{ expr, weight: this.#accept("*") ? this.#number().value : null }];
  }

  #range(first: Token): Member[] {
    this.#at += 2;
    const last = this.#next;
    if (first.kind === "number" || (last.kind !== "name" && last.kind !== "quoted"))
      this.#fail("unexpected", ["an id"], first.kind === "number" ? first : last);
    const ids = expandRange(first.text, last.text);
    if (ids === null) this.#fail("range", [`the last id of a range that begins with "${first.text}"`], last);
    this.#at++;
    return ids.map((id) => ({ expr: node(id), weight: null }));
  }

  #number(): Token & { kind: "number" } {
    const token = this.#next;
    if (token.kind !== "number") return this.#fail("unexpected", ["a number"]);
    this.#at++;
    return token;
  }

  #comparison(members: readonly Member[]): Expr {
    const strict = this.#accept(">");
    if (!strict && !this.#accept("==")) this.#expect(">=", [">", "=="]);
    const number = this.#number();
    if (!this.#accept("/")) return this.#gate(members, number.value + (strict ? 1n : 0n), number);
    const denominator = this.#number();
    if (denominator.value === 0n || number.value > denominator.value)
      this.#fail("range", ["a fraction of at most 1"], denominator);
    return this.#gate(members, fraction(members, number.value, denominator.value, strict), number);
  }

  #gate(members: readonly Member[], k: bigint, place: Token): Expr {
    if (members.some(({ weight }) => weight !== null))
      return weightedOf(
        k,
        members.map(({ expr, weight }) => [weight ?? 1n, expr] as const),
      );
    if (k > BigInt(Number.MAX_SAFE_INTEGER)) this.#fail("range", ["a count below 2^53"], place);
    return thresholdOf(
      Number(k),
      members.map(({ expr }) => expr),
    );
  }
}

/** Least k that is at least (strict: above) the fraction p/q of the total weight. */
function fraction(members: readonly Member[], p: bigint, q: bigint, strict: boolean): bigint {
  const total = members.reduce((sum, { weight }) => sum + (weight ?? 1n), 0n);
  return strict ? (p * total) / q + 1n : (p * total + q - 1n) / q;
}
