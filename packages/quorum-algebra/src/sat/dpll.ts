import type { Limits } from "../answers.ts";
import type { Cnf, SatSession } from "../engines.ts";
import { Budget } from "../limits.ts";
import { ActivityHeap } from "./heap.ts";

/** Conflicts until the first restart; the following waits are this times 1, 1, 2, 1, 1, 2, 4, … (Luby). */
const restartUnit = 64;
/** Learned clauses that are kept; then the longer half goes, and more are allowed. */
const learnedFirst = 1_000;

/** A clause as codes of literals: 2v for v true, 2v + 1 for v false. The first two are watched. */
interface Clause {
  readonly codes: number[];
  readonly learned: boolean;
  gone: boolean;
}

const code = (literal: number): number => (literal > 0 ? 2 * literal : -2 * literal + 1);

/**
 * The built-in solver: Davis, Putnam, Logemann, Loveland with two watched literals, clause learning, restarts and
 * remembered phases. Enough for systems of some dozen nodes; a real solver is ten to a hundred times faster. Of the limits a
 * step is a decision or a conflict, unlimited by default.
 *
 * @example
 * const session = dpll({ vars: 2, clauses: [[1, 2], [-1]] });
 * session.solve(); // "sat"
 * session.value(2); // true
 * session.solve([-2]); // "unsat"
 */
export function dpll(cnf: Cnf): SatSession {
  return new Dpll(cnf);
}

class Dpll implements SatSession {
  readonly #waiting = new ActivityHeap();
  /** Per code: 1 true, -1 false, 0 open. */
  readonly #truth: number[] = [0, 0];
  readonly #watches: Clause[][] = [[], []];
  readonly #level: number[] = [0];
  readonly #reason: (Clause | null)[] = [null];
  readonly #phase: boolean[] = [false];
  readonly #seen: boolean[] = [false];
  readonly #trail: number[] = [];
  readonly #trailStart: number[] = [];
  #learned: Clause[] = [];
  #learnedMax = learnedFirst;
  #propagated = 0;
  #contradiction = false;
  #closed = false;
  #model: boolean[] = [];

  constructor({ vars, clauses }: Cnf) {
    this.#reach(vars);
    for (const clause of clauses) this.add(clause);
  }

