import type { LearnerGraph } from "@eunomia/engine";
import {
  addEntry,
  emptyKnown,
  type Known,
  membersOf,
  type Setup,
  signedEntry,
} from "@eunomia/hetero-paxos/examine";
import { type Draw, seededDraw } from "@eunomia/simulation";
import { graphOf } from "../protocols/hetero-paxos/graphs.ts";
import { heteroPart, setupIn } from "../protocols/hetero-paxos/parts.ts";
import type { Change } from "./mutant.ts";

type Judged = Pick<Setup, "view" | "judge">;

/** What an acceptor that keeps to the protocol has heard and said. */
interface Voice {
  readonly heard: Set<string>;
  prev: string | null;
  recent: string[];
}

interface Said {
  readonly id: string;
  readonly refs: readonly string[];
}

const rules = { unlock: "never", refsMax: 64, depthMax: 65_536 } as const;
const values = ["A", "B"];
const ballotsMax = 5;
const steps = 110;

/** One random history: honest acceptors keep to the protocol, the others say whatever is well-formed. */
class History {
  readonly #judged: Judged;
  readonly #draw: Draw;
  readonly #liars: ReadonlySet<number>;
  readonly #known: Known;
  readonly #said: Said[] = [];
  readonly #voices: Voice[];
  /** By learner, ballot and value: who voted. */
  readonly #votes = new Map<string, Set<string>>();
  /** By acceptor and ballot: how many 2a. */
  readonly #counts = new Map<string, number>();
  #opened = 0;

  constructor(judged: Judged, draw: Draw, liars: ReadonlySet<number>) {
    this.#judged = judged;
    this.#draw = draw;
    this.#liars = liars;
    this.#known = emptyKnown(judged.view);
    this.#voices = judged.view.acceptors.map(() => ({ heard: new Set(), prev: null, recent: [] }));
  }

  step(): void {
    if (this.#opened < ballotsMax && this.#draw.chance(this.#opened === 0 ? 1 : 0.06)) {
      this.#open();
      return;
    }
    const p = this.#draw.below(this.#voices.length);
    if (this.#liars.has(p)) this.#lie(p);
    else this.#hear(p);
  }

  #open(): void {
    this.#opened += 1;
    const value = this.#draw.pick(values);
    const id = this.#next();
    addEntry(this.#known, id, { kind: "1a", ballot: { number: this.#opened, value } });
    this.#said.push({ id, refs: [] });
  }

  /** Ids in the order of their making; the last digits first, as the shelves of a history want it. */
  #next(): string {
    return String(this.#said.length).padStart(4, "0");
  }

  /** Acceptor `p` delivers a message that it can deliver, and answers as section 5 says. */
  #hear(p: number): void {
    const voice = this.#voices[p]!;
    const open = this.#said.filter(
      ({ id, refs }) => !voice.heard.has(id) && refs.every((ref) => voice.heard.has(ref)),
    );
    if (open.length === 0) return;
    const { id } = this.#draw.pick(open);
    voice.heard.add(id);
    const refs = [...new Set([...voice.recent, id])].sort();
    const own = this.#say(p, voice.prev, refs);
    if (own !== null) {
      voice.prev = own;
      voice.recent = [own];
      voice.heard.add(own);
    } else if (signedEntry(this.#known, id) !== undefined) voice.recent = refs;
  }

  #lie(p: number): void {
    const own = this.#said.filter(({ id }) => signedEntry(this.#known, id)?.signer === p);
    const prev = own.length === 0 || this.#draw.chance(0.2) ? null : this.#draw.pick(own).id;
    const refs = this.#said
      .filter(() => this.#draw.chance(Math.min(1, 2 / this.#said.length)))
      .map(({ id }) => id);
    this.#say(p, prev, [...new Set([...refs, ...(prev === null ? [] : [prev])])].sort());
  }

  #say(signer: number, prev: string | null, refs: readonly string[]): string | null {
    const { judge, view } = this.#judged;
    const entry = judge(view, rules, this.#known, { signer, prev, refs });
    if (typeof entry === "string") return null;
    const id = this.#next();
    addEntry(this.#known, id, entry);
    this.#said.push({ id, refs });
    if (entry.kind !== "2a") return id;
    const ballot = `${entry.ballot.number} ${entry.ballot.value}`;
    for (const c of membersOf(entry.learners)) {
      const key = `${view.learners[c]!} ${ballot}`;
      this.#votes.set(key, (this.#votes.get(key) ?? new Set()).add(view.acceptors[signer]!));
    }
    const key = `${signer} ${ballot}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return id;
  }

  /** Entangled learners that could decide differently, or an acceptor that votes too often; null: neither. */
  problem(graph: LearnerGraph): string | null {
    const safe = graph.acceptors.filter((_, p) => !this.#liars.has(p));
    const decided: (readonly [string, string])[] = [];
    for (const [key, signers] of this.#votes) {
      const [learner, , value] = key.split(" ") as [string, string, string];
      if (graph.isQuorum(learner, signers)) decided.push([learner, value]);
    }
    for (const [a, value] of decided)
      for (const [b, other] of decided)
        if (value !== other && graph.isSafeSet(a, b, safe))
          return `${a} decides ${value}, ${b} decides ${other}; safe are ${safe.join(", ")}`;
    for (const [key, count] of this.#counts)
      if (!this.#liars.has(Number(key.split(" ")[0])) && count > graph.learners.length)
        return `an acceptor votes ${count} times in one ballot`;
    return null;
  }
}

/** Graphs in which each rule of the judgement shows. */
const names = ["apart", "line", "crash", "pair", "gap", "chains", "bft"];

/**
 * Tries the judgement of messages by itself, on random histories with liars.
 *
 * @returns what is wrong and after how many histories; null: nothing, or the engine has no judge of its own
 */
export function tryHistories(
  name: string,
  change: Change,
  runs: number,
): { detail: string; run: number } | null {
  for (let run = 1; run <= runs; run += 1) {
    const graph = graphOf(names[run % names.length]!, 0);
    const { engine } = heteroPart({ graph, proposers: 1, learners: 0 }, graph.acceptors[0]!);
    if (engine.name !== name) return null;
    const judged = setupIn(change(engine));
    if (judged === null) return null;
    const draw = seededDraw(`history ${run}`);
    const liars = new Set([...graph.acceptors.keys()].filter(() => draw.chance(0.15)));
    const history = new History(judged, draw, liars);
    for (let at = 0; at < steps; at += 1) history.step();
    const detail = history.problem(graph);
    if (detail !== null) return { detail: `${names[run % names.length]}: ${detail}`, run };
  }
  return null;
}
