import { check, clone, fromHex, mapGet, toHex, utf8Encode } from "@eunomia/codec";
import type { ScheduleProcess } from "@eunomia/conformance";
import { type Effect, type Engine, type Event, type LearnerGraph, type NodeId, step } from "@eunomia/engine";
import { derive } from "../src/evaluate/derive.ts";
import { GraphView } from "../src/graph-view.ts";
import type {
  HeteroPaxosMessage,
  NodeConfig,
  NodeOutput,
  NodeRecord,
  NodeTypes,
  Speech,
} from "../src/index.ts";
import { lawOf } from "../src/index.ts";
import { speechId } from "../src/proof/header.ts";
import { type ClusterOptions, cluster, scheme, signAs } from "./cluster.ts";

export interface Letter {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: HeteroPaxosMessage;
}

type Process = {
  engine: Engine<NodeTypes>;
  config: NodeConfig;
  state: NodeTypes["State"];
  records: NodeRecord[];
};

/** Processes driven by hand: messages wait in `letters` until a test delivers them. */
export class Net {
  readonly processes = new Map<NodeId, Process>();
  letters: Letter[] = [];
  readonly outputs: { readonly process: NodeId; readonly output: NodeOutput }[] = [];
  #steps = 0;
  readonly armed = new Map<string, number>();
  /** Names of the actions that ever fired. */
  readonly fired = new Set<string>();

  constructor(options: ClusterOptions, processes: Record<NodeId, ScheduleProcess> = cluster(options)) {
    for (const [id, { engine, config }] of Object.entries(processes))
      this.processes.set(id, {
        engine: engine as Engine<NodeTypes>,
        config: config as NodeConfig,
        state: engine.init(config),
        records: [],
      });
    for (const id of this.processes.keys()) this.take(id, { kind: "start", records: [] });
  }

  take(id: NodeId, event: Event<NodeTypes>): readonly Effect<NodeTypes>[] {
    const process = this.processes.get(id)!;
    const { engine, config, state, records } = process;
    const { effects, fired } = step(engine, config, state, event);
    for (const { action } of fired) this.fired.add(action);
    if (this.#steps++ % 16 === 0) check(engine.schema.state, state);
    for (const effect of effects) {
      if (effect.kind === "send")
        for (const to of effect.to) this.letters.push({ from: id, to, message: effect.message });
      if (effect.kind === "persist") records.push(clone(engine.schema.record, effect.record));
      if (effect.kind === "output") this.outputs.push({ process: id, output: effect.output });
      if (effect.kind === "arm") this.armed.set(`${id} ${effect.timer}`, effect.delayMs);
    }
    return effects;
  }

  give(to: NodeId, message: HeteroPaxosMessage, from: NodeId = "somebody"): readonly Effect<NodeTypes>[] {
    return this.take(to, { kind: "message", from, message });
  }

  propose(id: NodeId, value: string, slot = 1): void {
    this.take(id, { kind: "commands", commands: [{ kind: "propose", slot, value: utf8Encode(value) }] });
  }

  fire(id: NodeId, timer: "tick" | "retry" | "window"): readonly Effect<NodeTypes>[] {
    return this.take(id, { kind: "timeout", timer });
  }

  restart(id: NodeId, records = this.processes.get(id)!.records): void {
    const process = this.processes.get(id)!;
    process.state = process.engine.init(process.config);
    this.take(id, { kind: "start", records });
  }

  /** Delivers what is on its way and fits, and what comes of it, until nothing fits. @returns how many */
  run(fits: (letter: Letter) => boolean = () => true): number {
    let count = 0;
    for (;;) {
      const at = this.letters.findIndex(fits);
      if (at < 0) return count;
      const [letter] = this.letters.splice(at, 1) as [Letter];
      this.take(letter.to, { kind: "message", from: letter.from, message: letter.message });
      count++;
    }
  }

  drop(fits: (letter: Letter) => boolean = () => true): void {
    this.letters = this.letters.filter((letter) => !fits(letter));
  }

  /** The latest messages of an acceptor, as it sent them. */
  said(acceptor: NodeId, kind: "1b" | "2a"): Speech[] {
    const found = this.letters.filter(({ from, message }) => from === acceptor && message.kind === kind);
    return [...new Set(found.map(({ message }) => message as Speech))];
  }

  refusals(process?: NodeId): string[] {
    return this.outputs.flatMap(({ process: at, output }) =>
      output.kind === "refused" && (process === undefined || at === process) ? [output.reason] : [],
    );
  }

  decided(process: NodeId, slot = 1): Record<string, string> {
    const { decided } = mapGet(this.processes.get(process)!.state.slots, slot)!;
    return Object.fromEntries(decided.keys.map((learner, i) => [learner, text(decided.values[i]!.value)]));
  }
}

export const text = (value: Uint8Array): string => String.fromCharCode(...value);

/** A message with some other fields, signed as an acceptor would. */
export function altered(speech: Speech, fields: Partial<Speech>, signer = speech.signer): Speech {
  const { signature: _, ...unsigned } = { ...speech, ...fields } as Speech;
  return { ...unsigned, signature: signAs(signer)(speechId(scheme, unsigned)) } as Speech;
}

export const idOf = (speech: Speech): string => toHex(speechId(scheme, speech));

/** A well-formed message with true claims, as `signer` would say it with these refs: made from what process `at` has. */
export function said(
  net: Net,
  at: NodeId,
  signer: NodeId,
  prev: string | null,
  refs: readonly string[],
  graph: LearnerGraph,
): Speech {
  const { state, config } = net.processes.get(at)!;
  const view = new GraphView(graph);
  const sorted = [...refs].sort();
  const slot = mapGet(state.slots, 1)!;
  const entry = derive(view, config.rules, slot.known, { signer: view.acceptor(signer), prev, refs: sorted });
  if (typeof entry === "string") throw new Error(`not well-formed: ${entry}`);
  const base = {
    kind: entry.kind,
    instance: { law: lawOf(scheme, config), slot: 1 },
    signer,
    prev: prev === null ? null : fromHex(prev),
    refs: sorted.map(fromHex),
    ballot: { number: entry.ballot.number, value: fromHex(entry.ballot.value) },
    learners: entry.kind === "2a" ? view.learnerNames(entry.learners) : [],
  };
  return { ...base, signature: signAs(signer)(speechId(scheme, base)) };
}
