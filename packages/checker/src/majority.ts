/**
 * How many of `count` members make a majority: any two majorities share a member.
 *
 * @throws RangeError when `count` is not a positive integer.
 * @example
 * majority(5); // 3
 */
export function majority(count: number): number {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`"count" expected a positive integer, got ${count}`);
  return Math.floor(count / 2) + 1;
}
