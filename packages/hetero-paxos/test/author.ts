import { fromHex, sha256, toHex, utf8Encode } from "@eunomia/codec";
import type { LearnerGraph, NodeId } from "@eunomia/engine";
import { addEntry, emptyKnown, type Known } from "../src/dag/known.ts";
import { derive } from "../src/evaluate/derive.ts";
import { GraphView } from "../src/graph-view.ts";
import type { Proposal, Speech } from "../src/index.ts";
import { openingId, speechId } from "../src/proof/header.ts";
import { scheme, signAs } from "./cluster.ts";

/** Writes well-formed messages for any acceptor, and for all branches of those that fork: it holds nothing back. */
export class Author {
  readonly #view: GraphView;
  readonly #known: Known;
  readonly #law: Uint8Array;
  readonly bodies = new Map<string, Proposal | Speech>();

  constructor(graph: LearnerGraph, law: Uint8Array) {
    this.#view = new GraphView(graph);
    this.#known = emptyKnown(this.#view);
    this.#law = law;
  }

  get #instance() {
    return { law: this.#law, slot: 1 };
  }

  /** @returns the id */
  open(number: number, text = "A"): string {
    const value = utf8Encode(text);
    const id = toHex(openingId(scheme, this.#instance, { number, value: sha256(value) }));
    addEntry(this.#known, id, { kind: "1a", ballot: { number, value: toHex(sha256(value)) } });
    this.bodies.set(id, { kind: "1a", instance: this.#instance, number, value });
    return id;
  }

  /** @returns the id */
  say(signer: NodeId, prev: string | null, refs: readonly string[]): string {
    const sorted = [...new Set(prev === null ? refs : [...refs, prev])].sort();
    const rules = { unlock: "never", refsMax: 4096, depthMax: 2 ** 20 } as const;
    const draft = { signer: this.#view.acceptor(signer), prev, refs: sorted };
    const entry = derive(this.#view, rules, this.#known, draft);
    if (typeof entry === "string") throw new Error(`not well-formed: ${entry}`);
    const base = {
      kind: entry.kind,
      instance: this.#instance,
      signer,
      prev: prev === null ? null : fromHex(prev),
      refs: sorted.map(fromHex),
      ballot: { number: entry.ballot.number, value: fromHex(entry.ballot.value) },
      learners: entry.kind === "2a" ? this.#view.learnerNames(entry.learners) : [],
    };
    const hash = speechId(scheme, base);
    addEntry(this.#known, toHex(hash), entry);
    this.bodies.set(toHex(hash), { ...base, signature: signAs(signer)(hash) });
    return toHex(hash);
  }

  body = (id: string): Proposal | Speech => this.bodies.get(id)!;
  speech = (id: string): Speech => this.bodies.get(id) as Speech;
}
