import { compareTrees, gateOf, leafOf, type Tree } from "./tree.ts";

/** Where a beam begins: every threshold, and every division into equal groups by inner and outer thresholds. */
export function* seeds(counts: readonly number[]): Generator<Tree> {
  const leaves = counts.flatMap((count, kind) => new Array<Tree>(count).fill(leafOf(kind)));
  const n = leaves.length;
  for (let k = 1; k <= n; k++) yield gate(k, leaves);
  for (let groups = 2; groups <= n / 2; groups++) {
    // Dealt out like cards: the kinds are spread over the groups.
    const dealt = Array.from({ length: groups }, (_, g) => leaves.filter((_, i) => i % groups === g));
    for (let outer = 1; outer <= groups; outer++)
      for (let spare = 0; spare < dealt[groups - 1]!.length; spare++)
        yield gate(
          outer,
          dealt.map((group) => gate(group.length - spare, group)),
        );
  }
}

/**
 * Systems that differ by one move: a threshold one higher or lower, two nodes of different kinds swapped, or a part taken out
 * and put elsewhere: into a gate (which then asks as many as before, or one more), or beside another part.
 */
export function* neighbours(tree: Tree): Generator<Tree> {
  yield* thresholds(tree);
  yield* swaps(tree);
  for (const { rest, part } of removals(tree)) yield* insertions(rest, part);
}

/** A gate as the search wants it: no gate of one child, AND and OR flat, children in order. */
function gate(k: number, children: readonly Tree[]): Tree {
  if (children.length === 1) return children[0]!;
  const bounded = Math.min(Math.max(1, k), children.length);
  const isOr = bounded === 1;
  const isAnd = bounded === children.length;
  const flat = children.flatMap((child) => {
    const swallowed =
      child.kind < 0 && ((isOr && child.k === 1) || (isAnd && child.k === child.children.length));
    return swallowed ? child.children : [child];
  });
  return gateOf(isAnd ? flat.length : bounded, [...flat].sort(compareTrees));
}

function withChild({ k, children }: Tree, at: number, child: Tree): Tree {
  return gate(k, children.with(at, child));
}

function* thresholds(tree: Tree): Generator<Tree> {
  const { k, children } = tree;
  if (k > 1) yield gate(k - 1, children);
  if (k < children.length) yield gate(k + 1, children);
  for (const [at, child] of children.entries())
    for (const changed of thresholds(child)) yield withChild(tree, at, changed);
}

function* swaps(tree: Tree): Generator<Tree> {
  const kinds: number[] = [];
  const read = ({ kind, children }: Tree): void => {
    if (kind >= 0) kinds.push(kind);
    children.forEach(read);
  };
  read(tree);
  for (let i = 0; i < kinds.length; i++)
    for (let j = 0; j < i; j++) {
      if (kinds[i] === kinds[j]) continue;
      const swapped = kinds.with(i, kinds[j]!).with(j, kinds[i]!);
      let at = 0;
      const write = ({ kind, k, children }: Tree): Tree =>
        kind >= 0 ? leafOf(swapped[at++]!) : gate(k, children.map(write));
      yield write(tree);
    }
}

/** Every part but the whole, and what is left without it. */
function* removals(tree: Tree): Generator<{ readonly rest: Tree; readonly part: Tree }> {
  const { k, children } = tree;
  for (const [at, child] of children.entries()) {
    if (at > 0 && compareTrees(child, children[at - 1]!) === 0) continue;
    const others = children.filter((_, i) => i !== at);
    yield { rest: gate(k, others), part: child };
    if (k > 1) yield { rest: gate(k - 1, others), part: child };
    for (const { rest, part } of removals(child)) yield { rest: withChild(tree, at, rest), part };
  }
}

function* insertions(tree: Tree, part: Tree): Generator<Tree> {
  yield gate(1, [tree, part]);
  yield gate(2, [tree, part]);
  if (tree.kind >= 0) return;
  yield gate(tree.k, [...tree.children, part]);
  yield gate(tree.k + 1, [...tree.children, part]);
  for (const [at, child] of tree.children.entries())
    for (const inside of insertions(child, part)) yield withChild(tree, at, inside);
}
