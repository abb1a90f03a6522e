import type { Client } from "@eunomia/aneris-client";
import { controlDomain, controlSigningBytes, Operation } from "@eunomia/aneris-switch/messages";
import { encode } from "@eunomia/codec";
import { signInDomain } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { nodeBodyDigest, type TraceWriter } from "@eunomia/trace/file";
import { wallClock } from "../node/trace.ts";
import type { LocalCluster } from "./cluster.ts";

/** How long a restarted cluster may take to answer a control command. */
const patienceMs = 30_000;

/**
 * Has a new local cluster decide things, as the only one who does. Each of its operations begins an epoch, so the cluster is in the
 * epoch whose number is that of the operations that took effect.
 */
export class Controller {
  readonly #cluster: LocalCluster;
  readonly #trace: TraceWriter;
  #took = 0;

  /** Controls that were signed are written down in the trace. */
  constructor(cluster: LocalCluster, trace: TraceWriter) {
    this.#cluster = cluster;
    this.#trace = trace;
  }

  /**
   * Has an operation take effect by a control command that the cluster's principal signs, and answers what came of it in words. A
   * gateway that lags names a number that is used up already; nothing has happened then, and the command is signed anew with the
   * next one. But the answer to a command that took effect may be lost with a connection, and handed in again its number is used
   * up, by itself: the nodes tell the two apart.
   *
   * @throws Error when the cluster refuses, or does not answer within half a minute.
   */
  async control(client: Client, operation: Operation): Promise<string> {
    const key = native.ed25519.importSigningKey(this.#cluster.controller.seed);
    const { principal } = this.#cluster.controller;
    const bytes = encode(Operation, operation);
    const signal = AbortSignal.timeout(patienceMs);
    for (;;) {
      const outcome = await client.control({
        operation,
        signal,
        sign: (n, notAfter) => {
          const digest = nodeBodyDigest(bytes);
          this.#trace.write({ kind: "control", at: wallClock(), who: "client", n, digest });
          const signed = controlSigningBytes(this.#cluster.config.cluster, n, notAfter, bytes);
          return [{ principal, signature: signInDomain(key, controlDomain, signed) }];
        },
      });
      if (outcome.kind === "refused" && !outcome.reason.startsWith("number"))
        throw new Error(`the cluster refused to ${operation.kind}: ${outcome.reason}`);
      if (outcome.kind === "refused" && !(await this.#beganOneMore())) continue;
      this.#took += 1;
      return outcome.kind === "effective"
        ? `control command ${outcome.n} took effect in slot ${outcome.slot}`
        : `control command ${outcome.n} has taken effect`;
    }
  }

  /** Whether some node comes, within a second, to an epoch that no operation answered for has begun. */
  async #beganOneMore(): Promise<boolean> {
    for (let tries = 0; tries < 10; tries += 1) {
      const told = await Promise.all(this.#cluster.config.nodes.map(({ id }) => this.#cluster.status(id)));
      if (told.some((status) => status !== null && status.epoch > this.#took)) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  }
}
