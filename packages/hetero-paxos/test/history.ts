import type { LearnerGraph } from "@eunomia/engine";
import { isSigned, type SignedEntry } from "../src/dag/entry.ts";
import { addEntry, emptyKnown, entryOf, type Known } from "../src/dag/known.ts";
import { isBuried } from "../src/evaluate/bound.ts";
import { derive } from "../src/evaluate/derive.ts";
import type { Malformed, Rules } from "../src/evaluate/rules.ts";
import { GraphView } from "../src/graph-view.ts";
import type { Message } from "./naive.ts";

/** The incremental evaluation over messages with short names for ids, in words of the definition. */
export class History {
  readonly view: GraphView;
  readonly known: Known;
  readonly rules: Rules;
  constructor(graph: LearnerGraph, rules: Partial<Rules> = {}) {
    this.view = new GraphView(graph);
    this.known = emptyKnown(this.view);
    this.rules = { unlock: "never", refsMax: 1000, depthMax: 1000, ...rules };
  }

  judge({ ballot, signer, prev, refs }: Message): SignedEntry | Malformed | null {
    if (ballot !== undefined) return null;
    return derive(this.view, this.rules, this.known, {
      signer: this.view.acceptor(signer!),
      prev: prev ?? null,
      refs: [...refs].sort(),
    });
  }

  /** @returns why the message is not well-formed; null: it is, and is delivered now */
  add(message: Message): Malformed | null {
    const judged = this.judge(message);
    if (typeof judged === "string") return judged;
    addEntry(this.known, message.id, judged ?? { kind: "1a", ballot: message.ballot! });
    return null;
  }

  entry(id: string): SignedEntry {
    const entry = entryOf(this.known, id);
    if (!isSigned(entry)) throw new Error(`${id} is not here`);
    return entry;
  }

  caught = (x: string): string[] => this.view.names(this.entry(x).caught);
  con = (a: string, x: string): string[] =>
    this.view.learnerNames(this.view.connected(this.entry(x).caught)[this.view.learner(a)]!);
  buried = (c: string, m: string, x: string): boolean =>
    isBuried(this.entry(x).top[this.view.learner(c)]!, this.entry(m).ballot);
  q = (a: string, x: string): string[] => this.view.names(this.entry(x).fresh[this.view.learner(a)]!);
  fresh = (x: string): string[] => {
    const entry = this.entry(x);
    return entry.kind === "1b" ? this.view.learnerNames(entry.freshFor) : [];
  };
  lrns = (x: string): string[] => {
    const entry = this.entry(x);
    return entry.kind === "2a" ? this.view.learnerNames(entry.learners) : [];
  };
}