  add(clause: readonly number[]): void {
    this.#backtrack(0);
    const codes = [...new Set(clause.map(code))];
    for (const c of codes) this.#reach(c >>> 1);
    if (codes.some((c) => codes.includes(c ^ 1) || this.#truth[c] === 1)) return;
    const open = codes.filter((c) => this.#truth[c] === 0);
    if (open.length === 0) this.#contradiction = true;
    else if (open.length === 1) this.#set(open[0]!, null);
    else this.#watch({ codes: open, learned: false, gone: false });
  }

  solve(assume: readonly number[] = [], limits: Limits = {}): "sat" | "unsat" | "unknown" {
    if (this.#closed) throw new Error('"session" expected an open one, got a closed one: open another');
    const budget = new Budget(limits, Number.POSITIVE_INFINITY);
    const assumed = assume.map(code);
    for (const c of assumed) this.#reach(c >>> 1);
    this.#backtrack(0);
    let restarts = 0;
    let untilRestart = restartUnit;
    while (!this.#contradiction) {
      const conflict = this.#propagate();
      if (conflict !== null) {
        if (this.#trailStart.length === 0) {
          this.#contradiction = true;
          break;
        }
        this.#learn(conflict);
        untilRestart--;
      } else if (untilRestart <= 0) {
        untilRestart = restartUnit * luby(++restarts);
        this.#backtrack(0);
        this.#forget();
      } else {
        const next = this.#decide(assumed);
        if (next === "refuted") return "unsat";
        if (next === null) {
          this.#model = this.#level.map((_, v) => this.#truth[2 * v] === 1);
          return "sat";
        }
        this.#trailStart.push(this.#trail.length);
        if (this.#truth[next] === 0) this.#set(next, null);
      }
      if (!budget.spend()) return "unknown";
    }
    return "unsat";
  }

  value(variable: number): boolean {
    return this.#model[variable] ?? false;
  }

  close(): void {
    this.#closed = true;
    this.#learned = [];
    for (const watch of this.#watches) watch.length = 0;
  }

  /** Makes room for variables up to this one. */
  #reach(variable: number): void {
    for (let v = this.#level.length; v <= variable; v++) {
      this.#truth.push(0, 0);
      this.#watches.push([], []);
      this.#level.push(0);
      this.#reason.push(null);
      this.#phase.push(false);
      this.#seen.push(false);
      this.#waiting.insert(v);
    }
  }

  #watch(clause: Clause): void {
    this.#watches[clause.codes[0]!]!.push(clause);
    this.#watches[clause.codes[1]!]!.push(clause);
  }

  #set(c: number, reason: Clause | null): void {
    this.#truth[c] = 1;
    this.#truth[c ^ 1] = -1;
    this.#level[c >>> 1] = this.#trailStart.length;
    this.#reason[c >>> 1] = reason;
    this.#trail.push(c);
  }

  #backtrack(level: number): void {
    if (this.#trailStart.length <= level) return;
    const start = this.#trailStart[level]!;
    for (let i = this.#trail.length - 1; i >= start; i--) {
      const c = this.#trail[i]!;
      this.#truth[c] = 0;
      this.#truth[c ^ 1] = 0;
      this.#phase[c >>> 1] = (c & 1) === 0;
      this.#waiting.insert(c >>> 1);
    }
    this.#trail.length = start;
    this.#trailStart.length = level;
    this.#propagated = Math.min(this.#propagated, start);
  }

  /** Follows clauses with one open literal; answers a clause that has become false. */
  #propagate(): Clause | null {
    const truth = this.#truth;
    while (this.#propagated < this.#trail.length) {
      const gone = this.#trail[this.#propagated++]! ^ 1;
      const watch = this.#watches[gone]!;
      let kept = 0;
      for (let i = 0; i < watch.length; i++) {
        const clause = watch[i]!;
        if (clause.gone) continue;
        const { codes } = clause;
        if (codes[0] === gone) {
          codes[0] = codes[1]!;
          codes[1] = gone;
        }
        const first = codes[0]!;
        if (truth[first] === 1 || !this.#moveWatch(clause)) watch[kept++] = clause;
        else continue;
        if (truth[first] === 0) this.#set(first, clause);
        else if (truth[first] === -1) {
          while (++i < watch.length) watch[kept++] = watch[i]!;
          watch.length = kept;
          return clause;
        }
      }
      watch.length = kept;
    }
    return null;
  }

  /** Watches another literal instead of the second one, which is false; no if all others are false, too. */
  #moveWatch(clause: Clause): boolean {
    const { codes } = clause;
    for (let k = 2; k < codes.length; k++) {
      if (this.#truth[codes[k]!] === -1) continue;
      const found = codes[k]!;
      codes[k] = codes[1]!;
      codes[1] = found;
      this.#watches[found]!.push(clause);
      return true;
    }
    return false;
  }

  /** Resolves backwards until one literal of the current level is left (first unique implication point), and jumps back. */
  #learn(conflict: Clause): void {
    const current = this.#trailStart.length;
    const codes = [0];
    const touched: number[] = [];
    let clause: Clause | null = conflict;
    let open = 0;
    let at = this.#trail.length;
    let uip = -1;
    do {
      for (const c of clause!.codes) {
        const v = c >>> 1;
        if (c === uip || this.#seen[v] || this.#level[v] === 0) continue;
        this.#seen[v] = true;
        touched.push(v);
        this.#waiting.bump(v);
        if (this.#level[v] === current) open++;
        else codes.push(c);
      }
      do uip = this.#trail[--at]!;
      while (!this.#seen[uip >>> 1]);
      clause = this.#reason[uip >>> 1]!;
      this.#seen[uip >>> 1] = false;
    } while (--open > 0);
    codes[0] = uip ^ 1;
    for (const v of touched) this.#seen[v] = false;
    this.#waiting.decay();

    // The second watch is the last of the others to become open again.
    let latest = 1;
    for (let i = 2; i < codes.length; i++)
      if (this.#level[codes[i]! >>> 1]! > this.#level[codes[latest]! >>> 1]!) latest = i;
    this.#backtrack(codes.length === 1 ? 0 : this.#level[codes[latest]! >>> 1]!);
    if (codes.length === 1) {
      this.#set(codes[0], null);
      return;
    }
    const second = codes[latest]!;
    codes[latest] = codes[1]!;
    codes[1] = second;
    const learned: Clause = { codes, learned: true, gone: false };
    this.#learned.push(learned);
    this.#watch(learned);
    this.#set(codes[0], learned);
  }

  /** Lets go of the longer half of the learned clauses when there are many. Only at level 0, where none is a reason any more. */
  #forget(): void {
    if (this.#learned.length < this.#learnedMax) return;
    this.#learned.sort((a, b) => a.codes.length - b.codes.length);
    const keep = this.#learned.length >>> 1;
    for (const clause of this.#learned.slice(keep)) clause.gone = clause.codes.length > 2;
    this.#learned = this.#learned.filter(({ gone }) => !gone);
    this.#learnedMax *= 1.2;
  }

  /** The next code to try: assumptions first; null when everything has its value. */
  #decide(assumed: readonly number[]): number | "refuted" | null {
    const level = this.#trailStart.length;
    if (level < assumed.length) return this.#truth[assumed[level]!] === -1 ? "refuted" : assumed[level]!;
    for (;;) {
      const v = this.#waiting.pop();
      if (v === undefined) return null;
      if (v > 0 && this.#truth[2 * v] === 0) return 2 * v + (this.#phase[v] ? 0 : 1);
    }
  }
}

/** 1, 1, 2, 1, 1, 2, 4, … from i = 1. */
function luby(i: number): number {
  let size = 1;
  while (size < i + 1) size *= 2;
  if (size === i + 1) return size / 2;
  return luby(i - size / 2 + 1);
}
