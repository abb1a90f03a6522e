import type { LinearProgram } from "../engines.ts";
import type { Objective, Problem } from "./question.ts";
import { toNumber } from "./rational.ts";

type Entry = readonly [number, number];

/** Prices that a solver has found, in floating point. */
export interface Prices {
  /** Per entry of the workload, per node: the price of its load row, in loads of `scale`. */
  readonly weights: readonly (readonly number[])[];
  /** Per measure: what one unit is worth. */
  readonly measures: { readonly [O in Objective]: number };
}

/** Columns are first made to keep to the limits ("limits": by how much are they missed?), then to the objective. */
export type Phase = "limits" | "objective";

/**
 * The part that all programs for a problem share: rows of load per node (or class of nodes that can be swapped), the three
 * measures, and which is minimised under which limits. Variables 0, 1, … of the first rows are the loads per entry of the workload.
 */
export class LoadProgram {
  readonly #problem: Problem;
  readonly #min: number[] = [];
  readonly #rows: { a: readonly Entry[]; lo: number; hi: number }[] = [];
  readonly #upper = new Map<number, number>();
  /** Per entry of the workload and class: the row of its load. */
  readonly #loadRows: { readonly entry: number; readonly nodes: readonly number[]; readonly row: number }[] =
    [];
  readonly #limitRows = new Map<Objective, number>();
  readonly #network: Entry[] = [];
  readonly #latency: Entry[] = [];
  /** How much a limit is missed; only while columns are first made to keep to limits. */
  readonly #misses: number[] = [];
  /** Loads are counted in this, so that coefficients lie around 1. */
  readonly scale: number;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.scale = Math.max(...problem.sides.flatMap(({ burden }) => burden.map(toNumber)), Number.MIN_VALUE);
    for (const _ of problem.shares) this.variable();
  }

  /** A new variable of at least 0. */
  variable(upper = Infinity): number {
    if (upper !== Infinity) this.#upper.set(this.#min.length, upper);
    return this.#min.push(0) - 1;
  }

  row(a: readonly Entry[], lo: number, hi: number): number {
    return this.#rows.push({ a, lo, hi }) - 1;
  }

  /** `uses` per side: variables that say how often each of these nodes is used, with coefficients. */
  loads(nodes: readonly number[], uses: readonly (readonly Entry[])[]): void {
    const { sides, shares } = this.#problem;
    for (const entry of shares.keys()) {
      const a = sides.flatMap(({ parts, burden }, s) => {
        const factor = (toNumber(parts[entry]!) * toNumber(burden[nodes[0]!]!)) / this.scale;
        return factor === 0 ? [] : uses[s]!.map(([v, c]) => [v, c * factor] as const);
      });
      if (a.length > 0)
        this.#loadRows.push({ entry, nodes, row: this.row([...merged(a), [entry, -1]], -Infinity, 0) });
    }
  }

  /** A variable of this side asks `nodes` nodes, and waits for `latency`. */
  count(side: number, variable: number, nodes: number, latency: number): void {
    const part = toNumber(this.#problem.sides[side]!.part);
    if (nodes !== 0) this.#network.push([variable, part * nodes]);
    if (latency !== 0) this.#latency.push([variable, part * latency]);
  }

  /** The program, complete. Once. */
  build(phase: Phase): LinearProgram {
    const { shares, objective, atMost } = this.#problem;
    const measures: Record<Objective, Entry[]> = {
      load: shares.map((share, entry) => [entry, toNumber(share)] as const),
      network: merged(this.#network),
      latency: merged(this.#latency),
    };
    for (const o of ["load", "network", "latency"] as const) {
      const limit = atMost[o];
      if (o === objective || limit === null) continue;
      const most = toNumber(limit) / (o === "load" ? this.scale : 1);
      const missed: Entry[] = phase === "limits" ? [[this.variable(), -1]] : [];
      this.#misses.push(...missed.map(([variable]) => variable));
      this.#limitRows.set(o, this.row([...measures[o], ...missed], -Infinity, most));
    }
    const goal =
      phase === "limits" ? this.#misses.map((variable) => [variable, 1] as const) : measures[objective];
    for (const [variable, coefficient] of goal) this.#min[variable]! += coefficient;
    return { min: this.#min, rows: this.#rows, upper: this.#upper };
  }

  /** Reads the prices of the rows as weights of nodes and worths of measures. */
  prices(dual: readonly number[], phase: Phase): Prices {
    const { universe, shares, objective } = this.#problem;
    const weights = shares.map(() => new Array<number>(universe.ids.length).fill(0));
    for (const { entry, nodes, row } of this.#loadRows)
      for (const v of nodes) weights[entry]![v] = Math.max(0, -dual[row]!) / nodes.length;
    // Of the objective and its prices, loads are counted in `scale`.
    const unit = (o: Objective): number => (o === "load" ? this.scale : 1);
    const worth = (o: Objective): number => {
      if (o === objective) return phase === "objective" ? 1 : 0;
      const row = this.#limitRows.get(o);
      return row === undefined ? 0 : (Math.max(0, -dual[row]!) * unit(objective)) / unit(o);
    };
    return {
      weights,
      measures: { load: worth("load"), network: worth("network"), latency: worth("latency") },
    };
  }
}

/** One entry per variable. */
function merged(entries: readonly Entry[]): Entry[] {
  const byVariable = new Map<number, number>();
  for (const [variable, coefficient] of entries)
    byVariable.set(variable, (byVariable.get(variable) ?? 0) + coefficient);
  return [...byVariable];
}
