import { clone, sha256 } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import { evidenceProblem, memberEngine, type NodeConfig, nodeConfig } from "@eunomia/hetero-paxos";
import {
  encodeJoint,
  type JointConfig,
  type JointOutput,
  type JointState,
  jointConfig,
  jointEngine,
  jointPromise,
  judgeBase,
  judgeJoint,
} from "@eunomia/joint-slots";
import { type AssetState, assets, judgeAssets, mint, transfer } from "@eunomia/joint-slots/assets";
import { graphDigest } from "@eunomia/learner-graph";
import { laws, mac, scheme } from "./joint-laws.ts";

interface Process {
  readonly node: string;
  readonly law: string;
  readonly engine: AnyEngine;
  readonly config: unknown;
  state: unknown;
  records: unknown[];
  readonly timers: Map<string, number>;
  life: number;
  /** Between a crash and the start after it. */
  down: boolean;
}

type Happening =
  | { readonly to: string; readonly event: Event<EngineTypes>; readonly life?: number }
  | { readonly crash: string };

export interface JointRun {
  readonly verdict: ReturnType<typeof judgeAssets>;
  readonly convicted: readonly string[];
  readonly crashes: number;
  readonly messages: number;
  readonly settled: boolean;
}

/**
 * Two chains and their joint slots, all decided by hetero-paxos, in virtual time: late and lost messages, crashes, and a validator with
 * two faces, which votes and proposes whatever it likes.
 */
class JointChains {
  readonly random: SeededRandom;
  readonly processes = new Map<string, Process>();
  readonly logs: Record<string, Uint8Array[]> = { blue: [], red: [] };
  readonly convicted = new Set<string>();
  readonly config: JointConfig;
  crashes = 0;
  messages = 0;
  now = 0;
  readonly #traitor: string;
  readonly #careless: boolean;
  /** A joint slot of which nobody hears anything. */
  readonly #cutOff: number | null;
  readonly #agenda: { at: number; what: Happening }[] = [];

  constructor(seed: number, traitor: string, cutOff: number | null, careless: boolean) {
    this.random = new SeededRandom(seed);
    this.#traitor = traitor;
    this.#cutOff = cutOff;
    this.#careless = careless;
    const { follows } = jointPromise(laws.joint!, ["red", "blue"]);
    const chains = ["blue", "red"].map((chain) => ({ chain, first: 2, every: 3, patience: 6 }));
    for (const [node, own] of Object.entries(follows)) {
      const faces = node === traitor ? ["", "'"] : [""];
      for (const law of [...own, "joint"])
        for (const face of faces) this.#add(`${node}/${law}${face}`, node, law, ...this.#member(node, law));
      const slots = jointConfig({ self: `${node}/slots`, chains, follows: own, lead: 2, paceMs: 20 });
      if (node !== traitor)
        this.#add(`${node}/slots`, node, "slots", jointEngine(slots, { app: assets }), slots);
    }
    this.config = jointConfig({ self: "auditor", chains, lead: 2 });
  }

