import type { NodeId } from "@eunomia/engine";
import { SimulationError } from "../errors.ts";
import type { Draw } from "../types.ts";

/** A node, or one of its copies: 0 is the first. */
export interface TwinsEnd {
  readonly node: NodeId;
  readonly copy: number;
}

/** Who leads and who talks to whom in one round. */
export interface TwinsRound {
  readonly leader: NodeId;
  /** Blocks of ends; messages between blocks are lost. */
  readonly partition: readonly (readonly TwinsEnd[])[];
}

/** What is enumerated. */
export interface TwinsScope {
  readonly nodes: readonly NodeId[];
  /** The nodes that run more than once under one identity, with the number of their copies. */
  readonly copies: Readonly<Record<NodeId, number>>;
  readonly rounds: number;
  /** At most so many blocks at once. Default 2. */
  readonly partitions?: number;
  /** Who may lead. Default: any node. */
  readonly leaders?: readonly NodeId[];
  /** Nodes whose names nothing depends on, in groups: scenarios that differ by renaming within them are one. Default: none. */
  readonly interchangeable?: readonly (readonly NodeId[])[];
}

/** More ends, or more kinds of rounds, than this are refused: nobody could go through them. */
const endsMax = 10;
const kindsMax = 100_000;

/**
 * All scenarios of a scope: partitions of the nodes with their copies, times leaders, times rounds. Of scenarios that differ
 * only in the names of interchangeable nodes or in the numbers of the copies of a node there is one: what copies are asked for
 * must then differ in names only, too.
 *
 * @example
 * const scenarios = new TwinsScenarios({ nodes: ["a", "b", "c", "d"], copies: { d: 2 }, rounds: 2, leaders: ["d"] });
 * for (const rounds of scenarios.all()) runTwins(subject, rounds);
 */
export class TwinsScenarios {
  /** Every different round, whatever comes before and after. */
  readonly kinds: readonly TwinsRound[];
  /** So many scenarios there would be without symmetry. */
  readonly unpruned: number;
  readonly #rounds: number;
  /** For each symmetry, the kind that each kind becomes. */
  readonly #symmetries: readonly Uint32Array[];

  /** @throws SimulationError `bad-option` for nodes that are not there, or more of everything than can be gone through. */
  constructor(scope: TwinsScope) {
    const { nodes, copies, rounds, partitions = 2, leaders = nodes, interchangeable = [] } = scope;
    checkScope(scope);
    const ends = nodes.flatMap((node) =>
      Array.from({ length: copies[node] ?? 1 }, (_, copy) => ({ node, copy })),
    );
    if (ends.length > endsMax)
      refuse(`"nodes" with their copies expected ${endsMax} at most, got ${ends.length}`);
    const blocks = partitionsOf(ends.length, partitions);
    if (blocks.length * leaders.length > kindsMax)
      refuse(
        `"partitions" times "leaders" expected ${kindsMax} at most, got ${blocks.length * leaders.length}`,
      );
    this.kinds = leaders.flatMap((leader) =>
      blocks.map((block) => ({ leader, partition: partitionOf(ends, block) })),
    );
    this.unpruned = this.kinds.length ** rounds;
    this.#rounds = rounds;
    const place = new Map(blocks.map((block, at) => [block.join(), at]));
    this.#symmetries = symmetriesOf(ends, leaders, interchangeable).map(({ to, leader }) =>
      Uint32Array.from(this.kinds, (_, kind) => {
        const block = blocks[kind % blocks.length]!;
        const moved: number[] = [];
        for (const [from, end] of to.entries()) moved[end] = block[from]!;
        return leader[Math.floor(kind / blocks.length)]! * blocks.length + place.get(numbered(moved).join())!;
      }),
    );
  }

  /** How many symmetries there are, with the one that changes nothing. */
  get symmetries(): number {
    return this.#symmetries.length;
  }

  /** Each scenario once. */
  *all(): Generator<readonly TwinsRound[]> {
    yield* this.#from([], this.#symmetries);
  }

  /** A scenario as a text, such as `12.40`: its rounds by their place in `kinds`. */
  nameOf(rounds: readonly TwinsRound[]): string {
    return rounds.map((round) => this.kinds.indexOf(round)).join(".");
  }

  /**
   * The scenario of a name.
   *
   * @throws SimulationError `bad-option` for a name that `nameOf` has not given under the same scope.
   */
  named(name: string): readonly TwinsRound[] {
    const rounds = name.split(".").map((kind) => (/^\d+$/.test(kind) ? this.kinds[Number(kind)] : undefined));
    const known = rounds.filter((round) => round !== undefined);
    if (known.length !== rounds.length || known.length !== this.#rounds)
      refuse(
        `a scenario expected ${this.#rounds} numbers below ${this.kinds.length} with dots between them, got "${name}"`,
      );
    return known;
  }

  /** Any scenario, uniformly among all without regard to symmetry. */
  random(draw: Draw): readonly TwinsRound[] {
    return Array.from({ length: this.#rounds }, () => {
      // One choice has at most 65 536 values, and there may be more kinds.
      const high = draw.below(65_536);
      return this.kinds[Math.floor(((high * 65_536 + draw.below(65_536)) / 2 ** 32) * this.kinds.length)]!;
    });
  }

  /**
   * A sequence of rounds is the least of those that symmetries make of it exactly if its first round is the least of its own,
   * and the rest is the least under the symmetries that leave the first round as it is.
   */
  *#from(before: readonly TwinsRound[], fixing: readonly Uint32Array[]): Generator<readonly TwinsRound[]> {
    if (before.length === this.#rounds) {
      yield before;
      return;
    }
    for (const [kind, round] of this.kinds.entries()) {
      if (fixing.some((symmetry) => symmetry[kind]! < kind)) continue;
      yield* this.#from(
        [...before, round],
        fixing.filter((symmetry) => symmetry[kind] === kind),
      );
    }
  }
}

