import { fromHex, mapGet, toHex } from "@eunomia/codec";
import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import { lawOf, type NodeState, type Proposal, type Speech } from "@eunomia/hetero-paxos";
import { derive, membersOf, openingId, signedEntry, speechId } from "@eunomia/hetero-paxos/examine";
import { graphOf } from "../protocols/hetero-paxos/graphs.ts";
import {
  type HeteroShape,
  heteroPart,
  type Part,
  sealAs,
  sealScheme,
  setupIn,
} from "../protocols/hetero-paxos/parts.ts";
import { bytesOf } from "../protocols/values.ts";
import type { Change } from "./mutant.ts";

const shapeOf = (graph: string, more: Partial<HeteroShape> = {}): HeteroShape => ({
  graph: graphOf(graph, 0),
  proposers: 2,
  learners: 1,
  tickMs: 0,
  retryMs: 100,
  ...more,
});

type Heard = Event<EngineTypes>;

/** One process that is driven by hand. */
class Player {
  readonly #part: Part;
  readonly #state: unknown;
  /** All that it ever put out. */
  readonly outputs: { readonly kind: string; readonly [field: string]: unknown }[] = [];

  constructor(shape: HeteroShape, self: string, change: Change = (engine) => engine) {
    const { engine, config } = heteroPart(shape, self);
    this.#part = { engine: change(engine), config };
    this.#state = this.#part.engine.init(config as never);
    this.take({ kind: "start", records: [] });
  }

  get engine(): AnyEngine {
    return this.#part.engine;
  }

