import {
  controlDomain,
  controlSigningBytes,
  encodeCommand,
  encodeControl,
  Operation,
  readBatch,
  readOperation,
} from "@eunomia/aneris-switch/messages";
import { encode, utf8Encode } from "@eunomia/codec";
import type { VectorEffect, VectorInput, VectorProcess } from "@eunomia/conformance";
import { type AnyEngine, type Effect, type EngineTypes, type Event, step } from "@eunomia/engine";
import { sealOf } from "./simulated-node.ts";

export interface SystemConfig {
  readonly replicas: readonly string[];
  readonly alpha: number;
  readonly initial: string;
  readonly tt: { readonly members: readonly string[]; readonly f: number };
  readonly paxos: { readonly leaders: readonly string[]; readonly acceptors: readonly string[] };
}

/** A message between processes of one epoch. */
export interface Tagged {
  readonly epoch: number;
  readonly message: EngineTypes["Message"];
}

export const monitor = { id: "monitor", key: utf8Encode("the key of the monitor") };
export const cluster = "vectors";

/** One engine with its state; nothing in these vectors crashes, so records are not kept. */
export class Machine {
  readonly #engine: AnyEngine;
  readonly #config: unknown;
  readonly #state: unknown;
  readonly first: readonly Effect<EngineTypes>[];

  constructor(engine: AnyEngine, config: unknown) {
    this.#engine = engine;
    this.#config = config;
    this.#state = engine.init(config);
    this.first = this.take({ kind: "start", records: [] });
  }

  take(event: Event<EngineTypes>): readonly Effect<EngineTypes>[] {
    return step(this.#engine, this.#config, this.#state, event).effects;
  }

  command(command: unknown): readonly Effect<EngineTypes>[] {
    return this.take({ kind: "commands", commands: [command] });
  }
}

export const sendEffect = (
  epoch: number,
  effect: Extract<Effect<EngineTypes>, { kind: "send" }>,
): VectorEffect => ({
  kind: "send",
  to: effect.to,
  message: { t: effect.message.kind.toUpperCase(), epoch },
  real: { epoch, message: effect.message } satisfies Tagged,
});

/** Labels of a batch as vectors write them. */
export const labels = (batch: Uint8Array): string[] =>
  (readBatch(batch) ?? []).map((entry) => {
    if (entry.kind === "command") return `c${entry.client}:${entry.seq}`;
    const operation = entry.kind === "control" ? readOperation(entry.operation) : null;
    return entry.kind === "control" && operation?.kind === "swap"
      ? `ctl${entry.n}=${operation.protocol.name}`
      : entry.kind;
  });

export type Written = string | { readonly ctl: number; readonly swap: string };

export function entryOf(written: Written): Uint8Array {
  if (typeof written === "string") {
    const [client, seq] = written.slice(1).split(":").map(Number);
    return encodeCommand(client!, seq!, 0, utf8Encode(written));
  }
  const operation = { kind: "swap", protocol: { name: written.swap, params: new Uint8Array() } } as const;
  const signed = controlSigningBytes(cluster, written.ctl, 1000, encode(Operation, operation));
  return encodeControl(written.ctl, 1000, operation, [
    { principal: monitor.id, signature: sealOf(monitor.key, controlDomain, signed) },
  ]);
}

/** Which protocol runs from which slot: known once some replica has spawned the epoch. */
export type Epochs = Map<number, { readonly protocol: string; readonly from: number }>;

/** A process that never crashes and that nobody looks into: no vector of the whole system does. */
export abstract class Standing implements VectorProcess {
  abstract step(input: VectorInput): readonly VectorEffect[];
  crash(): void {
    throw new Error("no vector of the whole system crashes a process");
  }
  restart(): VectorEffect[] {
    return [];
  }
  project(): Readonly<Record<string, unknown>> {
    return {};
  }
}