  #member(node: string, law: string): [AnyEngine, NodeConfig] {
    const graph = laws[law]!;
    const processOf = (acceptor: string): string => `${acceptor}/${law}`;
    const config = nodeConfig({
      self: processOf(node),
      graph,
      graphDigest: graphDigest(graph),
      processOf,
      watchers: graph.acceptors.map(processOf),
      chain: law,
      tickMs: 0,
    });
    const accepts = (slot: number, value: Uint8Array): boolean | "later" =>
      this.#accepts(node, law, slot, value);
    return [memberEngine(config, { graph, scheme, accepts }, (bytes) => mac(node, bytes)), config];
  }

  #accepts(node: string, law: string, slot: number, value: Uint8Array): boolean | "later" {
    if (node === this.#traitor || this.#careless) return true;
    const { config, state } = this.processes.get(`${node}/slots`)! as Process & {
      config: JointConfig;
      state: JointState<AssetState>;
    };
    const tools = { app: assets };
    const opinion =
      law === "joint"
        ? judgeJoint(config, tools, state, slot, value)
        : judgeBase(config, tools, state, law, value);
    return opinion === "later" ? opinion : opinion === "valid";
  }

  #add(id: string, node: string, law: string, engine: AnyEngine, config: unknown): void {
    const process = {
      node,
      law,
      engine,
      config,
      state: engine.init(config),
      records: [],
      timers: new Map(),
      life: 1,
      down: false,
    };
    this.processes.set(id, process);
    this.#plan(0, { to: id, event: { kind: "start", records: [] } });
  }

  #plan(delayMs: number, what: Happening): void {
    const at = this.now + delayMs;
    let low = 0;
    let high = this.#agenda.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#agenda[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    this.#agenda.splice(low, 0, { at, what });
  }

  command(node: string, law: string, ...commands: unknown[]): void {
    this.#plan(0, { to: `${node}/${law}`, event: { kind: "commands", commands } });
  }

  crash(node: string, atMs: number): void {
    this.#plan(atMs, { crash: node });
  }

  /** Runs until virtual time is over, or `done`. */
  run(untilMs: number, done: () => boolean): void {
    for (let i = 0; this.#agenda.length > 0; i++) {
      if (i % 256 === 0 && done()) return;
      const { at, what } = this.#agenda.shift()!;
      if (at > untilMs) return;
      this.now = at;
      if ("crash" in what) this.#restart(what.crash);
      else this.#take(what.to, what.event, what.life);
    }
  }

  #restart(node: string): void {
    this.crashes++;
    for (const [id, process] of this.processes) {
      if (process.node !== node) continue;
      process.life++;
      process.down = true;
      process.timers.clear();
      process.state = process.engine.init(process.config);
      this.#plan(100, { to: id, event: { kind: "start", records: process.records } });
    }
  }

  #take(id: string, event: Event<EngineTypes>, life?: number): void {
    const process = this.processes.get(id)!;
    if (life !== undefined && life !== process.life) return;
    if (event.kind === "start") process.down = false;
    if (process.down) return;
    if (event.kind === "timeout") {
      // Armed anew since, or disarmed.
      if (process.timers.get(event.timer) !== this.now) return;
      process.timers.delete(event.timer);
    }
    if (event.kind === "message") this.messages++;
    const { effects } = step(process.engine, process.config, process.state, event);
    for (const effect of effects) this.#effect(id, process, effect);
  }

  #effect(id: string, process: Process, effect: Effect<EngineTypes>): void {
    const { random } = this;
    switch (effect.kind) {
      case "persist":
        process.records.push(clone(process.engine.schema.record, effect.record));
        return;
      case "arm": {
        const delay = effect.delayMs + random.below(Math.max(1, effect.jitterMs));
        process.timers.set(effect.timer, this.now + delay);
        this.#plan(delay, { to: id, event: { kind: "timeout", timer: effect.timer }, life: process.life });
        return;
      }
      case "disarm":
        process.timers.delete(effect.timer);
        return;
      case "send":
        for (const to of effect.to) this.#send(id, to, effect.message);
        return;
      case "output":
        if (process.law === "slots") this.#follow(process.node, effect.output as JointOutput);
        else this.#learn(process, effect.output as { kind: string });
    }
  }

  /** Both faces of the traitor hear everything, and each speaks to one half. */
  #send(from: string, to: string, message: EngineTypes["Message"]): void {
    const event = { kind: "message", from: from.replace("'", ""), message } as const;
    const { instance } = message as { readonly instance?: { readonly slot: number } };
    if (from.includes("/joint") && instance?.slot === this.#cutOff) return;
    if (from.startsWith(this.#traitor) && to.charCodeAt(1) % 2 === (from.endsWith("'") ? 0 : 1)) return;
    for (const face of to.startsWith(this.#traitor) ? ["", "'"] : [""])
      if (!this.random.chance(0.01)) this.#plan(1 + this.random.below(15), { to: `${to}${face}`, event });
  }

  #follow(node: string, output: JointOutput): void {
    if (output.kind === "propose")
      this.command(node, output.chain, { kind: "propose", slot: output.height, value: output.value });
    if (output.kind !== "open") return;
    if (output.value !== null)
      this.command(node, "joint", { kind: "propose", slot: output.slot, value: output.value });
    const terms = (transfer("", "", "eve") as { terms: Uint8Array }).terms;
    const moves = [{ from: "red", key: "red:forged", to: "blue", terms }];
    for (const face of ["", "'"])
      this.command(this.#traitor, `joint${face}`, {
        kind: "propose",
        slot: output.slot,
        value: encodeJoint({ moves, next: null }),
      });
  }

  #learn({ node, law }: Process, output: { readonly kind: string }): void {
    if (output.kind === "evidence") {
      const found = output as unknown as Parameters<typeof evidenceProblem>[1];
      if (evidenceProblem(scheme, found) === null) this.convicted.add(found.signer);
    }
    if (output.kind === "judge")
      this.#judge(node, law, output as unknown as { slot: number; value: Uint8Array });
    if (output.kind !== "decided" || node === this.#traitor) return;
    const { slot, learner, value } = output as {
      kind: string;
      slot: number;
      learner: string;
      value: Uint8Array;
    };
    if (law !== "joint") {
      this.logs[law]![slot - 1] ??= value;
      this.command(node, "slots", { kind: "decided", chain: law, height: slot, value });
    } else if ((this.processes.get(`${node}/slots`)!.config as JointConfig).follows.includes(learner))
      this.command(node, "slots", { kind: "jointDecided", chain: learner, slot, value });
  }

  /** Whoever cannot say yet is asked again. */
  #judge(node: string, law: string, { slot, value }: { slot: number; value: Uint8Array }): void {
    const fit = this.#accepts(node, law, slot, value);
    if (fit !== "later") this.command(node, law, { kind: "judged", slot, value: sha256(value), fit });
  }

  get idle(): boolean {
    return [...this.processes.values()].every(
      ({ law, state }) =>
        law !== "slots" ||
        (state as JointState).chains.values.every(
          ({ ledger, pending }) =>
            pending.length === 0 &&
            ledger.locks.keys.length === 0 &&
            ledger.slots.values.every(({ ending }) => ending.kind !== "pending" && ending.kind !== "known"),
        ),
    );
  }
}