function refuse(what: string): never {
  throw new SimulationError("bad-option", `${what}: make the scope smaller or correct it`);
}

function checkScope({
  nodes,
  copies,
  rounds,
  partitions = 2,
  leaders = nodes,
  interchangeable = [],
}: TwinsScope): void {
  const known = new Set(nodes);
  for (const name of [...Object.keys(copies), ...leaders, ...interchangeable.flat()])
    if (!known.has(name)) refuse(`"copies", "leaders" and "interchangeable" expected nodes, got "${name}"`);
  for (const [name, least, got] of [
    ["rounds", 1, rounds],
    ["partitions", 1, partitions],
    ["leaders", 1, leaders.length],
    ...Object.values(copies).map((count) => ["copies", 1, count] as const),
  ] as const)
    if (!Number.isSafeInteger(got) || got < least)
      refuse(`"${name}" expected a whole number from ${least}, got ${got}`);
}

/** All ways to put so many things into at most `most` blocks: the block of each, blocks numbered as they come up. */
function partitionsOf(count: number, most: number): number[][] {
  let all: number[][] = [[]];
  for (let thing = 0; thing < count; thing += 1)
    all = all.flatMap((blocks) => {
      const used = Math.max(-1, ...blocks) + 1;
      return Array.from({ length: Math.min(used + 1, most) }, (_, block) => [...blocks, block]);
    });
  return all;
}

/** Blocks numbered as they come up. */
function numbered(blocks: readonly number[]): number[] {
  const names = new Map<number, number>();
  return blocks.map((block) => {
    if (!names.has(block)) names.set(block, names.size);
    return names.get(block)!;
  });
}

function partitionOf(ends: readonly TwinsEnd[], blocks: readonly number[]): TwinsEnd[][] {
  const partition: TwinsEnd[][] = [];
  for (const [at, block] of blocks.entries()) {
    partition[block] ??= [];
    partition[block].push(ends[at]!);
  }
  return partition;
}

interface Symmetry {
  /** Where each end goes. */
  readonly to: readonly number[];
  /** What each leader becomes, by its place in the list of leaders. */
  readonly leader: readonly number[];
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}

/** Every way to choose one of each list. */
function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((head) => list.map((item) => [...head, item])), [[]]);
}

/** Renamings within groups, and of the copies of each node, that keep copies with their kind and leaders among leaders. */
function symmetriesOf(
  ends: readonly TwinsEnd[],
  leaders: readonly NodeId[],
  groups: readonly (readonly NodeId[])[],
): Symmetry[] {
  const nodes = [...new Set(ends.map(({ node }) => node))];
  const copiesOf = (node: NodeId): number[] =>
    ends.filter((end) => end.node === node).map(({ copy }) => copy);
  const renamings = product(groups.map((group) => permutations(group))).map(
    (images) =>
      new Map(groups.flatMap((group, g) => group.map((node, at) => [node, images[g]![at]!] as const))),
  );
  const sound = renamings.filter((renaming) =>
    [...renaming].every(
      ([node, image]) =>
        copiesOf(node).length === copiesOf(image).length &&
        leaders.includes(node) === leaders.includes(image),
    ),
  );
  return sound.flatMap((renaming) =>
    product(nodes.map((node) => permutations(copiesOf(node)))).map((shuffled) => ({
      to: ends.map(({ node, copy }) => {
        const image = renaming.get(node) ?? node;
        const imageCopy = shuffled[nodes.indexOf(node)]![copy]!;
        return ends.findIndex((end) => end.node === image && end.copy === imageCopy);
      }),
      leader: leaders.map((node) => leaders.indexOf(renaming.get(node) ?? node)),
    })),
  );
}
