import { type AnyEngine, step } from "@eunomia/engine";
import type { Ballot, PaxosMessage } from "../../src/index.ts";
import {
  acceptorConfig,
  leaderConfig,
  learnerConfig,
  type Makers,
  type Shape,
  valueFrom,
} from "./cluster.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests read states and effects of three engines
type Any = any;

export const majorities: Shape = { acceptors: 3, q1: 2, q2: 2 };
export const ballot = (round: number, leader: number): Ballot => ({ round, leader });

/** One engine alone, with its durable records: what tests of single rules talk to. */
export class Lone {
  readonly engine: AnyEngine;
  readonly config: Any;
  state: Any;
  records: Any[] = [];
  fired: string[] = [];
  effects: Any[] = [];

  constructor(engine: AnyEngine, config: unknown) {
    this.engine = engine;
    this.config = config;
    this.restart();
  }

  restart(): this {
    this.state = this.engine.init(this.config);
    return this.take({ kind: "start", records: [...this.records] });
  }

  take(event: Any): this {
    const done = step(this.engine, this.config, this.state as never, event);
    this.fired = done.fired.map(({ action }) => action);
    this.effects = [...done.effects];
    for (const effect of this.effects) if (effect.kind === "persist") this.records.push(effect.record);
    return this;
  }

  from(sender: string, message: PaxosMessage): this {
    return this.take({ kind: "message", from: sender, message });
  }

  command(...commands: Any[]): this {
    return this.take({ kind: "commands", commands });
  }

  timeout(timer: string): this {
    return this.take({ kind: "timeout", timer });
  }

  /** Messages sent in the last step, of one kind or of all. */
  sent(kind?: PaxosMessage["kind"]): { to: readonly string[]; message: Any }[] {
    return this.effects.filter(
      (effect) => effect.kind === "send" && (kind === undefined || effect.message.kind === kind),
    );
  }

  outputs(): Any[] {
    return this.effects.flatMap((effect) => (effect.kind === "output" ? [effect.output] : []));
  }
}

export const acceptorAlone = (makers: Makers, shape: Partial<Shape> = {}, self = "a1"): Lone => {
  const config = acceptorConfig({ ...majorities, ...shape }, self);
  return new Lone(makers.acceptor(config), config);
};
export const leaderAlone = (makers: Makers, shape: Partial<Shape> = {}, self = "l0"): Lone => {
  const config = leaderConfig({ ...majorities, ...shape }, self);
  return new Lone(makers.leader(config), config);
};
export const learnerAlone = (makers: Makers, shape: Partial<Shape> = {}, self = "r0"): Lone => {
  const config = learnerConfig({ ...majorities, ...shape }, self);
  return new Lone(makers.learner(config), config);
};

export const p1b = (
  own: Ballot,
  accepted: [number, Ballot, string][] = [],
  more: Partial<Any> = {},
): PaxosMessage => ({
  kind: "p1b",
  ballot: own,
  promised: own,
  floor: 0,
  fromSlot: 1,
  more: false,
  accepted: accepted.map(([slot, of, text]) => ({ slot, ballot: of, value: valueFrom(text) })),
  ...more,
});
export const p2a = (of: Ballot, slot: number, text: string): PaxosMessage => ({
  kind: "p2a",
  ballot: of,
  slot,
  value: valueFrom(text),
});
export const p2b = (of: Ballot, slot: number, promised: Ballot = of): PaxosMessage => ({
  kind: "p2b",
  ballot: of,
  slot,
  promised,
  valueDigest: null,
});
export const proposal = (slot: number, text: string): PaxosMessage => ({
  kind: "propose",
  slot,
  value: valueFrom(text),
});

/** Leader 0 with a ballot that acceptors a1 and a2 adopted. */
export function active(
  makers: Makers,
  shape: Partial<Shape> = {},
  accepted: [number, Ballot, string][] = [],
): Lone {
  const lone = leaderAlone(makers, shape).command({ kind: "lead" });
  lone.from("a1", p1b(lone.state.ballot, accepted));
  return lone.from("a2", p1b(lone.state.ballot));
}
