import type { NodeId, Random, Transport } from "@eunomia/engine";
import { TransportError, wholeNumber } from "../error.ts";
import { seededRandom } from "./random.ts";

/** What the network does to frames. Rates are probabilities from 0 to 1, drawn per frame. */
export interface MemoryFaults {
  /** The frame is lost. Default 0. */
  readonly lossRate: number;
  /** The frame is delivered twice. Default 0. */
  readonly duplicateRate: number;
  /** The frame overtakes the frames that wait on its link, down to a random place. Default 0. */
  readonly reorderRate: number;
  /** Every frame travels this long at least. Default 0. */
  readonly minDelayMs: number;
  /** And this long at most, uniformly drawn. Frames with different delays overtake each other. Default 0. */
  readonly maxDelayMs: number;
}

export interface MemoryNetworkOptions extends Partial<MemoryFaults> {
  /** Where chance comes from. Default: a generator seeded with `seed`. */
  readonly random?: Random;
  /** Default 1. */
  readonly seed?: number;
  /**
   * Calls back once after `delayMs`, never at once; the `after` of a `Clock` fits. Default: `queueMicrotask`, which knows no
   * delays and lets no timer run while frames are on their way: give `(ms, f) => setTimeout(f, ms)` beside real timers.
   */
  readonly schedule?: (delayMs: number, callback: () => void) => unknown;
  /** Longer frames are dropped at `send`. Default 4 MiB. */
  readonly maxFrameBytes?: number;
  /** Bytes on their way over one link, with 4 counted on top for every frame. Default 8 MiB. */
  readonly maxQueueBytes?: number;
}

/** What became of the frames so far. A repeated frame counts as delivered twice. */
export interface MemoryStats {
  readonly sentFrames: number;
  readonly deliveredFrames: number;
  /** By reason: `loss`, `partition`, `no such peer`, `queue full`, `frame too large`, `receiver closed`, `no listener`. */
  readonly droppedFrames: ReadonlyMap<string, number>;
}

export interface MemoryNetwork {
  /** The node's end of the network. Asked again for the same node, closes the former end: the node has restarted. */
  transport(self: NodeId): Transport;
  /** Changes what happens to frames sent from now on. */
  setFaults(faults: Partial<MemoryFaults>): void;
  /** Frames pass within a group only; nodes in no group are alone. Frames on their way across are lost. */
  partition(groups: readonly (readonly NodeId[])[]): void;
  /** Cuts one direction of one link. */
  cut(from: NodeId, to: NodeId): void;
  /** Undoes `partition` and every `cut`. */
  heal(): void;
  stats(): MemoryStats;
}

interface Link {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Undelayed frames in the order in which they will arrive. Delayed ones wait in the scheduler. */
  readonly queue: Uint8Array[];
  queueBytes: number;
}

const noFaults: MemoryFaults = {
  lossRate: 0,
  duplicateRate: 0,
  reorderRate: 0,
  minDelayMs: 0,
  maxDelayMs: 0,
};
const headerBytes = 4;

/**
 * A network inside one process. The bytes are copied once at `send`, so that no two nodes ever share memory.
 *
 * @throws TransportError `bad-option` for a rate, delay or limit that makes no sense.
 * @example
 * ```ts
 * const network = memoryNetwork({ seed: 7, lossRate: 0.1 });
 * const a = network.transport("a");
 * network.transport("b").listen((claimedFrom, bytes) => console.log(claimedFrom, bytes));
 * a.send("b", Uint8Array.of(1, 2, 3));
 * ```
 */
export function memoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  return new Network(options);
}

class Network implements MemoryNetwork {
  readonly maxFrameBytes: number;
  readonly maxQueueBytes: number;
  readonly #random: Random;
  readonly #schedule: ((delayMs: number, callback: () => void) => unknown) | undefined;
  readonly #ends = new Map<NodeId, End>();
  readonly #cuts = new Map<NodeId, Set<NodeId>>();
  readonly #dropped = new Map<string, number>();
  #groupOf: Map<NodeId, number> | null = null;
  #faults: MemoryFaults;
  #sentFrames = 0;
  #deliveredFrames = 0;

  constructor(options: MemoryNetworkOptions) {
    this.maxFrameBytes = wholeNumber("maxFrameBytes", options.maxFrameBytes ?? 4 << 20, 1, 0xffffffff);
    this.maxQueueBytes = wholeNumber("maxQueueBytes", options.maxQueueBytes ?? 8 << 20, 1, 0xffffffff);
    this.#random = options.random ?? seededRandom(options.seed ?? 1);
    this.#schedule = options.schedule;
    this.#faults = this.#checked({ ...noFaults, ...faultsOf(options) });
  }

  transport(self: NodeId): Transport {
    void this.#ends.get(self)?.close();
    const end = new End(this, self);
    this.#ends.set(self, end);
    return end;
  }

  setFaults(faults: Partial<MemoryFaults>): void {
    this.#faults = this.#checked({ ...this.#faults, ...faultsOf(faults) });
  }

  partition(groups: readonly (readonly NodeId[])[]): void {
    this.#groupOf = new Map(groups.flatMap((group, index) => group.map((node) => [node, index] as const)));
  }

  cut(from: NodeId, to: NodeId): void {
    const cut = this.#cuts.get(from);
    if (cut === undefined) this.#cuts.set(from, new Set([to]));
    else cut.add(to);
  }

  heal(): void {
    this.#groupOf = null;
    this.#cuts.clear();
  }

