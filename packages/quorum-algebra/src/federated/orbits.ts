/** Classes of things that can be swapped, and sets told by how many of each class they hold. */
export type Classes = readonly (readonly number[])[];

/** Members per class. */
export type Counts = readonly number[];

export function countsOf(classes: Classes, has: (member: number) => boolean): Counts {
  return classes.map((members) => members.filter(has).length);
}

/** The sets with these counts, each once: the first members of each class first. */
export function* membersOf(classes: Classes, counts: Counts, from = 0): Generator<readonly number[]> {
  if (from === classes.length) {
    yield [];
    return;
  }
  for (const rest of membersOf(classes, counts, from + 1))
    for (const chosen of choices(classes[from]!, counts[from]!)) yield [...chosen, ...rest];
}

function* choices(members: readonly number[], count: number, from = 0): Generator<readonly number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let i = from; i + count <= members.length; i++)
    for (const rest of choices(members, count - 1, i + 1)) yield [members[i]!, ...rest];
}
