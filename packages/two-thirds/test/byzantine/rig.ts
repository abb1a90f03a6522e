import { check, clone, mapGet, sha256, utf8Decode, utf8Encode } from "@eunomia/codec";
import { type Effect, type Engine, type Event, step } from "@eunomia/engine";
import { statusesDigest } from "../../src/byzantine/statement.ts";
import {
  type ByzantineMemberConfig,
  type ByzantineMemberOptions,
  type ByzantineMemberOutput,
  type ByzantineMemberRecord,
  type ByzantineMemberTypes,
  type ByzantineMessage,
  byzantineMemberConfig,
  byzantineMemberEngine,
  type Certificate,
  type Says,
  type StatusReport,
  statementBytes,
  statementDomain,
} from "../../src/byzantine.ts";
import type { EngineOf } from "./adapter.ts";
import { sealOf, sealsOf } from "./seals.ts";

export const bytes = utf8Encode;
const textOf = (value: Uint8Array | null): string => (value === null ? "-" : utf8Decode(value)!);
export const honest: EngineOf = (config) => byzantineMemberEngine(config, sealsOf(config.self));

/** A message in one line, e.g. `vote 1 0 a`, `status 1 2 0=a` (round 2, voted for a in round 0), `newround 1 2 a p0,p1,p2,p3,p4`. */
export function text(message: ByzantineMessage): string {
  switch (message.kind) {
    case "propose":
      return `propose ${message.slot} ${textOf(message.value)}`;
    case "vote":
      return `vote ${message.slot} ${message.round} ${textOf(message.value)}`;
    case "status":
      return `status ${message.slot} ${message.round} ${message.est === null ? "-" : `${message.lastRound}=${textOf(message.est)}`}`;
    case "newround":
      return `newround ${message.slot} ${message.round} ${textOf(message.value)} ${message.statuses.map(({ from }) => from).join(",")}`;
    case "decided":
      return `decided ${message.slot} ${textOf(message.value)} ${proofText(message.certificate)}`;
    case "trimmed":
      return `trimmed ${message.floor}`;
    case "head":
      return `head ${message.floor} ${message.maxDecided}`;
    case "stable":
      return `stable ${message.slot}`;
    case "fetch":
      return `fetch ${message.slots.join(",")}`;
    case "highest":
      return `highest ${message.nonce}`;
    case "highestAck":
      return `highestAck ${message.nonce} ${message.slot}`;
  }
}

const proofText = ({ round, votes }: Certificate): string =>
  `by ${votes.map(({ from }) => from).join(",")} in ${round}`;

export function outputText(output: ByzantineMemberOutput): string {
  if (output.kind === "decided") return `decided ${output.slot} ${textOf(output.value)}`;
  if (output.kind === "alarm") return `alarm ${output.slot} ${textOf(output.known)} ${textOf(output.other)}`;
  if (output.kind === "refused") return `refused ${output.message} of ${output.from}: ${output.reason}`;
  const kind = output.second === null ? `bad ${output.first.says.kind}` : `two ${output.first.says.kind}`;
  return `evidence ${output.slot} ${output.round} ${output.from} ${kind}`;
}

export function recordText(record: ByzantineMemberRecord): string {
  const same = (value: Uint8Array | null) => (value === null ? "same" : textOf(value));
  if (record.kind === "vote") return `vote ${record.slot} ${record.round} ${same(record.est)}`;
  if (record.kind === "enter") return `enter ${record.slot} ${record.round}`;
  return record.kind === "decided" ? `decided ${record.slot} ${same(record.value)}` : `floor ${record.floor}`;
}

function effectText(effect: Effect<ByzantineMemberTypes>): string {
  if (effect.kind === "send") return `${effect.to.join(",")} <- ${text(effect.message)}`;
  if (effect.kind === "output") return `output ${outputText(effect.output)}`;
  return effect.kind === "persist" ? `persist ${recordText(effect.record)}` : effect.kind;
}

/** One member `p0` of p0 to p5 (f = 1, q = 5, L = 3), driven by hand. What comes out is one line per effect; `arm` lines are left out. */
export class Rig {
  readonly config: ByzantineMemberConfig;
  readonly engine: Engine<ByzantineMemberTypes>;
  state: ByzantineMemberTypes["State"];
  /** Every record so far, all of them durable. */
  records: ByzantineMemberTypes["Record"][] = [];
  /** Timers as armed and not yet fired. */
  readonly armed = new Map<string, number>();
  /** Evidence that was put out. */
  readonly evidence: Extract<ByzantineMemberOutput, { kind: "evidence" }>[] = [];

