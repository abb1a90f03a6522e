import type { NodeId } from "@eunomia/engine";
import { guarded } from "../kernel/guard.ts";
import type { World } from "../kernel/world.ts";
import type { Draw, ValuePacket } from "../types.ts";
import type { Adversary, Frame, HonestProcess, Stage } from "./adversary.ts";

/** What an adversary acts through: only its own nodes let anything out, as seals would see to it. */
export class AdversaryStage implements Stage {
  readonly draw: Draw;
  readonly #world: World;
  readonly #adversary: Adversary;
  readonly #nodeOf: (process: NodeId) => NodeId | null;
  readonly #send: (packet: ValuePacket, copy: number) => boolean;
  readonly #inject: (frame: Frame) => boolean;
  readonly #resign: (packet: ValuePacket) => ValuePacket;
  readonly #honest = new Map<string, HonestProcess>();

  constructor(
    world: World,
    adversary: Adversary,
    nodeOf: (process: NodeId) => NodeId | null,
    send: (packet: ValuePacket, copy: number) => boolean,
    inject: (frame: Frame) => boolean,
    resign: (packet: ValuePacket) => ValuePacket,
  ) {
    this.draw = world.stream("byz");
    this.#world = world;
    this.#adversary = adversary;
    this.#nodeOf = nodeOf;
    this.#send = send;
    this.#inject = inject;
    this.#resign = resign;
  }

  honest(): readonly HonestProcess[] {
    return [...this.#honest.values()];
  }

  /** A process takes a step: what its driver changes in place from now on is this. */
  saw(seen: HonestProcess): void {
    if (!this.#adversary.nodes.includes(this.#nodeOf(seen.process) ?? ""))
      this.#honest.set(`${seen.process}\u0000${seen.instance}`, seen);
  }

  nowMs(): number {
    return this.#world.nowUs / 1000;
  }

  signed(packet: ValuePacket): ValuePacket {
    return this.#resign(packet);
  }

  emit(packet: ValuePacket, copy = 0): void {
    const { fromNode, from } = packet;
    if (!this.#adversary.nodes.includes(fromNode) || this.#nodeOf(from) !== fromNode)
      return this.#world.count("forgeries refused");
    this.#world.count(
      this.#send(this.signed(packet), copy) ? "byzantine packets" : "byzantine packets to nobody",
    );
  }

  inject(frame: Frame): void {
    this.#world.count(this.#inject(frame) ? "frames injected" : "frames injected to nobody");
  }

  did(what: string): void {
    this.#world.count(`byzantine: ${what}`);
  }

  later(delayMs: number, callback: () => void): void {
    const run = (): void => {
      this.#world.tell("@byz");
      this.#guarded('what was given to "later"', callback);
    };
    this.#world.later(Math.max(0, Math.round(delayMs * 1000)), run, "@byz");
  }

  overhear(packet: ValuePacket): void {
    if (this.#adversary.overhear !== undefined)
      this.#guarded('"overhear"', () => this.#adversary.overhear!(packet, this));
  }

  /** A frame leaves its sender; what is made of it follows. */
  frame(frame: Frame): void {
    if (this.#adversary.frame !== undefined)
      this.#guarded('"frame"', () => this.#adversary.frame!(frame, this));
  }

  /** False: the packet leaves as it is. */
  intercept(packet: ValuePacket, copy: number): boolean {
    if (this.#adversary.intercept === undefined) return false;
    this.#guarded('"intercept"', () => this.#adversary.intercept!(packet, copy, this));
    return true;
  }

  #guarded(what: string, act: () => void): void {
    guarded(this.#world, `${what} of the adversary "${this.#adversary.name}"`, undefined, act);
  }
}
