import { check, clone, mapGet } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { type Effect, type Engine, type Event, step } from "@eunomia/engine";
import { type GraphInput, learnerGraph, type ValidGraph } from "@eunomia/learner-graph";
import { type AssetState, assets, give, judgeAssets, mint, transfer } from "../src/assets.ts";
import {
  decodeJoint,
  type Entry,
  encodeBase,
  encodeJoint,
  type JointConfig,
  type JointOptions,
  type JointRecord,
  type JointState,
  type JointTools,
  type JointTypes,
  jointConfig,
  jointEngine,
  jointPromise,
  judgeBase,
  judgeJoint,
} from "../src/index.ts";

import { hasEnded } from "../src/ledger/types.ts";

type Types = JointTypes<AssetState>;
type Node = {
  readonly config: JointConfig;
  readonly engine: Engine<Types>;
  state: JointState<AssetState>;
  records: JointRecord<AssetState>[];
  readonly timers: Set<"pace">;
  inbox: Types["Command"][];
};
/** A value in an instance of consensus, and who has voted for it. */
interface Ballot {
  readonly value: Uint8Array;
  readonly votes: Set<string>;
}

/** Five shared validators, one of which may do anything. */
export const chains: GraphInput = {
  learners: { red: "{r, s1, s2, s3, s4, s5} >= 5", blue: "{b, s1, s2, s3, s4, s5} >= 5" },
  edges: [
    { between: ["red", "red"], label: "{r, s1, s2, s3, s4, s5} >= 3" },
    { between: ["red", "blue"], label: "{s1, s2, s3, s4, s5} >= 3" },
    { between: ["blue", "blue"], label: "{b, s1, s2, s3, s4, s5} >= 3" },
  ],
};

/** What a test may put in the place of what is right. */
export interface Twin {
  readonly judgeBase?: typeof judgeBase;
  readonly judgeJoint?: typeof judgeJoint;
  readonly options?: (node: string) => Partial<JointOptions>;
}

export interface WorldOptions {
  readonly seed: number;
  readonly graph?: GraphInput;
  readonly names?: readonly string[];
  readonly byzantine?: readonly string[];
  /** May this learner ever decide this joint slot? */
  readonly decides?: (slot: number, chain: string) => boolean;
  readonly twin?: Twin;
  readonly options?: Partial<JointOptions>;
  readonly tools?: Partial<JointTools<AssetState>>;
}

/**
 * Nodes over a model of consensus that does whatever it may: of the values for which a quorum has voted it decides any one, or
 * none, late, for one learner and not for the other. Learners that must agree agree.
 */
export class World {
  readonly graph: ValidGraph;
  readonly names: readonly string[];
  readonly random: SeededRandom;
  readonly nodes = new Map<string, Node>();
  readonly logs: Record<string, Uint8Array[]>;
  readonly validators: Readonly<Record<string, readonly string[]>>;
  readonly alarms: unknown[] = [];
  readonly joint = new Map<number, { ballots: Ballot[]; decided: Map<string, Uint8Array> }>();
  readonly base: Record<string, Ballot[]>;
  readonly #options: WorldOptions;
  readonly #byzantine: readonly string[];
  #minted = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.graph = learnerGraph(options.graph ?? chains);
    this.names = options.names ?? ["blue", "red"];
    this.random = new SeededRandom(options.seed);
    this.#byzantine = options.byzantine ?? [];
    this.logs = Object.fromEntries(this.names.map((name) => [name, []]));
    this.base = Object.fromEntries(this.names.map((name) => [name, []]));
    const { validators, follows } = jointPromise(this.graph, this.names);
    this.validators = validators;
    for (const [self, own] of Object.entries(follows)) {
      if (this.#byzantine.includes(self)) continue;
      const plans = this.names.map((chain) => ({ chain, first: 2, every: 3, patience: 4 }));
      const config = jointConfig({
        self,
        chains: plans,
        follows: own,
        lead: 2,
        ...options.options,
        ...options.twin?.options?.(self),
      });
      const engine = jointEngine(config, this.tools);
      const node = { config, engine, state: engine.init(config), records: [], timers: new Set(), inbox: [] };
      this.nodes.set(self, node as Node);
      this.take(self, { kind: "start", records: [] });
    }
  }

  pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  get tools(): JointTools<AssetState> {
    return { app: assets, ...this.#options.tools };
  }

  take(id: string, event: Event<Types>): void {
    const node = this.nodes.get(id)!;
    for (const effect of step(node.engine, node.config, node.state, event).effects)
      this.#effect(node, effect);
    if (this.random.below(32) === 0) check(node.engine.schema.state, node.state);
  }

  #effect(node: Node, effect: Effect<Types>): void {
    if (effect.kind === "persist") node.records.push(clone(node.engine.schema.record, effect.record));
    if (effect.kind === "arm") node.timers.add(effect.timer);
    if (effect.kind !== "output") return;
    const { output } = effect;
    if (output.kind === "propose" && output.height === this.logs[output.chain]!.length + 1)
      this.base[output.chain]!.push({ value: output.value, votes: new Set() });
    if (output.kind === "open") {
      const { ballots } = this.slot(output.slot);
      if (output.value !== null) ballots.push({ value: output.value, votes: new Set() });
    }
    if (output.kind === "alarm") this.alarms.push(output);
  }

  slot(slot: number): { ballots: Ballot[]; decided: Map<string, Uint8Array> } {
    const known = this.joint.get(slot) ?? { ballots: [], decided: new Map() };
    this.joint.set(slot, known);
    return known;
  }

  restart(id: string): void {
    const node = this.nodes.get(id)!;
    if (this.random.below(2) === 0) node.records = [...node.engine.compact(node.config, node.state)];
    node.state = node.engine.init(node.config);
    node.timers.clear();
    this.take(id, {
      kind: "start",
      records: node.records.map((one) => clone(node.engine.schema.record, one)),
    });
  }

  submit(id: string, chain: string, entries: Entry[]): void {
    this.take(id, { kind: "commands", commands: [{ kind: "submit", chain, entries }] });
  }

  /** Something that a client may want: new assets, gifts, moves to another chain. */
  wish(): void {
    const [id, node] = this.pick([...this.nodes]);
    const chain = this.pick(node.config.follows);
    const keys = mapGet(node.state.chains, chain)!.app.held.keys;
    const other = this.pick(this.names.filter((name) => name !== chain));
    const die = this.random.below(8);
    // Few assets, so that one goes and comes back.
    if (this.#minted < 4) this.submit(id, chain, [mint(`${chain}:${++this.#minted}`, "ann")]);
    else if (keys.length === 0) return;
    else if (die < 2) this.submit(id, chain, [give(this.pick(keys), `bob${die}`)]);
    else this.submit(id, chain, [transfer(this.pick(keys), other, "eve")]);
  }

  fire(id: string): void {
    if (this.nodes.get(id)!.timers.delete("pace")) this.take(id, { kind: "timeout", timer: "pace" });
  }

  /** Hands over what was decided: all of it, or some of it, in any order, perhaps twice. */
  deliver(id: string, all = false): void {
    const node = this.nodes.get(id)!;
    if (node.inbox.length === 0) return;
    const count = all ? node.inbox.length : 1 + this.random.below(node.inbox.length);
    const at = all ? 0 : this.random.below(node.inbox.length - count + 1);
    const repeat = !all && this.random.below(4) === 0;
    const commands = repeat ? node.inbox.slice(at, at + count) : node.inbox.splice(at, count);
    this.take(id, { kind: "commands", commands });
  }

  #tell(chain: string, command: Types["Command"]): void {
    for (const node of this.nodes.values()) if (node.config.follows.includes(chain)) node.inbox.push(command);
  }

  /** Safe validators that find the value valid now vote, all of them or some. Byzantine ones vote for anything. */
  #vote(ballot: Ballot, opinion: (node: Node) => string, everybody: boolean): ReadonlySet<string> {
    for (const id of this.#byzantine) ballot.votes.add(id);
    for (const [id, node] of this.nodes)
      if ((everybody || this.random.below(8) > 0) && opinion(node) === "valid") ballot.votes.add(id);
    return ballot.votes;
  }

