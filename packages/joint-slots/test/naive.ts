import type { Application, BaseBlock, JointBlock, JointConfig, Move } from "../src/index.ts";

/** What a chain is said to be at the end of its log: slow, and written straight from SPEC.md. */
export interface NaiveChain<A> {
  readonly app: A;
  /** Ascending by key. */
  readonly locked: readonly string[];
  readonly next: number;
  /** By slot: own verdict and what became of it. */
  readonly slots: Readonly<Record<number, string>>;
  readonly epochs: readonly string[];
}

type Lock = Move & { slot: number | null };
interface Slot {
  cut: number;
  moves: Move[];
  verdict: "open" | "took" | "passed";
  end: "pending" | "known" | "included" | "abandoned" | "released";
  outcome: JointBlock | null;
}

/** All heights again from the first one, with plain lists that are filtered. */
export function naiveChain<A>(
  config: JointConfig,
  app: Application<A>,
  chain: string,
  log: readonly (BaseBlock | null)[],
): NaiveChain<A> {
  const { first, every, patience } = config.chains.find((plan) => plan.chain === chain)!;
  const state = app.init(chain);
  let locks: Lock[] = [];
  const slots: Slot[] = [];
  const epochs: { decidedIn: number; from: number; over: boolean; text: string }[] = [];
  let leftAt: number | null = null;
  let wanted = false;
  const slotOf = (number: number): Slot | undefined => slots[number - 1];
  /** The last one in the order of (from, decidedIn) among those that have begun. */
  const overAt = (slot: number): boolean =>
    epochs
      .filter(({ from }) => from <= slot)
      .sort((a, b) => a.from - b.from || a.decidedIn - b.decidedIn)
      .at(-1)?.over === true;
  const include = (number: number, block: JointBlock, height: number): void => {
    const slot = slotOf(number)!;
    slot.end = "included";
    for (const move of block.moves) {
      const own = slot.moves.some(
        ({ key, to, terms }) => key === move.key && to === move.to && terms.join() === move.terms.join(),
      );
      if (move.from === chain && own) app.depart(state, move);
      if (move.to === chain) app.arrive(state, move);
    }
    locks = locks.filter((lock) => lock.slot !== number);
    if (block.next === null || block.next.from < number + config.lead) return;
    const { from, terms } = block.next;
    const text = `${number} from ${from} at ${height + config.epochLag}: ${terms}`;
    epochs.push({ decidedIn: number, from, over: terms === null, text });
    if (overAt(slots.length + 1)) locks = locks.filter((lock) => lock.slot !== null);
  };
  /** The first slot without an end, as long as it is known what becomes of it. */
  const inOrder = (height: number): void => {
    for (;;) {
      const at = slots.findIndex(({ end }) => end === "pending" || end === "known");
      const slot = slots[at];
      if (slot?.end !== "known") return;
      if (slot.outcome !== null) include(at + 1, slot.outcome, height);
      else {
        slot.end = "abandoned";
        locks = locks.filter((lock) => lock.slot !== at + 1);
      }
    }
  };
  log.forEach((block, i) => {
    const height = i + 1;
    for (const entry of block?.entries ?? []) {
      if (entry.kind === "app")
        app.apply(chain, state, entry.bytes, (key) => locks.some((lock) => lock.key === key));
      if (entry.kind === "lock") {
        const move = { from: chain, key: entry.key, to: entry.to, terms: entry.terms };
        const known = config.chains.some((plan) => plan.chain === entry.to) && entry.to !== chain;
        const free = !locks.some((lock) => lock.key === entry.key);
        if (known && free && leftAt === null && !overAt(slots.length + 1) && app.lockable(state, move))
          locks.push({ ...move, slot: null });
      }
      if (entry.kind === "open" && entry.slot === slots.length + 1) wanted = true;
      if (entry.kind === "joint" && slotOf(entry.slot)?.verdict === "open") {
        Object.assign(slotOf(entry.slot)!, { verdict: "took", end: "known", outcome: entry.block });
        inOrder(height);
      }
      if (entry.kind === "settle") {
        const slot = slotOf(entry.slot);
        if (slot?.verdict === "passed" && slot.end === "pending") {
          Object.assign(slot, { end: "known", outcome: entry.taken?.block ?? null });
          inOrder(height);
        }
      }
      if (entry.kind === "leave" && leftAt === null) {
        leftAt = height;
        for (const slot of slots) if (slot.verdict === "open") slot.verdict = "passed";
        locks = locks.filter((lock) => lock.slot !== null);
      }
    }
    for (const slot of slots)
      if (slot.verdict === "open" && height >= slot.cut + patience) slot.verdict = "passed";
    if (leftAt !== null && height >= leftAt + config.holdHeights)
      for (const [at, slot] of slots.entries()) {
        if (slot.end === "pending") {
          slot.end = "released";
          locks = locks.filter((lock) => lock.slot !== at + 1);
        }
        inOrder(height);
      }
    const number = slots.length + 1;
    const waiting = locks.filter((lock) => lock.slot === null);
    const late = slots.some(
      (slot, at) => (slot.end === "pending" || slot.end === "known") && at + 1 <= number - config.lead,
    );
    const soon = height < first || (slots.length > 0 && height < slots.at(-1)!.cut + every);
    if (leftAt === null && (waiting.length > 0 || wanted) && !late && !soon && !overAt(number)) {
      for (const lock of waiting) lock.slot = number;
      slots.push({ cut: height, moves: waiting, verdict: "open", end: "pending", outcome: null });
      wanted = false;
    }
  });
  return {
    app: state,
    locked: locks.map(({ key }) => key).sort(),
    next: slots.length + 1,
    slots: Object.fromEntries(slots.map(({ verdict, end }, at) => [at + 1, `${verdict} ${end}`])),
    epochs: epochs.map(({ text }) => text),
  };
}
