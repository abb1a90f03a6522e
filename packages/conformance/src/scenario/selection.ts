import type { InFlight } from "../schedule/parts.ts";
import type { World } from "../schedule/world.ts";
import { ScriptError } from "./environment.ts";

/** Which messages in flight a line means: how many at most, and a test. */
export interface Selection {
  readonly count: number;
  fits(item: InFlight): boolean;
}

/** Reads `[n|all] [from->to] [kind]`, in any order; `*` stands for any process. */
export function selectionOf(world: World, words: readonly string[], countDefault: number): Selection {
  let count = countDefault;
  let from = "*";
  let to = "*";
  let kind: string | null = null;
  for (const word of words) {
    if (word === "all") count = Number.POSITIVE_INFINITY;
    else if (/^\d+$/.test(word)) count = Number(word);
    else if (word.includes("->")) {
      [from, to] = word.split("->", 2) as [string, string];
      for (const name of [from, to])
        if (name !== "*" && !world.processes.includes(name)) throw new ScriptError(`no process ${name}`);
    } else kind = word;
  }
  const senderOf = (item: InFlight): string =>
    world.processes[Math.floor(item.link / world.processes.length)]!;
  return {
    count,
    fits: (item) =>
      (from === "*" || senderOf(item) === from) &&
      (to === "*" || world.processes[item.to] === to) &&
      (kind === null || item.message.kind === kind),
  };
}

/** Does something to each selected message that is in flight now, oldest first. */
export function forSelected(world: World, selection: Selection, act: (at: number) => void): void {
  const now = world.bag.filter((item) => selection.fits(item)).slice(0, selection.count);
  if (now.length === 0) throw new ScriptError("no message in flight fits");
  for (const item of now) act(world.bag.indexOf(item));
}