  /** Whoever proposes is heard first at some time. */
  #turns(ballots: readonly Ballot[]): readonly Ballot[] {
    const first = this.random.below(ballots.length);
    return [...ballots.slice(first), ...ballots.slice(0, first)];
  }

  /** @returns whether a base slot was decided. */
  decideBase(chain: string, everybody = false): boolean {
    const ballots = this.base[chain]!;
    if (ballots.length === 0) return false;
    const judge = this.#options.twin?.judgeBase ?? judgeBase;
    for (const ballot of everybody ? this.#turns(ballots) : [this.pick(ballots)]) {
      const { value } = ballot;
      const votes = this.#vote(
        ballot,
        ({ config, state }) => judge(config, this.tools, state, chain, value),
        everybody,
      );
      if (!this.graph.isQuorum(chain, votes)) continue;
      const height = this.logs[chain]!.push(value);
      this.base[chain] = [];
      this.#tell(chain, { kind: "decided", chain, height, value });
      return true;
    }
    return false;
  }

  /** @returns whether a learner decided a joint slot. */
  decideJoint(slot: number, chain: string, everybody = false): boolean {
    const { ballots, decided } = this.slot(slot);
    if (decided.has(chain) || ballots.length === 0) return false;
    if (this.#options.decides?.(slot, chain) === false) return false;
    const safe = this.graph.acceptors.filter((id) => !this.#byzantine.includes(id));
    const bound = [...decided].find(([other]) => this.graph.isSafeSet(chain, other, safe))?.[1];
    const judge = this.#options.twin?.judgeJoint ?? judgeJoint;
    for (const ballot of everybody ? this.#turns(ballots) : [this.pick(ballots)]) {
      const { value } = ballot;
      if (bound !== undefined && bound.join() !== value.join()) continue;
      const votes = this.#vote(
        ballot,
        ({ config, state }) => judge(config, this.tools, state, slot, value),
        everybody,
      );
      if (!this.graph.isQuorum(chain, votes)) continue;
      decided.set(chain, value);
      this.#tell(chain, { kind: "jointDecided", chain, slot, value });
      return true;
    }
    return false;
  }

  /** A Byzantine proposer says anything about joint slots, in base slots and in joint ones. */
  lie(): void {
    const chain = this.pick(this.names);
    const slot = 1 + this.random.below(Math.max(1, this.joint.size + 1));
    const known = this.joint.get(slot)?.ballots.map(({ value }) => decodeJoint(value)!) ?? [];
    const from = this.pick(this.names);
    const to = this.pick(this.names.filter((name) => name !== from));
    const key = `${from}:${1 + this.random.below(Math.max(1, this.#minted))}`;
    const terms = transfer(key, to, "eve") as Extract<Entry, { kind: "lock" }>;
    const own = { moves: [{ from, key, to, terms: terms.terms }], next: null };
    const block = this.pick([...known, own, { moves: [], next: null }]);
    const by = this.pick(this.names.filter((name) => name !== chain));
    const lies: Entry[] = [
      { kind: "joint", slot, block },
      { kind: "settle", slot, taken: null },
      { kind: "settle", slot, taken: { by, block } },
      { kind: "leave", evidence: new Uint8Array() },
    ];
    this.base[chain]!.push({ value: encodeBase({ entries: [this.pick(lies)] }), votes: new Set() });
    this.slot(slot).ballots.push({ value: encodeJoint(block), votes: new Set() });
  }

  get config(): JointConfig {
    return [...this.nodes.values()][0]!.config;
  }

  verdict(): ReturnType<typeof judgeAssets> {
    return judgeAssets(this.config, this.logs);
  }

  /** Is anything locked, or any slot without an end, at some node? */
  get busy(): boolean {
    return [...this.nodes.values()].some(({ state }) =>
      state.chains.values.some(
        ({ ledger, pending }) =>
          pending.length > 0 || ledger.locks.keys.length > 0 || !ledger.slots.values.every(hasEnded),
      ),
    );
  }
}