  stats(): MemoryStats {
    return {
      sentFrames: this.#sentFrames,
      deliveredFrames: this.#deliveredFrames,
      droppedFrames: new Map(this.#dropped),
    };
  }

  forget(end: End): void {
    if (this.#ends.get(end.self) === end) this.#ends.delete(end.self);
  }

  /** Takes a frame over for its link, or answers false. */
  carry(link: Link, bytes: Uint8Array): boolean {
    if (!this.#ends.has(link.to)) return this.#drop("no such peer");
    if (bytes.length > this.maxFrameBytes) return this.#drop("frame too large");
    if (link.queueBytes + headerBytes + bytes.length > this.maxQueueBytes) return this.#drop("queue full");
    this.#sentFrames++;
    const copies = this.#chance(this.#faults.lossRate) ? 0 : this.#chance(this.#faults.duplicateRate) ? 2 : 1;
    if (copies === 0) this.#drop("loss");
    for (let copy = 0; copy < copies; copy++) this.#launch(link, bytes.slice());
    return true;
  }

  #launch(link: Link, bytes: Uint8Array): void {
    link.queueBytes += headerBytes + bytes.length;
    const delayMs = this.#delayMs();
    const schedule = this.#schedule;
    if (delayMs > 0 && schedule !== undefined) {
      schedule(delayMs, () => this.#arrive(link, bytes));
      return;
    }
    const { queue } = link;
    const overtakes = this.#chance(this.#faults.reorderRate) ? this.#random.next() % (queue.length + 1) : 0;
    queue.splice(queue.length - overtakes, 0, bytes);
    // One callback per frame, each taking the first of the queue: order is decided by the queue alone.
    const next = () => this.#arrive(link, queue.shift()!);
    if (schedule === undefined) queueMicrotask(next);
    else schedule(0, next);
  }

  #arrive(link: Link, bytes: Uint8Array): void {
    link.queueBytes -= headerBytes + bytes.length;
    const end = this.#ends.get(link.to);
    if (this.#isCut(link.from, link.to)) this.#drop("partition");
    else if (end === undefined) this.#drop("receiver closed");
    else if (end.receive === undefined) this.#drop("no listener");
    else {
      this.#deliveredFrames++;
      end.receive(link.from, bytes);
    }
  }

  #isCut(from: NodeId, to: NodeId): boolean {
    if (this.#cuts.get(from)?.has(to)) return true;
    if (this.#groupOf === null) return false;
    const group = this.#groupOf.get(from);
    return group === undefined || group !== this.#groupOf.get(to);
  }

  #delayMs(): number {
    const { minDelayMs, maxDelayMs } = this.#faults;
    if (maxDelayMs === 0) return 0;
    return minDelayMs + (this.#random.next() / 2 ** 32) * (maxDelayMs - minDelayMs);
  }

  /** Draws nothing for a rate of 0, so that a fault which is off does not move the others. */
  #chance(rate: number): boolean {
    return rate > 0 && this.#random.next() < rate * 2 ** 32;
  }

  #drop(reason: string): false {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
    return false;
  }

  #checked(faults: MemoryFaults): MemoryFaults {
    for (const title of ["lossRate", "duplicateRate", "reorderRate"] as const) {
      const rate = faults[title];
      if (!(rate >= 0 && rate <= 1))
        throw new TransportError("bad-option", `"${title}" expected a number from 0 to 1, got ${rate}`, {
          title,
        });
    }
    const { minDelayMs, maxDelayMs } = faults;
    if (!(minDelayMs >= 0 && minDelayMs <= maxDelayMs && maxDelayMs < Number.POSITIVE_INFINITY))
      throw new TransportError(
        "bad-option",
        `"minDelayMs" and "maxDelayMs" expected 0 <= min <= max, got ${minDelayMs} and ${maxDelayMs}`,
      );
    if (maxDelayMs > 0 && this.#schedule === undefined)
      throw new TransportError(
        "bad-option",
        `"schedule" expected a function since "maxDelayMs" is ${maxDelayMs}, got undefined: give (ms, f) => clock.after(ms, f)`,
      );
    return faults;
  }
}

class End implements Transport {
  readonly self: NodeId;
  receive: ((claimedFrom: NodeId, bytes: Uint8Array) => void) | undefined;
  readonly #network: Network;
  readonly #links = new Map<NodeId, Link>();
  #closed = false;

  constructor(network: Network, self: NodeId) {
    this.#network = network;
    this.self = self;
  }

  send(to: NodeId, bytes: Uint8Array): boolean {
    if (this.#closed || to === this.self) return false;
    let link = this.#links.get(to);
    if (link === undefined) {
      link = { from: this.self, to, queue: [], queueBytes: 0 };
      this.#links.set(to, link);
    }
    return this.#network.carry(link, bytes);
  }

  listen(receive: (claimedFrom: NodeId, bytes: Uint8Array) => void): void {
    if (this.receive !== undefined)
      throw new TransportError(
        "already-listening",
        `"listen" expected one listener, got a second: fan out inside the first`,
      );
    if (!this.#closed) this.receive = receive;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#network.forget(this);
  }
}

/** Only the faults that are given, so that an explicit undefined does not hide a default. */
function faultsOf(options: Partial<MemoryFaults>): Partial<MemoryFaults> {
  const titles = Object.keys(noFaults) as (keyof MemoryFaults)[];
  return Object.fromEntries(
    titles.flatMap((title) => (options[title] === undefined ? [] : [[title, options[title]]])),
  );
}