  constructor(engineOf: EngineOf = honest, options: Partial<ByzantineMemberOptions> = {}) {
    this.config = byzantineMemberConfig({
      ...{ self: "p0", context: "rig/0", members: ["p0", "p1", "p2", "p3", "p4", "p5"] },
      ...{ learners: ["r0", "r1", "r2"], roundMs: 100, retryMs: 100, headMs: 0, order: "bytes" },
      ...options,
    });
    this.engine = engineOf(this.config);
    this.state = this.engine.init(this.config);
    this.take({ kind: "start", records: [] });
  }

  take(event: Event<ByzantineMemberTypes>): string[] {
    const { effects } = step(this.engine, this.config, this.state, event);
    check(this.engine.schema.state, this.state);
    for (const effect of effects) {
      if (effect.kind === "persist") this.records.push(clone(this.engine.schema.record, effect.record));
      if (effect.kind === "arm") this.armed.set(effect.timer, effect.delayMs);
      if (effect.kind === "output" && effect.output.kind === "evidence") this.evidence.push(effect.output);
    }
    return effects.filter(({ kind }) => kind !== "arm").map(effectText);
  }

  from(from: string, message: ByzantineMessage): string[] {
    return this.take({ kind: "message", from, message });
  }

  propose(slot: number, value: string, from = "r0"): string[] {
    return this.from(from, { kind: "propose", slot, value: bytes(value) });
  }

  /** What `signer` signs; a test may have it sent by anybody. */
  seal(signer: string, slot: number, round: number, says: Says): Uint8Array {
    return sealOf(signer, statementDomain, statementBytes({ context: "rig/0", slot, round }, says));
  }

  vote(from: string, slot: number, round: number, value: string, signer = from): string[] {
    const signature = this.seal(signer, slot, round, { kind: "vote", value: sha256(bytes(value)) });
    return this.from(from, { kind: "vote", slot, round, value: bytes(value), signature });
  }

  votes(from: readonly string[], slot: number, round: number, value: string): string[] {
    return from.flatMap((member) => this.vote(member, slot, round, value));
  }

  /** `last`: such as `0=a`, or `-` for none. */
  report(from: string, slot: number, round: number, last: string, signer = from): StatusReport {
    const [lastRound, value] = last === "-" ? [-1, null] : [Number(last.split("=")[0]), last.split("=")[1]!];
    const est = value === null ? null : sha256(bytes(value));
    return {
      from,
      lastRound,
      est,
      signature: this.seal(signer, slot, round, { kind: "status", lastRound, est }),
    };
  }

  status(from: string, slot: number, round: number, last: string, signer = from): string[] {
    const { lastRound, signature } = this.report(from, slot, round, last, signer);
    const est = last === "-" ? null : bytes(last.split("=")[1]!);
    return this.from(from, { kind: "status", slot, round, lastRound, est, signature });
  }

  /** With the statuses of members by name, such as `{ p1: "0=a" }`. */
  newround(
    from: string,
    slot: number,
    round: number,
    value: string,
    statuses: Readonly<Record<string, string>>,
    change: (reports: StatusReport[]) => StatusReport[] = (reports) => reports,
  ): string[] {
    const reports = change(
      Object.entries(statuses).map(([member, last]) => this.report(member, slot, round, last)),
    );
    const says = {
      kind: "newround",
      value: sha256(bytes(value)),
      statuses: statusesDigest(reports),
    } as const;
    const signature = this.seal(from, slot, round, says);
    return this.from(from, {
      kind: "newround",
      slot,
      round,
      value: bytes(value),
      statuses: reports,
      signature,
    });
  }

  proof(slot: number, value: string, voters: readonly string[], round = 0): Certificate {
    const says = { kind: "vote", value: sha256(bytes(value)) } as const;
    return {
      round,
      votes: voters.map((from) => ({ from, signature: this.seal(from, slot, round, says) })),
    };
  }

  decided(from: string, slot: number, value: string, certificate = this.proof(slot, value, five)): string[] {
    return this.from(from, { kind: "decided", slot, value: bytes(value), certificate });
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

  /** `round voted est decided` of a slot. */
  slot(slot: number): string {
    const known = mapGet(this.state.slots, slot);
    if (known === undefined) return "nothing";
    const { round, voted, est, decided } = known;
    return `${round} ${voted} ${textOf(est)} ${textOf(decided === null ? null : decided.value)}`;
  }
}

/** A quorum without p0. */
export const five: readonly string[] = ["p1", "p2", "p3", "p4", "p5"];
