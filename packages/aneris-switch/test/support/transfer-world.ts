import { clone, utf8Encode } from "@eunomia/codec";
import { SeededRandom, type SnapshotSubject, slotLogExample } from "@eunomia/conformance";
import { type Effect, type SnapshotStore, step } from "@eunomia/engine";
import type { Application } from "../../src/application.ts";
import { SnapshotKeeper } from "../../src/snapshot-keeper.ts";
import { snapshotContents } from "../../src/snapshot-pieces.ts";
import { transferDefaults, transferEngine } from "../../src/transfer.ts";
import {
  type TransferCommand,
  TransferMessage,
  type TransferState,
  type TransferTypes,
} from "../../src/transfer-types.ts";
import { agreedAt } from "./checkpoints.ts";

/** Pieces of an application after a slot; some kB, of uneven lengths. */
export const piecesAt = (slot: number): Uint8Array[] =>
  Array.from({ length: 25 }, (_, i) => utf8Encode(`slot ${slot}, piece ${i}. `.repeat(1 + ((i * 7) % 31))));

const config = {
  ...transferDefaults,
  maxInFlight: 4,
  patienceTicks: 4,
  strikesMax: 2,
  servePerTick: 3,
  pinTicks: 20,
};

/** A node that has nothing but snapshots: transfer, keeper and store. */
export class SnapshotNode {
  readonly id: string;
  readonly #storage: ReturnType<SnapshotSubject["fresh"]>;
  readonly #world: TransferWorld;
  store!: SnapshotStore;
  keeper!: SnapshotKeeper;
  state!: TransferState;
  restored: Uint8Array[] = [];
  installed: number[] = [];
  events: string[] = [];
  #commands: TransferCommand[] = [];
  #engine = transferEngine({ ...config, self: "" });

  constructor(world: TransferWorld, id: string, subject: SnapshotSubject) {
    this.#world = world;
    this.id = id;
    this.#storage = subject.fresh();
    this.start();
  }

  start(): void {
    this.store = this.#storage.open();
    const log = slotLogExample.fresh().open();
    log.open();
    const application: Application = {
      apply: () => {},
      snapshot: () => piecesAt(0),
      restore: (pieces) => {
        this.restored = [...pieces].map((piece) => piece.slice());
      },
    };
    const keeper = new SnapshotKeeper({
      store: this.store,
      application,
      log,
      keepSlots: 0,
      onEvent: (event) => this.events.push(event.kind),
      toTransfer: (command) => {
        if (this.keeper === keeper) this.#commands.push(command);
      },
      install: ({ slotOut }) => {
        this.installed.push(slotOut - 1);
        keeper.installed(slotOut - 1);
      },
    });
    this.keeper = keeper;
    this.state = this.#engine.init({ ...config, self: this.id });
    this.#commands = [];
    // A life that begins with a snapshot has what it was sent for.
    const found = keeper.open();
    if (found !== null) this.installed.push(found.slotOut - 1);
    this.#commands.push({ kind: "peers", processes: [...this.#world.ids] });
  }

  /** The process dies and comes back. */
  restart(): void {
    this.keeper.stop();
    this.#storage.crash(this.store);
    this.start();
  }

  /** A snapshot is made here, of the state after a slot. */
  async checkpoint(slot: number): Promise<void> {
    await this.store.write(slot, snapshotContents(agreedAt(slot), piecesAt(slot)));
  }

  take(event: Parameters<typeof step<TransferTypes>>[3]): void {
    const { effects } = step(this.#engine, { ...config, self: this.id }, this.state, event);
    for (const effect of effects as readonly Effect<TransferTypes>[]) {
      if (effect.kind === "output") this.keeper.transfer(effect.output);
      else if (effect.kind === "send") this.#world.send(this.id, effect.to, effect.message);
    }
  }

  /** Hands over what the keeper has said. */
  commands(): void {
    while (this.#commands.length > 0) this.take({ kind: "commands", commands: this.#commands.splice(0) });
  }

  tick(): void {
    if (this.state.ticking) this.take({ kind: "timeout", timer: "tick" });
  }
}

export interface TransferFaults {
  readonly lost: number;
  readonly repeated: number;
  /** A chunk is changed on its way. */
  readonly changed: number;
  readonly restarts: number;
}

/** Nodes, and a network that loses, repeats, reorders and changes what they send. */
export class TransferWorld {
  readonly ids: readonly string[];
  readonly random: SeededRandom;
  readonly nodes: SnapshotNode[];
  readonly #faults: TransferFaults;
  #network: { from: string; to: string; message: TransferMessage }[] = [];
  readonly down = new Set<string>();
  changed = 0;

  constructor(seed: number, faults: TransferFaults, subject: SnapshotSubject, count = 3) {
    this.random = new SeededRandom(seed);
    this.#faults = faults;
    this.ids = Array.from({ length: count }, (_, i) => `t${i}`);
    this.nodes = this.ids.map((id) => new SnapshotNode(this, id, subject));
  }

  send(from: string, to: readonly string[], message: TransferMessage): void {
    for (const one of to) {
      if (this.down.has(from) || this.random.chance(this.#faults.lost)) continue;
      const copies = this.random.chance(this.#faults.repeated) ? 2 : 1;
      for (let i = 0; i < copies; i += 1)
        this.#network.push({ from, to: one, message: this.#transit(message) });
    }
  }

  #transit(message: TransferMessage): TransferMessage {
    const copy = clone(TransferMessage, message);
    if (copy.kind !== "chunk" || !this.random.chance(this.#faults.changed)) return copy;
    copy.bytes[this.random.below(copy.bytes.length)]! ^= 4;
    this.changed += 1;
    return copy;
  }

  /** One turn: some of what may happen, then promises. */
  async turn(): Promise<void> {
    for (let i = this.random.below(12); i > 0 && this.#network.length > 0; i -= 1) {
      const [packet] = this.#network.splice(this.random.below(this.#network.length), 1);
      const node = this.nodes.find(({ id }) => id === packet!.to)!;
      if (!this.down.has(node.id))
        node.take({ kind: "message", from: packet!.from, message: packet!.message });
    }
    for (const node of this.nodes) {
      if (this.down.has(node.id)) continue;
      node.commands();
      if (this.random.chance(0.5)) node.tick();
    }
    if (this.random.chance(this.#faults.restarts)) this.nodes.at(-1)!.restart();
    await new Promise(setImmediate);
  }
}
