import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, ControlOutcome, GatewayLink } from "@eunomia/aneris-client";
import { controlDomain, controlSigningBytes, Operation } from "@eunomia/aneris-switch/messages";
import { encode } from "@eunomia/codec";
import { signInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { Recorder } from "../../src/demo/subscriber.ts";
import { LocalCluster, type LocalClusterOptions } from "../../src/local/cluster.ts";
import { openClient } from "../../src/local/participants.ts";

/** A folder for one test file; `remove` deletes it. */
export function temporaryDirectory(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `eunomia-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function fourNodes(directory: string, over: Partial<LocalClusterOptions> = {}): Promise<LocalCluster> {
  return LocalCluster.create({
    directory,
    nodes: 4,
    f: 1,
    initial: "two-thirds",
    protocols: { "two-thirds": {}, paxos: { phase1: 3, phase2: 2 } },
    fifo: true,
    ...over,
  });
}

/** Resolves once `condition` holds, tried again and again. @throws with `what` after a minute. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited a minute for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function clientOf(
  cluster: LocalCluster,
  self: string,
  options: Parameters<typeof openClient>[1] = {},
): Promise<{ readonly client: Client; readonly link: GatewayLink }> {
  const { config, secrets } = cluster;
  const nodes = config.nodes.map((node) => node.id);
  return openClient({ config, clientSecret: secrets.clients, self, nodes }, options);
}

/** A subscriber that writes all it gets, from slot 1, to `<name>.out`. */
export function readerOf(
  cluster: LocalCluster,
  self: string,
  onAlarm: (what: string) => void,
): Promise<Recorder> {
  const { config, secrets, directory } = cluster;
  return Recorder.open({
    config,
    clientSecret: secrets.clients,
    self,
    nodes: config.nodes.map((node) => node.id),
    output: join(directory, `${self}.out`),
    traceFile: join(directory, `${self}.trace.jsonl`),
    onAlarm,
  });
}

export interface ControlVariant {
  readonly protocol?: string;
  /** Added to the next number. */
  readonly ahead?: number;
  readonly expired?: boolean;
  readonly forged?: boolean;
  /** Hears of the command before it is handed in. */
  signed?(n: number, operation: Uint8Array): void;
}

/** Signs a swap, well or in one of the ways in which it can be wrong, and hands it in. */
export async function swapCommand(
  cluster: LocalCluster,
  client: Client,
  variant: ControlVariant = {},
): Promise<ControlOutcome> {
  const { nextControl, delivered } = await client.status();
  const n = nextControl + (variant.ahead ?? 0);
  const notAfter = variant.expired ? Math.max(0, delivered - 1) : delivered + 1000;
  const operation: Operation = {
    kind: "swap",
    protocol: { name: variant.protocol ?? "paxos", params: new Uint8Array() },
  };
  const key = native.ed25519.importSigningKey(cluster.controller.seed);
  const encoded = encode(Operation, operation);
  const bytes = controlSigningBytes(cluster.config.cluster, n, notAfter, encoded);
  const signature = signInDomain(key, controlDomain, bytes);
  if (variant.forged) signature[7]! ^= 1;
  variant.signed?.(n, encoded);
  return client.submitControl(
    n,
    notAfter,
    operation,
    [{ principal: cluster.controller.principal, signature }],
    AbortSignal.timeout(30_000),
  );
}
