import { DecodeError, decode, encodePieces } from "@eunomia/codec";
import type { Random } from "../doors.ts";
import { step } from "../step.ts";
import type { AnyEngine, Effect, EngineTypes, Event, NodeId } from "../types.ts";
import { Backlog } from "./backlog.ts";
import { Durability } from "./durability.ts";
import { openFrame, Parking } from "./inbox.ts";
import { compacted, type Instance, Instances } from "./instance.ts";
import type { DriverOptions, Ports } from "./options.ts";
import { Outbox, WireBox } from "./outbox.ts";
import { type Address, type Packet, type Parcel, packetHeader, writeJournalRecord } from "./packet.ts";
import { keyOf, Recovery } from "./recovery.ts";
import { Refusals } from "./refusals.ts";
import { Timers } from "./timers.ts";

const dropped = "send: queue full or peer away";

/**
 * Drives engines over ports: takes an event, steps, journals, releases what is durable, arms timers, routes between the
 * processes of this node without encoding. One journal and one release order serve all engines of the node, so an effect
 * that leaves waits for every record that any of them wrote before it (aneris, execution contract H1, H2).
 */
export class Driver {
  readonly #ports: Ports;
  readonly #options: DriverOptions;
  readonly #instances = new Instances();
  readonly #recovery = new Recovery();
  readonly #refusals = new Refusals();
  readonly #outbox: Outbox;
  readonly #wireBox: WireBox | null;
  readonly #durability: Durability;
  readonly #parking = new Parking(16 << 20);
  readonly #retired = new Set<string>();
  readonly #compactAboveBytes: number;
  #backlog = new Backlog();
  readonly #takeEvent = (instance: Instance, event: Event<EngineTypes>): void => this.#step(instance, event);
  readonly #tick = (): void => this.#run();
  #scheduled = false;
  #stopped = false;

