import type { NodeId } from "@eunomia/engine";
import type { CrashLimits, CrashReport, Disk } from "../disk/disk.ts";
import { type End, type Freight, packetLabel } from "../network/network.ts";
import type { NodeSpec, RunningNode } from "../types.ts";
import type { NodeClock } from "./clock.ts";
import { type LifeHost, SimulatedLife } from "./life.ts";

/** One copy of a node through all its lives. */
export class NodeHost implements End {
  readonly spec: NodeSpec;
  readonly node: NodeId;
  readonly copy: number;
  place = 0;
  readonly disk: Disk;
  readonly clock: NodeClock;
  #makeLife: ((number: number) => SimulatedLife) | null = null;
  #onLost: () => void = () => {};
  #onMove: ((label: () => string) => void) | null = null;
  life: SimulatedLife | null = null;
  running: RunningNode | null = null;
  lives = 0;
  /** Refused to start, or stays down on purpose: it does not come back in this run. */
  dead = false;
  /** Not null: paused, with what has to wait. */
  #waiting: (() => void)[] | null = null;

  constructor(spec: NodeSpec, copy: number, disk: Disk, clock: NodeClock) {
    this.spec = spec;
    this.node = spec.id;
    this.copy = copy;
    this.disk = disk;
    this.clock = clock;
  }

  /** @param onMove takes the names of moves, if somebody keeps them. */
  attach(host: LifeHost, onLost: () => void, onMove: ((label: () => string) => void) | null): void {
    this.#makeLife = (number) => new SimulatedLife(host, number);
    this.#onLost = onLost;
    this.#onMove = onMove;
  }

  get up(): boolean {
    return this.running !== null;
  }

  get paused(): boolean {
    return this.#waiting !== null;
  }

  /** Begins a life; false: it refused. */
  start(): boolean {
    this.lives += 1;
    const life = this.#makeLife!(this.lives);
    this.life = life;
    const running = this.spec.start(life);
    if (running !== null && typeof running?.command !== "function")
      throw new TypeError(`"start" expected a node that runs, or null, got ${String(running)}`);
    this.running = running;
    if (this.running !== null) return true;
    life.end();
    this.life = null;
    return false;
  }

  /** Ends the life, with whatever the disk then loses. */
  crash(limits: CrashLimits): CrashReport {
    this.life?.end();
    this.running?.stop();
    this.life = null;
    this.running = null;
    this.clock.clear();
    this.#waiting = null;
    return this.disk.crash(limits);
  }

  receive(from: End, freight: Freight): void {
    if (this.life === null) return this.#onLost();
    const { life } = this;
    if (this.#waiting === null && this.#onMove === null) return life.receive(from.node, freight);
    this.awake(() => {
      this.#onMove?.(() => packetLabel(from, this, freight));
      life.receive(from.node, freight);
    });
  }

  /** Runs now, or when the node goes on. */
  awake(run: () => void): void {
    if (this.#waiting === null) run();
    else this.#waiting.push(run);
  }

  pause(): void {
    this.#waiting ??= [];
  }

  /** Goes on with everything that came meanwhile, in order. */
  goOn(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const run of waiting) run();
  }
}
