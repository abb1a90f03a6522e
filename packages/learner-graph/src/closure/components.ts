import type { LearnerId, NodeId } from "@eunomia/engine";
import type { Condition } from "../labels/compiled.ts";
import type { Model } from "../model/model.ts";

/** Learners by group: two with one number must agree; -1 need not even agree with itself. */
export interface Components {
  readonly group: Int32Array;
  /** The same as lists, groups and members in ascending order. */
  readonly lists: readonly (readonly LearnerId[])[];
}

/** Joins learners along the edges whose label holds. A learner without such an edge is in no group. */
export function componentsOf(model: Model, holds: (label: number) => boolean): Components {
  const count = model.learners.length;
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const touched = new Uint8Array(count);
  const find = (v: number): number => {
    let root = v;
    while (parent[root] !== root) root = parent[root]!;
    for (let w = v; w !== root; ) [w, parent[w]] = [parent[w]!, root];
    return root;
  };
  for (const { a, b, label } of model.edges) {
    if (!holds(label)) continue;
    touched[a] = 1;
    touched[b] = 1;
    const [low, high] = [find(a), find(b)].sort((x, y) => x - y);
    parent[high!] = low!;
  }
  const group = Int32Array.from({ length: count }, (_, v) => (touched[v] === 1 ? find(v) : -1));
  const byRoot = new Map<number, LearnerId[]>();
  group.forEach((root, v) => {
    if (root < 0) return;
    const list = byRoot.get(root) ?? [];
    list.push(model.learners[v]!.id);
    byRoot.set(root, list);
  });
  // The root is the least of its group, and learners ascend: so do groups and members.
  return { group, lists: Object.freeze([...byRoot.values()].map((list) => Object.freeze(list))) };
}

/** More answers than this are not kept: a peer that makes up sets must not fill the memory. */
const keptMax = 4096;

/** The components for a set of unsafe acceptors, found once per set. */
export class ComponentCache {
  readonly #model: Model;
  readonly #labels: readonly Condition[];
  readonly #known = new Map<string, Components>();

  constructor(model: Model, labels: readonly Condition[]) {
    this.#model = model;
    this.#labels = labels;
  }

  /** `unsafe`: flags by acceptor. */
  at(unsafe: Uint8Array): Components {
    const key = keyOf(unsafe);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const ids: NodeId[] = this.#model.acceptors.filter((_, i) => unsafe[i] === 1);
    const truth = this.#labels.map((label) => label.holdsWithout(ids));
    const found = componentsOf(this.#model, (label) => truth[label]!);
    if (this.#known.size >= keptMax) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, found);
    return found;
  }
}

/** Flags in words of 15, one UTF-16 unit each. */
function keyOf(flags: Uint8Array): string {
  let key = "";
  for (let i = 0; i < flags.length; i += 15) {
    let unit = 0;
    for (let j = Math.min(14, flags.length - 1 - i); j >= 0; j--) unit = unit * 2 + flags[i + j]!;
    key += String.fromCharCode(unit);
  }
  return key;
}