  slot() {
    return mapGet((this.#state as NodeState).slots, 1)!;
  }

  get config() {
    return this.#part.config;
  }

  take(event: Heard): readonly Effect<EngineTypes>[] {
    const { engine, config } = this.#part;
    const { effects } = step(engine, config as never, this.#state as never, event as never);
    for (const effect of effects) if (effect.kind === "output") this.outputs.push(effect.output as never);
    return effects;
  }

  /** Hears messages one after the other. @returns what it says to them under its own name */
  hear(...messages: readonly unknown[]): Speech[] {
    return messages.flatMap((message) =>
      this.take({ kind: "message", from: "somebody", message } as never).flatMap((effect) => {
        const said = effect.kind === "send" ? (effect.message as Speech) : null;
        return said !== null && (said.kind === "1b" || said.kind === "2a") ? [said] : [];
      }),
    );
  }

  /** Learners for whom its latest message, a 1b, is fresh. */
  freshFor(): string[] {
    const slot = this.slot();
    const entry = signedEntry(slot.known, slot.prev!);
    const { learners } = this.#part.config;
    return entry?.kind === "1b" ? membersOf(entry.freshFor).map((a) => learners[a]!) : [];
  }

  told(kind: string): boolean {
    return this.outputs.some((output) => output.kind === kind);
  }
}

const opening = (shape: HeteroShape, number: number, value: string, slot = 1): Proposal => {
  const { config } = heteroPart(shape, shape.graph.acceptors[0]!);
  return { kind: "1a", instance: { law: lawOf(sealScheme, config), slot }, number, value: bytesOf(value) };
};

const idOf = (speech: Speech): string => toHex(speechId(sealScheme, speech));

/** What s1 would say after `first` if it cited `second`, its later message, and the ballot `opened` besides. */
function citing(knower: Player, first: Speech, second: Speech, opened: Proposal): Speech {
  const { config } = knower;
  const { view } = setupIn(knower.engine)!;
  const ballot = { number: opened.number, value: sealScheme.digest(opened.value) };
  const refs = [idOf(first), idOf(second), toHex(openingId(sealScheme, opened.instance, ballot))].sort();
  const draft = { signer: view.acceptor(first.signer), prev: idOf(first), refs };
  const entry = derive(view, config.rules, knower.slot().known, draft);
  if (typeof entry === "string") throw new Error(`a script expected what is well-formed, got: ${entry}`);
  const { signature: _, ...rest } = first;
  const said = { ...rest, prev: fromHex(draft.prev), refs: refs.map(fromHex), ballot };
  return { ...said, signature: sealAs(first.signer)(speechId(sealScheme, said)) };
}

/** Two chains: s1 forks, so that red and blue need not agree any more, and s2, which voted for red, is free for blue. */
function seesForks(change: Change, cites: boolean): string | null {
  const shape = shapeOf("chains");
  const [a, b, c, d] = [1, 2, 3, 4].map((number) => opening(shape, number, number === 1 ? "A" : "B"));
  const subject = new Player(shape, "s2", change);
  const [r] = new Player(shape, "r").hear(a);
  const [one, other] = [new Player(shape, "s1"), new Player(shape, "s1")];
  const [first] = one.hear(a);
  subject.hear(a, r, first);
  if (cites) {
    const [second] = one.hear(b);
    subject.hear(b, second, c);
    const knower = new Player(shape, "z0");
    knower.hear(a, b, c, first, second);
    subject.hear(citing(knower, first!, second!, c!), d);
  } else subject.hear(b, ...other.hear(b), c);
  return subject.freshFor().includes("blue")
    ? null
    : "an acceptor is still bound for a learner that is connected by one that was caught";
}

/** Any three of four: one is caught, and counts all the same. */
function countsTheCaught(change: Change): string | null {
  const shape = shapeOf("bft");
  const [a, b] = [opening(shape, 1, "A"), opening(shape, 2, "B")];
  const subject = new Player(shape, "p1", change);
  const [one, other] = [new Player(shape, "p4"), new Player(shape, "p4")];
  subject.hear(a, ...one.hear(a));
  const voted = subject.hear(b, ...new Player(shape, "p2").hear(b), ...other.hear(b));
  if (!subject.told("evidence")) return "two messages of one acceptor after nothing are no evidence";
  return voted.some(({ kind }) => kind === "2a")
    ? null
    : "an acceptor that is caught counts no more in quorums";
}

/** A vote binds to its value and not to its ballot, and only until a later one for another value is seen. */
function isFreed(change: Change): string | null {
  const shape = shapeOf("crash");
  const [a, b, c] = [opening(shape, 1, "A"), opening(shape, 2, "B"), opening(shape, 3, "B")];
  const [p2, p3] = [new Player(shape, "p2"), new Player(shape, "p3")];
  const bound = new Player(shape, "p1", change);
  const [joined] = p2.hear(a);
  bound.hear(a, joined, opening(shape, 2, "A"));
  if (!bound.freshFor().includes("L")) return "a vote keeps from joining a ballot with its own value";
  const freed = new Player(shape, "p1", change);
  freed.hear(a, joined, c);
  const [two, three] = [...p2.hear(b), ...p3.hear(b)];
  // It has gone on to ballot 3 already, so that it does not vote at ballot 2 itself.
  freed.hear(b, two, three, ...p2.hear(three), opening(shape, 4, "B"));
  return freed.freshFor().includes("L") ? null : "a vote binds though a later one for another value is seen";
}

/** What it owes to ballots that come too early, from elsewhere, with a wrong value, or unsigned. */
function isCareful(change: Change): string | null {
  const timed = shapeOf("crash", { tickMs: 10 });
  const early = new Player(timed, "p1", change);
  if (early.hear(opening(timed, 1_000, "A")).length > 0) return "a ballot is joined before it is due";
  early.hear(opening(timed, 100_000, "A"));
  if (!early.told("refused")) return "a ballot of the far future is taken";
  const shape = shapeOf("crash");
  const abroad = { ...opening(shape, 1, "A"), instance: { law: new Uint8Array(32), slot: 1 } };
  if (new Player(shape, "p1", change).hear(abroad).length > 0) return "a ballot of another law is joined";
  if (new Player(shape, "p1", change).hear(opening(shape, 1, "not valid")).length > 0)
    return "a value that is not valid is voted for";
  const subject = new Player(shape, "p1", change);
  const said = new Player(shape, "p2").hear(opening(shape, 1, "A"));
  subject.hear(opening(shape, 1, "A"), ...said.map((one) => ({ ...one, signature: bytesOf("none") })));
  return subject.told("refused") ? null : "a message without a signature is taken";
}

const from = (sender: string, message: unknown): Heard =>
  ({ kind: "message", from: sender, message }) as never;

/** Slots are closed once enough watchers need them no more, and reads hear of all that was said. */
function keepsSlots(change: Change): string | null {
  const shape = shapeOf("crash", { closeBy: 2 });
  const subject = new Player(shape, "p1", change);
  const law = lawOf(sealScheme, subject.config);
  subject.hear(opening(shape, 1, "A", 5));
  const read = subject.take(from("w0", { kind: "highest", law, nonce: 1 }));
  const told = read.some(
    (effect) => effect.kind === "send" && (effect.message as { readonly slot?: number }).slot === 5,
  );
  if (!told) return "a read does not hear of a slot in which something was said";
  const effects = subject.take(from("w0", { kind: "stable", law, slot: 5 }));
  return effects.some(({ kind }) => kind === "persist") ? "slots are closed for one watcher of two" : null;
}

function acceptorAlone(change: Change): string | null {
  return (
    seesForks(change, false) ??
    seesForks(change, true) ??
    countsTheCaught(change) ??
    isFreed(change) ??
    isCareful(change) ??
    keepsSlots(change)
  );
}

/** What happens in the graph in which an honest run leaves G behind: p2 votes for both, then p1 and p3 for A alone. */
function leftBehind(shape: HeteroShape): unknown[] {
  const [a, b] = [opening(shape, 1, "A"), opening(shape, 2, "B")];
  const [p1, p2, p3] = ["p1", "p2", "p3"].map((self) => new Player(shape, self)) as [Player, Player, Player];
  const first = [p1, p2, p3].flatMap((p) => p.hear(a));
  const both = p2.hear(first[0], first[2]);
  const second = [p1, p3].flatMap((p) => p.hear(b));
  return [
    a,
    b,
    ...first,
    ...both,
    ...second,
    ...p1.hear(first[2], second[1]),
    ...p3.hear(first[0], second[0]),
  ];
}

/** Whoever watches tells of learners that no ballot serves any more. */
function tellsStuck(self: string, change: Change): string | null {
  const shape = shapeOf("gap");
  const subject = new Player(shape, self, change);
  subject.hear(...leftBehind(shape));
  for (let i = 0; i < 40; i += 1) subject.take({ kind: "timeout", timer: "retry" } as never);
  return subject.told("stuck") ? null : "a learner that no ballot serves any more is not called stuck";
}

type Decided = { readonly decision: { readonly certificate: { readonly votes: readonly unknown[] } } };

/** The decision that two of three make for a value, as a learner hands it on. */
function decisionOf(shape: HeteroShape, value: string): Decided["decision"] {
  const a = opening(shape, 1, value);
  const [p1, p2] = [new Player(shape, "p1"), new Player(shape, "p2")];
  const joined = [...p1.hear(a), ...p2.hear(a)];
  const learner = new Player(shape, "z0");
  learner.hear(a, ...joined, ...p1.hear(joined[1]), ...p2.hear(joined[0]));
  return (learner.outputs.find(({ kind }) => kind === "decided") as unknown as Decided).decision;
}

function checksDecisions(self: string, change: Change): string | null {
  const shape = shapeOf("crash");
  const [first, second] = [decisionOf(shape, "A"), decisionOf(shape, "B")];
  const subject = new Player(shape, self, change);
  const { certificate } = first;
  subject.hear({ ...first, certificate: { ...certificate, votes: certificate.votes.slice(1) } });
  if (subject.told("decided")) return "a decision with one vote of two is taken";
  subject.hear(first, second);
  return subject.told("alarm") ? null : "two decisions of one learner raise no alarm";
}

/** Reads count a quorum, and nothing is gone that a quorum still has. */
function followsLogs(self: string, change: Change): string | null {
  const shape = shapeOf("bft");
  const subject = new Player(shape, self, change);
  const law = lawOf(sealScheme, subject.config);
  subject.take({ kind: "commands", commands: [{ kind: "highest", nonce: 1 }] } as never);
  subject.take(from("p1", { kind: "highestAck", law, nonce: 1, slot: 7 }));
  if (subject.told("highest")) return "a read believes one acceptor";
  subject.take(from("p1", { kind: "closed", law, floor: 3 }));
  if (subject.told("trimmed")) return "slots are gone because one acceptor says so";
  subject.take(from("p2", { kind: "closed", law, floor: 3 }));
  if (!subject.told("trimmed")) return "slots that two of four have closed are not called gone";
  return null;
}

/** What is referred to and is not here is asked for. */
function asksForRefs(self: string, change: Change): string | null {
  const shape = shapeOf("crash");
  const subject = new Player(shape, self, change);
  const [said] = new Player(shape, "p1").hear(opening(shape, 1, "A"));
  const effects = subject.take(from("p1", said));
  const asked = effects.some(
    (effect) => effect.kind === "send" && (effect.message as { readonly kind: string }).kind === "want",
  );
  return asked ? null : "nobody is asked for what a message refers to";
}

const watcherAlone = (self: string, change: Change): string | null =>
  checksDecisions(self, change) ??
  tellsStuck(self, change) ??
  followsLogs(self, change) ??
  asksForRefs(self, change);

/** What an engine of Heterogeneous Paxos owes by itself; null: nothing, or it is another engine. */
export function tryHeteroAlone(name: string, change: Change): string | null {
  const shape = shapeOf("crash");
  const named = (self: string): boolean => (heteroPart(shape, self).engine as AnyEngine).name === name;
  const watcher = ["z0", "w0"].find(named);
  try {
    if (named("p1")) return acceptorAlone(change);
    return watcher === undefined ? null : watcherAlone(watcher, change);
  } catch (error) {
    return `it throws: ${error instanceof Error ? error.message : String(error)}`;
  }
}
