import type { RunPlan } from "../run-types.ts";
import { simulate } from "../simulate.ts";
import type { Choice, RunResult } from "../types.ts";
import type { Attempts } from "./attempts.ts";
import { fewest } from "./fewest.ts";

/** What a violation does not need, in this order: faults, turns of clients, what concerns one link or node, single moves. */
const passes: readonly { of(line: string): boolean; key(line: string): string }[] = [
  { of: (line) => line.startsWith("*"), key: (line) => line.split(" ")[0]! },
  { of: (line) => line.startsWith("?"), key: (line) => line.split(" ")[0]! },
  { of: (line) => !/^[*?]/.test(line), key: (line) => line.split(" ")[0]! },
  { of: (line) => line.startsWith("*"), key: (line) => line },
  { of: (line) => line.startsWith("?"), key: (line) => line },
  { of: () => true, key: (line) => line },
];

interface Line {
  readonly text: string;
  readonly place: number;
}

/**
 * Makes a run smaller by its moves: a script of them is a run of its own, whose other moves do not shift when one is left out.
 *
 * @returns the script, or null when the moves alone do not show the violation: it needs timing or damage that moves do not tell.
 */
export async function shrinkScript<C>(
  plan: RunPlan<C>,
  result: RunResult,
  attempts: Attempts<C>,
): Promise<readonly string[] | null> {
  const moves: string[] = [];
  await simulate({ ...plan, choices: result.choices }, { onMove: (label) => void moves.push(label) });
  const loads = result.choices.filter(({ stream }) => stream.startsWith("load:"));
  const withChoices = async (choices: readonly Choice[]): Promise<boolean | null> =>
    attempts.try({ ...plan, script: moves, choices, drawAfterMs: undefined }, true);
  let choices: readonly Choice[] = loads;
  if ((await withChoices(loads)) !== true) {
    choices = result.choices;
    if ((await withChoices(choices)) !== true) return null;
  }
  let lines: readonly Line[] = moves.map((text, place) => ({ text, place }));
  const holds = (kept: readonly Line[]): Promise<boolean | null> =>
    attempts.try({ ...plan, script: kept.map(({ text }) => text), choices });
  for (let index = 0; index < (result.drawn.absent ?? 0); index += 1) {
    const without = [...choices, { stream: "absent", index, arity: 2, value: 1 }];
    if ((await attempts.try({ ...plan, script: moves, choices: without })) === true) choices = without;
  }
  for (let before = Number.POSITIVE_INFINITY; lines.length < before; ) {
    before = lines.length;
    for (const { of, key } of passes) lines = await dropped(lines, of, key, holds);
    if (attempts.left === 0) break;
  }
  return lines.map(({ text }) => text);
}

async function dropped(
  lines: readonly Line[],
  of: (line: string) => boolean,
  key: (line: string) => string,
  holds: (kept: readonly Line[]) => Promise<boolean | null>,
): Promise<readonly Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    if (!of(line.text)) continue;
    const name = key(line.text) === line.text ? `${line.text} ${line.place}` : key(line.text);
    groups.set(name, [...(groups.get(name) ?? []), line]);
  }
  if (groups.size === 0) return lines;
  const others = lines.filter(({ text }) => !of(text));
  const inOrder = (kept: readonly (readonly Line[])[]): readonly Line[] =>
    [...others, ...kept.flat()].sort((a, b) => a.place - b.place);
  const kept = await fewest([...groups.values()], (some) => holds(inOrder(some)));
  return inOrder(kept);
}
