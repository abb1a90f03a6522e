import { QuorumError, QuorumSyntaxError } from "../errors.ts";
import { and, type Expr, exprOf, node, or, type Quorums, thresholdOf } from "../expressions/expr.ts";

const token = /\s*(?:([A-Za-z_]\w*)|([0-9]{1,15})|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([-+*()[\],]))/y;
const depthMax = 200;
const reserved = new Set(["choose", "majority", "Node"]);

/**
 * Reads an expression of the Python library quoracle: `a*b + c*d`, `choose(2, [a, b, c])`, `majority([a, b, c])`,
 * `Node("a b")`. Times is "both", plus is "either", and binds less.
 *
 * @example
 * quoracleExpr("a*b + c*d");
 * @throws QuorumSyntaxError with the place.
 */
export function quoracleExpr(text: string): Expr {
  return new Reader(text).whole();
}

class Reader {
  readonly #text: string;
  #offset = 0;
  /** The token here, empty at the end, and where it begins. */
  #token = "";
  #begin = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text;
    this.#next();
  }

  whole(): Expr {
    const expr = this.#sum();
    if (this.#token !== "") throw this.#unexpected("+", "*", "the end");
    return expr;
  }

  #next(): void {
    token.lastIndex = this.#offset;
    const found = token.exec(this.#text);
    const rest = this.#text.slice(this.#offset).trimStart();
    this.#begin = this.#text.length - rest.length;
    this.#token = found === null ? "" : found[0].trimStart();
    if (found === null && rest !== "")
      throw this.#error("character", ["a name, a number, an operator or a bracket"], rest[0]!);
    this.#offset = this.#begin + this.#token.length;
  }

  #error(
    code: "character" | "unexpected" | "range" | "depth",
    expected: readonly string[],
    got: string,
  ): QuorumSyntaxError {
    return new QuorumSyntaxError(code, this.#text, this.#begin, expected, got);
  }

  #unexpected(...expected: readonly string[]): QuorumSyntaxError {
    return this.#error("unexpected", expected, this.#token === "" ? "the end" : this.#token);
  }

  #take(sign: string): void {
    if (this.#token !== sign) throw this.#unexpected(sign);
    this.#next();
  }

  #sum(): Expr {
    if (++this.#depth > depthMax) throw this.#error("depth", [`at most ${depthMax} levels`], this.#token);
    const parts = this.#parts("+", () => this.#product());
    this.#depth--;
    return parts.length === 1 ? parts[0]! : or(...parts);
  }

  #product(): Expr {
    const parts = this.#parts("*", () => this.#factor());
    return parts.length === 1 ? parts[0]! : and(...parts);
  }

  #parts(sign: string, part: () => Expr): Expr[] {
    const parts = [part()];
    while (this.#token === sign) {
      this.#next();
      parts.push(part());
    }
    return parts;
  }

  #factor(): Expr {
    if (this.#token === "(") {
      this.#next();
      const inside = this.#sum();
      this.#take(")");
      return inside;
    }
    const name = this.#token;
    if (!/^[A-Za-z_]/.test(name)) throw this.#unexpected("a node", "choose", "majority", "(");
    this.#next();
    if (!reserved.has(name)) return node(name);
    this.#take("(");
    const made = name === "Node" ? this.#named() : name === "choose" ? this.#choose() : this.#majority();
    this.#take(")");
    return made;
  }

  #named(): Expr {
    const quoted = this.#token;
    if (!/^["']./.test(quoted) || quoted.length < 3) throw this.#unexpected("a name in quotes");
    this.#next();
    return node(quoted.slice(1, -1).replace(/\\(.)/g, "$1"));
  }

  #choose(): Expr {
    if (!/^[0-9]/.test(this.#token)) throw this.#unexpected("a number");
    const [k, begin] = [Number(this.#token), this.#begin];
    this.#next();
    this.#take(",");
    const of = this.#list();
    if (k < 1 || k > of.length)
      throw new QuorumSyntaxError("range", this.#text, begin, [`a number from 1 to ${of.length}`], String(k));
    return thresholdOf(k, of);
  }

  #majority(): Expr {
    const of = this.#list();
    return thresholdOf(Math.floor(of.length / 2) + 1, of);
  }

  #list(): Expr[] {
    this.#take("[");
    const of = this.#parts(",", () => this.#sum());
    this.#take("]");
    return of;
  }
}

/**
 * The expression in quoracle's operators. Names that Python does not take as variables are printed as `Node("…")`.
 *
 * @throws QuorumError `weight` for a weighted gate, `shape` for a constant or a gate that never or always holds: quoracle has neither.
 */
export function printQuoracle(quorums: Quorums): string {
  return printed(exprOf(quorums)).text;
}

function printed(expr: Expr): { readonly text: string; readonly isSum: boolean } {
  if (expr.t === "node") return { text: nameOf(expr.id), isSum: false };
  if (expr.t === "wthr") throw new QuorumError("weight", "quoracle", "no weights", expr.k);
  if (expr.t === "const" || expr.k < 1 || expr.k > expr.of.length)
    throw new QuorumError("shape", "quoracle", "gates that neither always nor never hold", expr);
  const parts = expr.of.map(printed);
  if (parts.length === 1) return parts[0]!;
  if (expr.k === 1) return { text: parts.map(({ text }) => text).join(" + "), isSum: true };
  if (expr.k === parts.length) {
    const factors = parts.map(({ text, isSum }) => (isSum ? `(${text})` : text));
    return { text: factors.join(" * "), isSum: false };
  }
  return { text: `choose(${expr.k}, [${parts.map(({ text }) => text).join(", ")}])`, isSum: false };
}

function nameOf(id: string): string {
  if (/^[A-Za-z_]\w*$/.test(id) && !reserved.has(id)) return id;
  return `Node("${id.replace(/["\\]/g, "\\$&")}")`;
}