/**
 * With every third seed the first joint slot is cut off: nobody ever decides it.
 *
 * @param careless validators vote for anything: a broken twin.
 */
export function runJointChains(seed: number, careless = false): JointRun {
  const traitor = ["s1", "s2", "s4"][seed % 3]!;
  const chains = new JointChains(seed, traitor, seed % 3 === 0 ? 1 : null, careless);
  const steady = ["s3", "s5"];
  for (let i = 0; i < 6; i++) {
    const [from, to] = i % 2 === 0 ? ["red", "blue"] : ["blue", "red"];
    const entries = [mint(`${from}:${i}`, "ann"), transfer(`${from}:${i}`, to!, "bob")];
    chains.command(steady[i % 2]!, "slots", { kind: "submit", chain: from, entries });
  }
  chains.crash(chains.random.below(2) === 0 ? "r" : "b", 200 + chains.random.below(1500));
  chains.run(60_000, () => chains.now > 3000 && chains.idle);
  const { logs, convicted, crashes, messages, idle } = chains;
  const whole = Object.fromEntries(
    Object.entries(logs).map(([chain, log]) => [chain, [...log].slice(0, firstHole(log))]),
  );
  return {
    verdict: judgeAssets(chains.config, whole),
    convicted: [...convicted],
    crashes,
    messages,
    settled: idle,
  };
}

const firstHole = (log: readonly (Uint8Array | undefined)[]): number => {
  const at = [...log].indexOf(undefined);
  return at < 0 ? log.length : at;
};
