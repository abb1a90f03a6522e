import { encode } from "@eunomia/codec";
import { CheckerError } from "../error.ts";
import { canonicalText, textOf } from "../machine/plain.ts";
import type { Plan, PlannedProcess } from "../machine/plan.ts";
import { leavesOf, Renamer } from "./renaming.ts";

/** A renaming that makes of a configuration the same configuration. */
export interface Permutation {
  /** Of each process: whose place it takes. */
  readonly processes: readonly number[];
  /** Of each id that may move, ids of processes and declared values. */
  readonly ids: ReadonlyMap<string, string>;
}

/** More permutations than those of seven equal processes cost more than they save. */
const groupMax = 5040;
/** Assignments that are looked at in full. */
const trialsMax = 200_000;

function refuse(what: string): never {
  throw new CheckerError("reduction", what);
}

/** What must be equal of two processes that may take each other's place, whatever they are called. */
function signatureOf(process: PlannedProcess, movable: ReadonlySet<string>): string {
  const { engine, config, node, inputs, timers, budgets, history } = process;
  const leaves = leavesOf(config).map((leaf) =>
    typeof leaf === "string" && movable.has(leaf) ? "*" : canonicalText(leaf),
  );
  const asked = inputs.map(({ commands, after }) => [commands.length, after]);
  return canonicalText([engine.name, leaves.sort(), node.length, asked, timers, budgets, history !== null]);
}

const names = (value: unknown, movable: ReadonlySet<string>): boolean =>
  leavesOf(value).some((leaf) => typeof leaf === "string" && movable.has(leaf));

/**
 * A list in which every item names somebody says who is meant, not in which order: an engine that minds the order is found by
 * the check of steps.
 */
function unordered(value: unknown, movable: ReadonlySet<string>): unknown {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if (!Array.isArray(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, unordered(field, movable)]),
    );
  const items = value.map((item) => unordered(item, movable));
  if (!value.every((item) => names(item, movable))) return items;
  return items.map(canonicalText).sort();
}

/** Everything about a configuration that a renaming must keep. */
class Configuration {
  readonly #plan: Plan;
  readonly #values: readonly string[];
  readonly #renamer = new Renamer();
  readonly movable: ReadonlySet<string>;
  /** Ids that stand where renaming does not find them. */
  readonly #fixed = new Set<string>();
  readonly #texts: readonly string[];
  readonly signatures: readonly string[];

  constructor(plan: Plan, values: readonly string[]) {
    this.#plan = plan;
    this.#values = values;
    this.movable = new Set([...plan.byId.keys(), ...values]);
    for (const process of plan.processes) {
      const { config, command } = process.engine.schema;
      this.#findFixed(config, process.config);
      for (const input of process.inputs) for (const one of input.commands) this.#findFixed(command, one);
    }
    this.signatures = plan.processes.map((process) => signatureOf(process, this.movable));
    this.#texts = plan.processes.map((process) => this.#textOf(process, (id) => id));
  }

