import { check, clone, mapGet, sha256, toHex, utf8Decode, utf8Encode } from "@eunomia/codec";
import { type Effect, type Engine, type Event, step } from "@eunomia/engine";
import {
  type Choice,
  type MemberConfig,
  type MemberOptions,
  type MemberOutput,
  type MemberRecord,
  type MemberTypes,
  memberConfig,
  memberEngine,
  type TwoThirdsMessage,
} from "../src/index.ts";

export type EngineOf = (config: MemberConfig) => Engine<MemberTypes>;

export const bytes = utf8Encode;
export const whole = (value: string): Choice => ({ kind: "whole", value: bytes(value) });
export const digest = (value: string): Choice => ({
  kind: "digest",
  digest: sha256(bytes(value)),
  sizeBytes: bytes(value).length,
});
/** Four hexadecimal characters that tell digests apart. */
const short = (hash: Uint8Array): string => `#${toHex(hash).slice(0, 4)}`;
export const hash = (value: string): string => short(sha256(bytes(value)));
const named = (choice: Choice): string =>
  choice.kind === "whole" ? utf8Decode(choice.value) : short(choice.digest);

/** A message in one line, e.g. `vote 1 0 a`. */
export function text(message: TwoThirdsMessage): string {
  switch (message.kind) {
    case "vote":
      return `vote ${message.slot} ${message.round} ${named(message.choice)}`;
    case "decided":
      return `decided ${message.slot} ${named(message.choice)}`;
    case "propose":
    case "value":
      return `${message.kind} ${message.slot} ${utf8Decode(message.value)}`;
    case "trimmed":
      return `trimmed ${message.floor}`;
    case "head":
      return `head ${message.floor} ${message.maxVoted} ${message.maxDecided}`;
    case "stable":
      return `stable ${message.slot}`;
    case "fetch":
      return `fetch ${message.slots.join(",")}`;
    case "highest":
      return `highest ${message.nonce}`;
    case "highestAck":
      return `highestAck ${message.nonce} ${message.slot}`;
    case "want":
      return `want ${message.slot} ${short(message.digest)}`;
  }
}

const maybe = (value: Uint8Array | null): string => (value === null ? "same" : utf8Decode(value));

export function outputText(output: MemberOutput): string {
  if (output.kind === "decided") return `decided ${output.slot} ${utf8Decode(output.value)}`;
  return output.kind === "alarm"
    ? `alarm ${output.slot} ${utf8Decode(output.known)} ${named(output.other)}`
    : `evidence ${output.slot} ${output.round} ${output.from} ${named(output.first)} ${named(output.second)}`;
}

export function recordText(record: MemberRecord): string {
  if (record.kind === "vote") return `vote ${record.slot} ${record.round} ${maybe(record.est)}`;
  return record.kind === "decided"
    ? `decided ${record.slot} ${maybe(record.value)}`
    : `floor ${record.floor}`;
}

function effectText(effect: Effect<MemberTypes>): string {
  if (effect.kind === "send") return `${effect.to.join(",")} <- ${text(effect.message)}`;
  if (effect.kind === "arm") return `arm ${effect.timer} ${effect.delayMs}`;
  if (effect.kind === "output") return `output ${outputText(effect.output)}`;
  return effect.kind === "persist" ? `persist ${recordText(effect.record)}` : effect.kind;
}

/** One member `p0` of p0 to p3, driven by hand. What comes out is one line per effect; `arm` lines are left out. */
export class Rig {
  readonly config: MemberConfig;
  readonly engine: Engine<MemberTypes>;
  state: MemberTypes["State"];
  /** Every record so far, all of them durable. */
  records: MemberTypes["Record"][] = [];
  /** Timers as armed and not yet fired. */
  readonly armed = new Map<string, number>();
  /** Names of the actions of the last step. */
  fired: string[] = [];

  constructor(engineOf: EngineOf = memberEngine, options: Partial<MemberOptions> = {}) {
    this.config = memberConfig({
      self: "p0",
      members: ["p0", "p1", "p2", "p3"],
      learners: ["r0", "r1", "r2"],
      graceMs: 0,
      retryMs: 100,
      headMs: 0,
      order: "bytes",
      ...options,
    });
    this.engine = engineOf(this.config);
    this.state = this.engine.init(this.config);
    this.take({ kind: "start", records: [] });
  }

  take(event: Event<MemberTypes>): string[] {
    const { effects, fired } = step(this.engine, this.config, this.state, event);
    this.fired = fired.map(({ action }) => action);
    check(this.engine.schema.state, this.state);
    for (const effect of effects) {
      if (effect.kind === "persist") this.records.push(clone(this.engine.schema.record, effect.record));
      if (effect.kind === "arm") this.armed.set(effect.timer, effect.delayMs);
    }
    return effects.filter(({ kind }) => kind !== "arm").map(effectText);
  }

  from(from: string, message: TwoThirdsMessage): string[] {
    return this.take({ kind: "message", from, message });
  }

  propose(slot: number, value: string, from = "r0"): string[] {
    return this.from(from, { kind: "propose", slot, value: bytes(value) });
  }

  vote(from: string, slot: number, round: number, choice: string | Choice): string[] {
    return this.from(from, {
      kind: "vote",
      slot,
      round,
      choice: typeof choice === "string" ? whole(choice) : choice,
    });
  }

  decided(from: string, slot: number, choice: string | Choice): string[] {
    return this.from(from, {
      kind: "decided",
      slot,
      choice: typeof choice === "string" ? whole(choice) : choice,
    });
  }

  stable(from: string, slot: number): string[] {
    return this.from(from, { kind: "stable", slot });
  }

  /** Fires an armed timer; null if it is not armed. */
  fire(timer: "tick" | "retry" | "head"): string[] | null {
    return this.armed.delete(timer) ? this.take({ kind: "timeout", timer }) : null;
  }

  restart(records = this.records): string[] {
    this.state = this.engine.init(this.config);
    this.armed.clear();
    return this.take({ kind: "start", records });
  }

  /** `round est decided` of a slot. */
  slot(slot: number): string {
    const { round, est, decided } = mapGet(this.state.slots, slot) ?? { round: -1, est: null, decided: null };
    return `${round} ${est === null ? "-" : utf8Decode(est)} ${decided === null ? "-" : utf8Decode(decided)}`;
  }
}
