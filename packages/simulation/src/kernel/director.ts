import type { Entry, Timeline } from "./agenda.ts";

/**
 * What is to come, in the order of a script and not of time: each line names something that waits or may be done at any
 * moment; a line whose time has not come, or never comes, is skipped. So every part of a script is a legal run, and leaving a
 * line out means that it never happens: a packet that does not arrive, a timer that is late for ever. A line ends with the
 * moment at which the move was made (`@` and virtual microseconds), by which timers are told apart: the earliest fires first.
 */
export class Director implements Timeline {
  readonly #script: readonly string[];
  /** Does what needs no waiting: faults and turns of clients. False: not now. */
  readonly #perform: (line: string) => boolean;
  readonly #waiting = new Map<string, Entry[]>();
  #at = 0;
  #order = 0;
  #nowUs = 0;

  constructor(script: readonly string[], perform: (line: string) => boolean) {
    this.#script = script;
    this.#perform = perform;
  }

  add(at: number, run: () => void, label = ""): Entry {
    const entry: Entry = { at, order: this.#order, run };
    this.#order += 1;
    if (label === "") return entry;
    const list = this.#waiting.get(label);
    if (list === undefined) this.#waiting.set(label, [entry]);
    else list.push(entry);
    return entry;
  }

  take(): Entry | undefined {
    for (;;) {
      const line = this.#script[this.#at];
      if (line === undefined) return undefined;
      this.#at += 1;
      const [move = "", at = "0"] = line.split(" @");
      this.#nowUs = Math.max(this.#nowUs, Number(at));
      const entry = /^[*?]/.test(move) ? this.#offer(move) : this.#waits(move);
      if (entry === null) continue;
      return { at: this.#nowUs, order: entry.order, run: entry.run };
    }
  }

  #offer(line: string): Entry {
    return { at: this.#nowUs, order: this.#order, run: () => void this.#perform(line) };
  }

  #waits(line: string): Entry | null {
    const list = this.#waiting.get(line)?.filter(({ run }) => run !== null) ?? [];
    // Packets may come again, as a network may repeat them; anything else comes once, the earliest first.
    if (line.startsWith(">")) return list[0] ?? null;
    let first: Entry | null = null;
    for (const entry of list) if (first === null || entry.at < first.at) first = entry;
    this.#waiting.set(
      line,
      list.filter((entry) => entry !== first),
    );
    return first;
  }
}
