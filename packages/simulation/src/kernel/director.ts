import type { Entry, Timeline } from "./agenda.ts";

/** Something that waits for its line. */
interface Waiting extends Entry {
  readonly label: string;
  /** The moment of the move that brought it about. */
  readonly bornUs: number;
  /** How many of the same ends and kind that move had brought about before. */
  readonly nth: number;
  taken: boolean;
}

/**
 * What is to come, in the order of a script and not of time: each line names something that waits or may be done at any
 * moment; a line that names nothing is skipped. So every part of a script is a legal run, and leaving a line out means that it
 * never happens: a packet that does not arrive, a timer that is late for ever.
 *
 * A line is a name, then `@` and the moment of the move, then `<` and the moment of the move that brought it about (that sent
 * the packet, that set the timer), in virtual microseconds, and how many of the same ends and kind that move had brought about
 * before. No two moves have the same moment. Where moves were left out, packets have other contents than in the run that the
 * script is of: a line then takes the packet of the same ends and kind that the same move sent in the same place, or else the
 * one that has waited longest. Lines with `^` belong to the move before them: the disk or the loop of a node takes time
 * for something in it, or the node dies in the midst of it.
 */
export class Director implements Timeline {
  readonly #script: readonly string[];
  /** Does what needs no waiting: faults and turns of clients. False: not now. */
  readonly #perform: (line: string) => boolean;
  /** By what a line must at least name. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #within = new Set<string>();
  #at = 0;
  #order = 0;
  #nowUs = -1;
  /** The moment of the move that brought the present one about; undefined: nothing waited for it. */
  bornUs: number | undefined;
  nth = 0;

  constructor(script: readonly string[], perform: (line: string) => boolean) {
    this.#script = script;
    this.#perform = perform;
  }

  add(at: number, run: () => void, label = ""): Entry {
    const stem = stemOf(label);
    const list = this.#waiting.get(stem) ?? [];
    const bornUs = this.#nowUs;
    const nth = list.filter((other) => other.bornUs === bornUs).length;
    const entry: Waiting = { at, order: this.#order, run, label, bornUs, nth, taken: false };
    this.#order += 1;
    if (label !== "") this.#waiting.set(stem, list);
    list.push(entry);
    return entry;
  }

  take(): Entry | undefined {
    const overdue = this.#overdue();
    if (overdue !== null) return overdue;
    for (;;) {
      const line = this.#script[this.#at];
      if (line === undefined) return undefined;
      this.#at += 1;
      const [move = "", moments = "0"] = line.split(" @");
      const [at, born = ""] = moments.split(" <");
      const [bornUs, nth = 0] = born.split(" ").map(Number);
      const found = /^[*?]/.test(move) ? null : this.#waits(move, bornUs, nth);
      if (found === undefined) continue;
      this.bornUs = found?.bornUs;
      this.nth = found?.nth ?? 0;
      const run = found === null ? () => void this.#perform(move) : found.run;
      this.#nowUs = Math.max(this.#nowUs + 1, Number(at));
      this.#takeWithin();
      return { at: this.#nowUs, order: this.#at, run };
    }
  }

  readonly within = (label: string): boolean => this.#within.delete(label);

  /** A node that was to die within the last move and did not: there was less to do in it than there had been. */
  #overdue(): Entry | null {
    const label = [...this.#within].find((one) => / dies \d+$/.test(one));
    if (label === undefined) return null;
    this.#within.clear();
    this.#nowUs += 1;
    this.bornUs = undefined;
    const node = label.slice(1, label.indexOf(" dies "));
    return { at: this.#nowUs, order: this.#at, run: () => void this.#perform(`*crash ${node}`) };
  }

  /** The lines of what happens within the present move, up to the next move. */
  #takeWithin(): void {
    this.#within.clear();
    for (; this.#script[this.#at]?.startsWith("^") === true; this.#at += 1)
      this.#within.add(this.#script[this.#at]!.split(" @")[0]!);
  }

  #waits(label: string, bornUs: number | undefined, nth: number): Waiting | undefined {
    const stem = stemOf(label);
    const isArrival = stem !== label;
    const list = this.#waiting.get(stem)?.filter(({ run }) => run !== null) ?? [];
    this.#waiting.set(stem, list);
    const fresh = list.filter(({ taken }) => !taken);
    const first = isArrival ? fresh[0] : earliest(fresh);
    // Packets may come again, as a network may repeat them; anything else comes once.
    const again = isArrival ? list.find((entry) => entry.label === label) : undefined;
    const same = (entry: Waiting): boolean => entry.bornUs === bornUs && entry.nth === nth;
    const found =
      (again === undefined ? undefined : list.find((entry) => entry.label === label && same(entry))) ??
      fresh.find((entry) => entry.label === label && entry.bornUs === bornUs) ??
      again ??
      fresh.find(same) ??
      first;
    if (found !== undefined) found.taken = true;
    return found;
  }
}

/** Of packets the name without the contents. */
const stemOf = (label: string): string =>
  label.startsWith(">") ? label.slice(0, label.lastIndexOf(" ")) : label;

function earliest(entries: readonly Waiting[]): Waiting | undefined {
  return entries.reduce<Waiting | undefined>(
    (first, entry) => (first === undefined || entry.at < first.at ? entry : first),
    undefined,
  );
}
