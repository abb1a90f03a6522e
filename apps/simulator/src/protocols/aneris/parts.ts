import {
  type ReplicaConfig,
  type ReplicaOracles,
  replicaDefaults,
  replicaEngine,
} from "@eunomia/aneris-switch";
import {
  controlDomain,
  controlSigningBytes,
  encodeCommand,
  encodeControl,
  joinBatch,
  Operation,
  type ProtocolSpec,
} from "@eunomia/aneris-switch/messages";
import { encode, equalBytes, sha256, utf8Encode } from "@eunomia/codec";
import type { AnyEngine } from "@eunomia/engine";

/** The cluster that replicas of models and systems belong to. */
export const cluster = "simulated";
const monitor = { id: "monitor", key: utf8Encode("the key of the monitor") };

/** Stands for a signature: who knows the key can make it, and here everybody is honest about which key it used. */
const seal = (key: Uint8Array, domain: string, bytes: Uint8Array): Uint8Array =>
  sha256(Uint8Array.of(...key, 0, ...utf8Encode(domain), 0, ...bytes));

/** What replicas need from outside, in pure code, with seals in the place of signatures. */
export const plainOracles: ReplicaOracles = {
  sha256,
  verify: (key, domain, bytes, signature) => equalBytes(seal(key, domain, bytes), signature),
  validate: ({ name }) =>
    name === "two-thirds" || name === "paxos" ? null : `"${name}" is not in the registry`,
};

/** The signature of the monitor under a control command. */
export const signatureOf = (signed: Uint8Array): { principal: string; signature: Uint8Array } => ({
  principal: monitor.id,
  signature: seal(monitor.key, controlDomain, signed),
});

export const protocol = (name: string): ProtocolSpec => ({ name, params: new Uint8Array() });

/** What a replica's configuration may differ in from the defaults of these models. */
export type ReplicaShape = Partial<Omit<ReplicaConfig, "self" | "cluster" | "controllers">> &
  Pick<ReplicaConfig, "self" | "membership">;

export function replicaPart(
  shape: ReplicaShape,
  oracles: ReplicaOracles = plainOracles,
): { engine: AnyEngine; config: ReplicaConfig } {
  const config: ReplicaConfig = {
    ...replicaDefaults,
    cluster,
    alpha: 1,
    maxBatch: 1,
    staticClients: 64,
    initial: protocol("paxos"),
    controllers: { threshold: 1, principals: [monitor] },
    ...shape,
  };
  return { engine: replicaEngine(config, oracles), config };
}

/** A batch of one command, whose body is its own name. */
export const commandOf = (client: number, seq: number): Uint8Array =>
  joinBatch([encodeCommand(client, seq, 0, utf8Encode(`c${client}:${seq}`))]);

/** A batch of one control command, signed by the monitor or (forged) by nobody. */
export function controlOf(
  n: number,
  operation: Operation,
  options: { readonly forged?: boolean; readonly notAfter?: number } = {},
): Uint8Array {
  const { forged = false, notAfter = 1_000_000 } = options;
  const signed = controlSigningBytes(cluster, n, notAfter, encode(Operation, operation));
  const key = forged ? utf8Encode("a key of nobody") : monitor.key;
  return joinBatch([
    encodeControl(n, notAfter, operation, [
      { principal: monitor.id, signature: seal(key, controlDomain, signed) },
    ]),
  ]);
}

export const swapOf = (
  n: number,
  name: string,
  options?: { forged?: boolean; notAfter?: number },
): Uint8Array => controlOf(n, { kind: "swap", protocol: protocol(name) }, options);

export const modeOf = (n: number, kind: "cut" | "window"): Uint8Array =>
  controlOf(n, { kind: "mode", mode: { kind } });
