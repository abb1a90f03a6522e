import type { Client } from "@eunomia/aneris-client";
import { controlDomain, controlSigningBytes, Operation } from "@eunomia/aneris-switch/messages";
import { encode } from "@eunomia/codec";
import { signInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { nodeBodyDigest, type TraceWriter } from "@eunomia/trace/file";
import { wallClock } from "../node/trace.ts";
import type { LocalCluster } from "./cluster.ts";

/** Who has a local cluster decide something. */
export interface ControlDesk {
  readonly cluster: LocalCluster;
  readonly client: Client;
  /** Controls that were signed are written down here. */
  readonly trace: TraceWriter;
}

/** How long a restarted cluster may take to answer a control command. */
const patienceMs = 30_000;

/**
 * Has an operation take effect by a control command that the cluster's principal signs, and answers what came of it in words. A
 * gateway that lags names a number that is used up already; nothing has happened then, and the command is signed anew with the next
 * one. But the answer to a command that took effect may be lost with a connection, and handed in again its number is used up, by
 * itself: so `cameTrue` is asked first.
 *
 * @throws Error when the cluster refuses, or does not answer within half a minute.
 */
export async function control(
  { cluster, client, trace }: ControlDesk,
  operation: Operation,
  cameTrue: (signal: AbortSignal) => Promise<boolean>,
): Promise<string> {
  const key = native.ed25519.importSigningKey(cluster.controller.seed);
  const { principal } = cluster.controller;
  const bytes = encode(Operation, operation);
  const signal = AbortSignal.timeout(patienceMs);
  for (;;) {
    const outcome = await client.control({
      operation,
      signal,
      sign(n, notAfter) {
        trace.write({ kind: "control", at: wallClock(), who: "client", n, digest: nodeBodyDigest(bytes) });
        const signed = controlSigningBytes(cluster.config.cluster, n, notAfter, bytes);
        return [{ principal, signature: signInDomain(key, controlDomain, signed) }];
      },
    });
    if (outcome.kind === "effective")
      return `control command ${outcome.n} took effect in slot ${outcome.slot}`;
    if (!outcome.reason.startsWith("number"))
      throw new Error(`the cluster refused to ${operation.kind}: ${outcome.reason}`);
    // Within a second, for a gateway that lags.
    for (let tries = 0; tries < 10; tries += 1) {
      if (await cameTrue(signal)) return `control command ${outcome.n} has taken effect`;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