  constructor(ports: Ports, options: DriverOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#compactAboveBytes = options.compactAboveBytes ?? 256 << 20;
    this.#durability = new Durability(
      ports.journal,
      () => this.#released(),
      (error) => this.#fault(error),
    );
    this.#outbox = new Outbox(options.maxFrameBytes ?? 1 << 20, (to, frame) => this.#emit(to, frame));
    this.#wireBox = ports.wire ? new WireBox(ports.wire, () => this.#refuse(dropped)) : null;
  }

  /**
   * Takes the durable records in and starts to listen. `records` is what `Journal.replay` gave.
   * @throws DecodeError when a record is not one of a driver.
   */
  open(records: readonly Uint8Array[]): void {
    this.#recovery.load(records);
    this.#ports.transport.listen((claimedFrom, sealed) => this.#receive(claimedFrom, sealed));
    this.#ports.wire?.listen((parcel) => {
      if (!this.#stopped) this.#take(parcel);
    });
  }

  /** Starts an engine on the records that the journal held for its address. A second start of an address is ignored. */
  spawn(address: Address, engine: AnyEngine, config: unknown): void {
    if (this.#instances.get(address.process, address.instance) !== undefined) return;
    this.#begin(address, engine, config, this.#recovery.take(address, engine), true);
  }

  /** Starts an engine on records that are kept elsewhere (see `keepRecord`); the journal need not hold any for it. */
  start(address: Address, engine: AnyEngine, config: unknown, records: readonly unknown[]): void {
    this.#recovery.take(address, engine);
    this.#begin(address, engine, config, records, false);
  }

  #begin(
    address: Address,
    engine: AnyEngine,
    config: unknown,
    records: readonly unknown[],
    journaled: boolean,
  ): void {
    const instance: Instance = {
      journaled,
      address,
      engine,
      config,
      state: engine.init(config),
      commands: null,
      timers: new Timers(this.#ports.clock, this.#ports.random, address.process),
      over: false,
    };
    this.#instances.add(instance);
    this.#enqueue(instance, { kind: "start", records });
    for (const packet of this.#parking.take(keyOf(address.process, address.instance))) this.#take(packet);
  }

  /** Ends every engine of an instance on this node and forgets its records at the next compaction. */
  retire(instance: string): void {
    this.#retired.add(instance);
    this.#instances.retire(instance);
    this.#recovery.forget(instance);
  }

  /** Hands commands to an engine; those of one tick come in as one frame. False: no such engine here. */
  command(address: Address, command: unknown): boolean {
    const instance = this.#instances.get(address.process, address.instance);
    if (instance === undefined) return false;
    this.#backlog.addCommand(instance, command);
    this.#schedule();
    return true;
  }

  /** Runs the callback once everything that was journaled so far is durable, in order with the sends. */
  afterDurable(callback: () => void): void {
    this.#durability.after(callback);
  }

  /** Counts of what was ignored, by reason: peers' bad data and events that no action took. */
  refusals(): ReadonlyMap<string, number> {
    return this.#refusals.all();
  }

  /** Chance, for what a host draws beside its engines: one source for all of a node, so that a run can be made again. */
  get random(): Random {
    return this.#ports.random;
  }

  /** The state of an engine, for reading. */
  peek(address: Address): unknown {
    return this.#instances.get(address.process, address.instance)?.state;
  }

  /** Nothing happens after this: timers are off, events are dropped. */
  stop(): void {
    this.#stopped = true;
    this.#instances.clear();
    this.#backlog = new Backlog();
    this.#durability.stop();
  }

  #refuse(reason: string): void {
    this.#refusals.count(reason);
  }

  /** What one tick has gathered leaves now: another turn of the event loop would gather nothing more, and the disk may block. */
  #flush(): void {
    this.#wireBox?.flush();
    this.#outbox.flush();
    this.#ports.transport.flush?.();
  }

  #emit(to: NodeId, frame: readonly Uint8Array[]): void {
    const { transport, authenticator } = this.#ports;
    let sealed: Uint8Array;
    try {
      sealed = authenticator.seal(to, frame);
    } catch {
      // A client that has left meanwhile: its key is forgotten.
      return this.#refuse("send: no key for the peer");
    }
    if (!transport.send(to, sealed)) this.#refuse(dropped);
  }

  #enqueue(instance: Instance, event: Event<EngineTypes>): void {
    this.#backlog.add(instance, event);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#ports.defer(this.#tick);
  }

  #receive(claimedFrom: NodeId, sealed: Uint8Array): void {
    if (this.#stopped) return;
    const { authenticator } = this.#ports;
    for (const packet of openFrame(authenticator, this.#options.nodeOf, claimedFrom, sealed, (reason) =>
      this.#refuse(reason),
    ))
      this.#take(packet);
  }

  #take(packet: Packet | Parcel): void {
    const instance = this.#instances.get(packet.to, packet.instance);
    if (instance === undefined) {
      const ours = this.#options.nodeOf(packet.to) === this.#ports.transport.self;
      if (ours && !this.#retired.has(packet.instance))
        this.#parking.park(keyOf(packet.to, packet.instance), packet);
      else this.#refuse("packet: no such process or epoch here");
      return;
    }
    if ("message" in packet)
      return this.#enqueue(instance, { kind: "message", from: packet.from, message: packet.message });
    try {
      const message = decode(instance.engine.schema.message, packet.body) as EngineTypes["Message"];
      this.#enqueue(instance, { kind: "message", from: packet.from, message });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#refuse(`message to ${instance.engine.name}: ${error.code}`);
    }
  }

  /** One tick: all events, then all frames of commands, until nothing waits; then bytes leave and the disk is asked. */
  #run(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    try {
      while (!this.#backlog.empty) this.#backlog.round(this.#takeEvent);
      this.#flush();
      this.#durability.sync();
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onFault(error instanceof Error ? error : new Error(String(error)));
  }

  #step(instance: Instance, event: Event<EngineTypes>): void {
    const { engine, config, state, address } = instance;
    if (instance.over) return;
    const { fired, effects } =
      this.#options.step?.(address, engine, config, state, event) ?? step(engine, config, state, event);
    if (fired.length === 0 && event.kind === "message")
      this.#refusals.untaken(engine.name, event.message.kind);
    this.#options.onTrace?.({
      at: this.#ports.clock.now(),
      node: address.process,
      engine: engine.name,
      instance: address.instance,
      event,
      fired,
      effects,
    });
    for (const effect of effects) this.#perform(instance, effect);
  }

  #perform(instance: Instance, effect: Effect<EngineTypes>): void {
    const { address, engine } = instance;
    switch (effect.kind) {
      case "persist":
        if (this.#options.keepRecord?.(address, effect.record)) return;
        return this.#durability.record(
          writeJournalRecord(address.process, address.instance, engine.schema.record, effect.record),
        );
      case "send":
        return this.#send(instance, effect.to, effect.message);
      case "arm":
        return instance.timers.arm(effect.timer, effect.delayMs, effect.jitterMs, () =>
          this.#enqueue(instance, { kind: "timeout", timer: effect.timer }),
        );
      case "disarm":
        return instance.timers.disarm(effect.timer);
      case "spawn":
        return this.#options.onSpawn(address, effect.engine, effect.key, effect.config);
      case "output":
        return this.#options.onOutput(address, effect.output);
    }
  }

  #send(sender: Instance, to: readonly NodeId[], message: EngineTypes["Message"]): void {
    const { process: from, instance } = sender.address;
    const wireBox = this.#wireBox;
    let body: readonly Uint8Array[] | null = null;
    let bodyBytes = 0;
    for (const process of to) {
      const local = this.#instances.get(process, instance);
      if (local !== undefined) {
        // Both ends lose their volatile state together, and whatever the receiver lets out waits for the same journal.
        this.#enqueue(local, { kind: "message", from, message });
        continue;
      }
      const node = this.#options.nodeOf(process) ?? process;
      if (node === this.#ports.transport.self) {
        this.#refuse("send: no such process or epoch here");
        continue;
      }
      if (wireBox !== null) {
        const parcel = { to: process, from, instance, engine: sender.engine, message };
        if (this.#durability.clear) wireBox.add(node, parcel);
        else this.#durability.after(() => wireBox.add(node, parcel));
        continue;
      }
      if (body === null) {
        body = encodePieces(sender.engine.schema.message, message);
        for (const piece of body) bodyBytes += piece.length;
      }
      const header = packetHeader(process, from, instance, bodyBytes);
      const pieces = body;
      this.#durability.after(() => this.#outbox.add(node, header, pieces));
    }
  }

  /** What waited for the disk has left. */
  #released(): void {
    this.#flush();
    // Also while records wait for the next sync: under constant load some always do.
    if (this.#ports.journal.sizeBytes > this.#compactAboveBytes) this.#compact();
  }

  #compact(): void {
    const records = this.#recovery.rest();
    for (const instance of this.#instances.all()) records.push(...compacted(instance));
    this.#durability.replace(records);
    this.#flush();
    this.#outbox.sweep();
  }
}
