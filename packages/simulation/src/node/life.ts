import type {
  AnyEngine,
  Authenticator,
  Clock,
  EngineTypes,
  Event,
  NodeId,
  Parcel,
  Ports,
  Random,
  Replay,
  SlotLog,
  SnapshotStore,
  Step,
  Transport,
  Wire,
} from "@eunomia/engine";
import type { Stream } from "../choice/stream.ts";
import { type Disk, DiskError } from "../disk/disk.ts";
import type { DiskHost } from "../disk/host.ts";
import { SimulatedJournal } from "../disk/journal.ts";
import { SimulatedSlotLog } from "../disk/slot-log.ts";
import { SimulatedSnapshots } from "../disk/snapshots.ts";
import type { Freight } from "../network/network.ts";
import type { Life, StepPort } from "../types.ts";
import type { NodeClock } from "./clock.ts";

/** What takes time inside a node: its disk, and its event loop, which gathers what comes meanwhile. */
export type Slow = "disk" | "loop";

/** What a life needs of its node and of the kernel. */
export interface LifeHost {
  readonly node: NodeId;
  readonly copy: number;
  readonly disk: Disk;
  readonly clock: NodeClock;
  readonly sched: Stream;
  readonly wired: boolean;
  readonly authenticator: Authenticator;
  readonly syncMaxUs: number;
  readonly batchMaxUs: number;
  nowUs(): number;
  /** Runs after so much virtual time, later if the node is paused then. */
  later(what: Slow, delayUs: number, run: () => void): void;
  /** Runs when the present event is through. */
  soon(run: () => void): void;
  /** Runs a timer now, or when the node goes on. */
  awake(run: () => void, name: string): void;
  /** Does it take time, and does the life end here, as it was drawn, or as a script says? */
  within(what: Slow | "dies", drawn: boolean): boolean;
  send(to: NodeId, freight: Freight): boolean;
  output(life: SimulatedLife, process: NodeId, output: unknown): void;
  step(
    life: SimulatedLife,
    process: NodeId,
    instance: string,
    engine: AnyEngine,
    config: unknown,
    state: object,
    event: Event<EngineTypes>,
  ): Step<EngineTypes>;
  /** The life ended in the middle of something. */
  ended(life: SimulatedLife, why: "crash" | "disk" | "fault", error?: Error): void;
}

/** One life of a node: models of the ports, none of which has any effect once it is over. */
export class SimulatedLife implements Life, DiskHost {
  readonly node: NodeId;
  readonly copy: number;
  readonly number: number;
  readonly ports: Ports;
  readonly replay: Replay;
  readonly step: StepPort;
  readonly #host: LifeHost;
  #over = false;
  /** The life ends before this many further calls of a port; 0: it does not. */
  #callsLeft = 0;
  #deferred: (() => void) | null = null;
  #deferredRun: () => void = () => {};
  #onFrame: ((claimedFrom: NodeId, bytes: Uint8Array) => void) | null = null;
  #onParcel: ((parcel: Parcel) => void) | null = null;

  constructor(host: LifeHost, number: number) {
    this.#host = host;
    this.node = host.node;
    this.copy = host.copy;
    this.number = number;
    this.replay = host.disk.replay();
    this.step = (address, engine, config, state, event) =>
      host.step(this, address.process, address.instance, engine, config, state as object, event);
    this.ports = {
      transport: this.#transport(),
      journal: new SimulatedJournal(host.disk, this),
      clock: this.#clock(),
      random: this.#random(),
      authenticator: host.authenticator,
      ...(host.wired && { wire: this.#wire() }),
      defer: (callback) => this.#defer(callback),
    };
  }

  get over(): boolean {
    return this.#over;
  }

  log(): SlotLog {
    return new SimulatedSlotLog(this.#host.disk, this);
  }

  snapshots(cluster: string): SnapshotStore {
    return new SimulatedSnapshots(this.#host.disk, this, cluster);
  }

  output(process: NodeId, output: unknown): void {
    if (this.call()) this.#host.output(this, process, output);
  }

  fault(error: Error): void {
    if (this.#over) return;
    this.end();
    this.#host.ended(this, error instanceof DiskError ? "disk" : "fault", error);
  }

  end(): void {
    this.#over = true;
  }

  get doomed(): boolean {
    return this.#over || this.#callsLeft > 0;
  }

  /** The life ends before the `calls`-th further call of a port. */
  endWithin(calls: number): void {
    this.#callsLeft = calls;
  }

  receive(from: NodeId, freight: Freight): void {
    if (this.#over) return;
    if (freight instanceof Uint8Array) this.#onFrame?.(from, freight);
    else this.#onParcel?.(freight);
  }

  call(): boolean {
    if (this.#over) return false;
    const doomed = this.#callsLeft > 0;
    if (doomed) this.#callsLeft -= 1;
    if (!this.#host.within("dies", doomed && this.#callsLeft === 0)) return true;
    this.end();
    this.#host.ended(this, "crash");
    return false;
  }

  /** Where a script says that it takes time, it takes any. */
  #takesUs(what: Slow, drawnUs: number): number {
    return this.#host.within(what, drawnUs > 0) ? Math.max(1, drawnUs) : 0;
  }

  syncDelayUs(): number {
    const { syncMaxUs, sched, disk } = this.#host;
    const drawn = syncMaxUs === 0 ? 0 : Math.round((sched.below(16) * syncMaxUs) / 15);
    return this.#takesUs("disk", disk.slowUntil > this.#host.nowUs() ? drawn + 500_000 : drawn);
  }

  later(delayUs: number, run: () => void): void {
    this.#host.later("disk", delayUs, () => {
      if (!this.#over) run();
    });
  }

  full(): boolean {
    return this.#host.disk.fullUntil > this.#host.nowUs();
  }

  failing(): void {
    this.#host.disk.failIfDue();
  }

  #transport(): Transport {
    return {
      self: this.node,
      send: (to, bytes) => this.call() && this.#host.send(to, bytes),
      listen: (receive) => {
        this.#onFrame = receive;
      },
      close: async () => {
        this.#onFrame = null;
      },
    };
  }

  #wire(): Wire {
    return {
      send: (to, parcel) => this.call() && this.#host.send(to, parcel),
      listen: (receive) => {
        this.#onParcel = receive;
      },
    };
  }

  #clock(): Clock {
    const { clock } = this.#host;
    return {
      now: () => clock.localUs() / 1000,
      after: (delayMs, callback, name = "") => {
        if (this.#over) return () => {};
        const run = (): void => {
          if (!this.#over) callback();
        };
        return clock.after(delayMs * 1000, () => this.#host.awake(run, name), name);
      },
    };
  }

  #random(): Random {
    const { sched } = this.#host;
    return { next: () => sched.below(65_536) * 65_536 };
  }

  #defer(callback: () => void): void {
    // A driver defers one and the same callback all the time.
    if (callback !== this.#deferred) {
      this.#deferred = callback;
      this.#deferredRun = () => {
        if (!this.#over) callback();
      };
    }
    const run = this.#deferredRun;
    const { batchMaxUs, sched } = this.#host;
    const drawn = batchMaxUs === 0 ? 0 : Math.round((sched.below(8) * batchMaxUs) / 7);
    const wait = this.#takesUs("loop", drawn);
    if (wait === 0) this.#host.soon(run);
    else this.#host.later("loop", wait, run);
  }
}