  mayMove(from: string, to: string): boolean {
    return from === to || !(this.#fixed.has(from) || this.#fixed.has(to));
  }

  /** Is every process, renamed, the process whose place it takes? */
  isKeptBy({ processes, ids }: Permutation): boolean {
    const to = (id: string) => ids.get(id) ?? id;
    return this.#plan.processes.every((process) => {
      const { index, node } = process;
      const target = this.#plan.processes[processes[index]!]!;
      return (
        node.every((other) => target.node.includes(processes[other]!)) &&
        this.#textOf(process, to) === this.#texts[target.index]
      );
    });
  }

  get values(): readonly string[] {
    return this.#values;
  }

  #findFixed(schema: Parameters<Renamer["count"]>[0], value: unknown): void {
    for (const [id, { opaque, all }] of this.#renamer.count(schema, value, this.movable))
      if (opaque !== all) this.#fixed.add(id);
  }

  #textOf({ engine, config, inputs, history, id }: PlannedProcess, to: (id: string) => string): string {
    const { schema } = engine;
    const renamed = this.#renamer.rename(schema.config, config, to);
    const commands = inputs.map((input) =>
      input.commands.map((one) =>
        textOf(encode(schema.command, this.#renamer.rename(schema.command, one, to))),
      ),
    );
    const ghost =
      history === null
        ? null
        : textOf(encode(history.schema, this.#renamer.rename(history.schema, history.start, to)));
    return canonicalText([to(id), unordered(renamed, this.movable), commands, ghost]);
  }
}

/**
 * All renamings of processes and of the given values that keep the configuration: every process has the same engine, timers,
 * budgets and inputs as the one whose place it takes, and its configuration, renamed, is that one's. Processes whose ids stand
 * in `orderedId` fields or texts stay where they are. The first one changes nothing.
 *
 * @throws CheckerError with code `reduction` if there are too many.
 */
export function automorphisms(plan: Plan, values: readonly string[] = []): readonly Permutation[] {
  for (const value of values)
    if (plan.byId.has(value)) refuse(`"values" expected ids of no process, got "${value}"`);
  const configuration = new Configuration(plan, values);
  const { processes } = plan;
  const found: Permutation[] = [];
  const places: number[] = [];
  const ids = new Map<string, string>();
  let trials = 0;
  const finish = () => {
    if (++trials > trialsMax)
      refuse(`"symmetry" expected fewer than ${trialsMax} renamings to try; use a smaller scope`);
    const permutation = { processes: [...places], ids: new Map(ids) };
    if (!configuration.isKeptBy(permutation)) return;
    found.push(permutation);
    if (found.length > groupMax)
      refuse(
        `"symmetry" expected at most ${groupMax} renamings that keep the configuration; use a smaller scope`,
      );
  };
  /** Tries `from` as `to`, and undoes it. */
  const trying = (from: string, to: string, then: () => void) => {
    const known = ids.get(from);
    if (known !== undefined) {
      if (known === to) then();
      return;
    }
    if (!configuration.mayMove(from, to) || [...ids.values()].includes(to)) return;
    ids.set(from, to);
    then();
    ids.delete(from);
  };
  const placeValue = (at: number): void => {
    if (at === values.length) return finish();
    for (const to of values) trying(values[at]!, to, () => placeValue(at + 1));
  };
  const placeProcess = (at: number): void => {
    if (at === processes.length) return placeValue(0);
    const candidates = [processes[at]!, ...processes.filter(({ index }) => index !== at)];
    for (const { index, id } of candidates) {
      if (places.includes(index) || configuration.signatures[index] !== configuration.signatures[at])
        continue;
      trying(processes[at]!.id, id, () => {
        places.push(index);
        placeProcess(at + 1);
        places.pop();
      });
    }
  };
  placeProcess(0);
  return found;
}

const keyOf = ({ processes, ids }: Permutation) => `${processes} ${[...ids.values()]}`;

/** A group of permutations by position; the first one changes nothing. */
export class Group {
  readonly permutations: readonly Permutation[];
  readonly #positions: ReadonlyMap<string, number>;
  /** Products with `first`, for each that was asked for. */
  readonly #rows: (Int32Array | undefined)[] = [];

  constructor(permutations: readonly Permutation[]) {
    this.permutations = permutations;
    this.#positions = new Map(permutations.map((one, at) => [keyOf(one), at]));
  }

  get size(): number {
    return this.permutations.length;
  }

  /** The one that does `first` and then `second`. */
  product(first: number, second: number): number {
    let row = this.#rows[first];
    if (row === undefined) {
      const one = this.permutations[first]!;
      row = Int32Array.from(this.permutations, (other) => {
        const processes = one.processes.map((place) => other.processes[place]!);
        const ids = new Map([...one.ids].map(([from, to]) => [from, other.ids.get(to)!]));
        return this.#positions.get(keyOf({ processes, ids }))!;
      });
      this.#rows[first] = row;
    }
    return row[second]!;
  }

  /** Few of the permutations, of which all others are products. */
  generators(): readonly number[] {
    const generators: number[] = [];
    let made = new Set([0]);
    for (let which = 0; which < this.size; which++) {
      if (made.has(which)) continue;
      generators.push(which);
      made = new Set([0]);
      // Sets visit what is added while they are visited.
      for (const one of made) for (const generator of generators) made.add(this.product(one, generator));
    }
    return generators;
  }
}
