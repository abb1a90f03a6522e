import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Client, createClient, type GatewayLink } from "@eunomia/aneris-client";
import { utf8Encode } from "@eunomia/codec";
import { systemRandom } from "@eunomia/crypto-auth/native";
import { broadcastEvent } from "@eunomia/trace";
import { nodeBodyDigest, TraceWriter } from "@eunomia/trace/file";
import { KvClient } from "../kv/client.ts";
import { encodeKvCommand } from "../kv/wire.ts";
import type { LocalCluster } from "../local/cluster.ts";
import { openClient, openLink } from "../local/participants.ts";
import type { NodeAddress } from "../node/config.ts";
import { wallClock } from "../node/trace.ts";
import { RegisterHistory } from "./history.ts";
import { pause } from "./recovery.ts";

export interface LoadOptions {
  readonly cluster: LocalCluster;
  /** Values written per second, by two clients. */
  readonly rate: number;
  /** Mean size of a value. */
  readonly valueBytes: number;
}

/** Keys that are written over and over, so that what the store holds stays as large as it is. */
const keys = 1000;
/** Values that may wait in a client: while the cluster does not answer, no more are handed in. */
const waitingMax = 256;
const tickMs = 20;
/** Between two calls of a client that reads or writes a register. */
const restMs = 40;
const registers = ["a", "b", "c"];

/**
 * The clients of a soak. They come for a round, with sessions of their own, and leave when all that they wrote is answered: two that
 * write values as they come due, two that write registers, and at each node one that reads them. What they hand in goes into a trace.
 */
export class Load {
  readonly history: RegisterHistory;
  readonly #options: LoadOptions;
  readonly #trace: TraceWriter;
  /** Random bytes, of which values are cut. */
  readonly #noise: Uint8Array;
  #clients: Client[] = [];
  #links: GatewayLink[] = [];
  #working: Promise<unknown>[] = [];
  #leaving = new AbortController();
  #ends = new AbortController();
  #round = 0;
  #written = 0;
  /** Commands that were answered, and bytes of values in them. */
  answered = 0;
  handedInBytes = 0;

  constructor(options: LoadOptions) {
    const { directory } = options.cluster;
    this.#options = options;
    this.#trace = new TraceWriter(join(directory, "clients.trace.jsonl"));
    this.#noise = randomBytes(options.valueBytes * 4);
    this.history = new RegisterHistory(join(directory, "history.jsonl"));
  }

  /** Answers a client for control commands, too. */
  async open(members: readonly NodeAddress[]): Promise<Client> {
    this.#round += 1;
    this.#leaving = new AbortController();
    this.#ends = new AbortController();
    const { config, secrets } = this.#options.cluster;
    const common = { config, clientSecret: secrets.clients, addresses: members };
    const nodes = members.map(({ id }) => id);
    const link = await openLink({ ...common, self: `clients-${this.#round}`, nodes });
    const own = (): Client => {
      const client = createClient({
        link,
        random: systemRandom(),
        onSettled: ({ count }) => {
          this.answered += count;
        },
      });
      this.#clients.push(client);
      return client;
    };
    const operator = own();
    for (const name of ["values-1", "values-2"]) this.#work(this.#values(own(), name));
    for (const name of ["register-1", "register-2"]) this.#work(this.#writes(own(), name));
    for (const { id } of members) {
      const reader = await openClient({ ...common, self: `reader-${id}-${this.#round}`, nodes: [id] });
      this.#clients.push(reader.client);
      this.#work(this.#reads(new KvClient(reader.client), `reader-${id}`));
      this.#links.push(reader.link);
    }
    this.#links.push(link);
    return operator;
  }

  /**
   * Hands in nothing more and waits until everything is answered. Reads that wait are given up: they change nothing.
   * @throws Error when something was not answered within so long.
   */
  async close(patienceMs: number): Promise<void> {
    this.#leaving.abort();
    const reads = setTimeout(() => this.#ends.abort(), 1000);
    let impatient: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      impatient = setTimeout(() => resolve("late"), patienceMs);
    });
    const answered = Promise.all(this.#working).then(() => "answered" as const);
    try {
      if ((await Promise.race([answered, late])) === "late")
        throw new Error(`a command was not answered within ${patienceMs / 1000} s after the last trouble`);
    } finally {
      clearTimeout(reads);
      clearTimeout(impatient);
      await this.leave();
    }
  }

  /** Everybody leaves at once. What is not answered then has an unknown outcome. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    this.#ends.abort();
    for (const client of this.#clients.splice(0)) await client.close();
    for (const link of this.#links.splice(0)) await link.close();
    this.#working = [];
  }

  /** No more rounds. */
  end(): void {
    this.#trace.close();
    this.history.close();
  }

  #work(work: Promise<void>): void {
    this.#working.push(work);
    work.catch(() => {}); // Whoever waits for all of them hears of it.
  }

  #handIn(client: Client, who: string, session: number, bodies: readonly Uint8Array[]): void {
    const seq = client.nextSeq + client.queued;
    this.#trace.write(broadcastEvent(wallClock(), who, session, seq, bodies, nodeBodyDigest));
    for (const body of bodies) this.handedInBytes += body.length;
  }

  async #values(client: Client, name: string): Promise<void> {
    const session = await client.registered();
    const who = `${name}-${this.#round}`;
    let last = performance.now();
    let due = 0;
    while (!this.#leaving.signal.aborted) {
      await pause(tickMs);
      const now = performance.now();
      due += ((now - last) / 1000) * (this.#options.rate / 2);
      last = now;
      const room = waitingMax - client.queued - client.outstanding;
      const bodies = Array.from({ length: Math.max(0, Math.min(Math.floor(due), room)) }, () =>
        this.#value(),
      );
      due -= Math.floor(due);
      if (bodies.length === 0) continue;
      this.#handIn(client, who, session, bodies);
      for (const body of bodies) client.send(body);
    }
    await client.idle();
  }

  #value(): Uint8Array {
    this.#written += 1;
    const { valueBytes } = this.#options;
    const size = 16 + ((this.#written * 977) % (2 * valueBytes));
    const value = this.#noise.slice(0, size);
    new DataView(value.buffer).setFloat64(0, this.#written);
    return encodeKvCommand({ kind: "put", key: utf8Encode(`value/${this.#written % keys}`), value });
  }

  async #writes(client: Client, name: string): Promise<void> {
    const session = await client.registered();
    const who = `${name}-${this.#round}`;
    for (let i = 0; !this.#leaving.signal.aborted; i += 1) {
      const key = this.#register(i);
      const value = randomUUID();
      const body = encodeKvCommand({ kind: "put", key: utf8Encode(key), value: utf8Encode(value) });
      await this.history.write(who, key, value, () => {
        this.#handIn(client, who, session, [body]);
        return client.broadcast(body);
      });
      await pause(restMs);
    }
  }

  async #reads(kv: KvClient, name: string): Promise<void> {
    const who = `${name}-${this.#round}`;
    const { signal } = this.#ends;
    for (let i = 0; !this.#leaving.signal.aborted; i += 1) {
      const key = this.#register(i);
      await this.history.read(who, key, signal, async () => {
        const found = await kv.get(utf8Encode(key), { signal });
        return found === null ? null : new TextDecoder().decode(found.value);
      });
      await pause(restMs);
    }
  }

  /** Other registers in every round, so that each has a history that can be judged. */
  #register(i: number): string {
    return `register/${this.#round}/${registers[i % registers.length]!}`;
  }
}
