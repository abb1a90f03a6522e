import { createWriteStream } from "node:fs";
import { createSubscriber, type GatewayLink, type Subscriber } from "@eunomia/aneris-client";
import { readOperation } from "@eunomia/aneris-switch/messages";
import { native, systemRandom } from "@eunomia/crypto-auth/native";
import { deliverEvent } from "@eunomia/trace";
import { nodeBodyDigest, TraceWriter } from "@eunomia/trace/file";
import { type LinkSetup, openLink } from "../local/participants.ts";
import { wallClock } from "../node/trace.ts";

export interface RecorderOptions extends LinkSetup {
  /** Where the bodies of all commands go, in the order of delivery. */
  readonly output: string;
  readonly traceFile: string;
  onSlot?(slot: {
    readonly slot: number;
    readonly epoch: number;
    readonly protocol: string;
    readonly commands: number;
  }): void;
  onAlarm(what: string): void;
}

/** A subscriber that writes what it receives to a file. */
export class Recorder {
  readonly #subscriber: Subscriber;
  readonly #link: GatewayLink;
  readonly #file: ReturnType<typeof createWriteStream>;
  readonly #trace: TraceWriter;
  readonly #protocols: string[];
  #commands = 0;
  #slot = 0;

  private constructor(options: RecorderOptions, link: GatewayLink) {
    this.#link = link;
    this.#file = createWriteStream(options.output);
    this.#trace = new TraceWriter(options.traceFile);
    this.#protocols = [options.config.initial];
    this.#subscriber = createSubscriber({
      link,
      cluster: options.config.cluster,
      random: systemRandom(),
      sha256: native.sha256,
      // Two gateways are read and compared, so that the loss of one is no gap.
      copies: 2,
      silenceMs: 250,
      onAlarm: (alarm) => options.onAlarm(JSON.stringify(alarm)),
      onFault: (error) => options.onAlarm(`stopped: ${error}`),
      onSlot: async (view) => {
        const { slot, epoch, vector, entries } = view;
        const protocol = this.#protocols[epoch] ?? "";
        this.#trace.write(
          deliverEvent(wallClock(), options.self, { slot, epoch, protocol, vector }, entries, nodeBodyDigest),
        );
        const bodies: Uint8Array[] = [];
        for (const entry of entries) {
          if (entry.kind === "command") bodies.push(vector.subarray(entry.bodyStart, entry.end));
          const operation = entry.kind === "control" ? readOperation(entry.operation) : null;
          // What is delivered took effect, so the next epoch runs this protocol.
          if (operation?.kind === "swap" || operation?.kind === "reconfigure")
            this.#protocols.push(operation.protocol.name);
        }
        this.#commands += bodies.length;
        this.#slot = slot;
        options.onSlot?.({ slot, epoch, protocol, commands: bodies.length });
        if (bodies.length > 0 && !this.#file.write(Buffer.concat(bodies)))
          await new Promise<void>((resolve) => this.#file.once("drain", () => resolve()));
      },
    });
  }

  static async open(options: RecorderOptions): Promise<Recorder> {
    return new Recorder(options, await openLink(options));
  }

  /** Commands received so far. */
  get commands(): number {
    return this.#commands;
  }
  /** Last slot received. */
  get slot(): number {
    return this.#slot;
  }

  async close(): Promise<void> {
    await this.#subscriber.close();
    await this.#link.close();
    await new Promise<void>((resolve) => this.#file.end(() => resolve()));
    this.#trace.close();
  }
}
