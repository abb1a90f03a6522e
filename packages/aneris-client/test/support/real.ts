import { type Application, BroadcastNode, replicaDefaults } from "@eunomia/aneris-switch";
import { membershipOf } from "@eunomia/aneris-switch/messages";
import { bytes, nat, nil, record, sha256, variant } from "@eunomia/codec";
import { actionsOf, Driver, type Engine, type Journal, type NodeId, type SlotLog } from "@eunomia/engine";
import { believing, clockOf, type Wire } from "./ports.ts";
import type { World } from "./world.ts";

interface AtOnceTypes {
  Config: null;
  State: { last: number };
  Command:
    | { kind: "propose"; slot: number; value: Uint8Array }
    | { kind: "trim"; slot: number }
    | { kind: "highest"; nonce: number };
  Message: { kind: "none" };
  Timer: never;
  Record: null;
  Output:
    | { kind: "decided"; slot: number; value: Uint8Array }
    | { kind: "highest"; nonce: number; slot: number };
}
const on = actionsOf<AtOnceTypes>();
const Value = variant({
  propose: record({ slot: nat(), value: bytes() }),
  trim: record({ slot: nat() }),
  highest: record({ nonce: nat() }),
});

/** Consensus of one process: what is proposed is decided. */
const atOnce: Engine<AtOnceTypes> = {
  name: "at-once",
  schema: {
    config: nil(),
    state: record({ last: nat() }),
    command: Value,
    message: variant({ none: record({}) }),
    record: nil(),
    output: variant({
      decided: record({ slot: nat(), value: bytes() }),
      highest: record({ nonce: nat(), slot: nat() }),
    }),
    timers: [],
  },
  self: () => "learner",
  init: () => ({ last: 0 }),
  actions: [
    on.commands(
      "decide",
      (_config, _state, commands) => commands,
      (_config, state, commands, out) => {
        for (const command of commands)
          if (command.kind === "propose") {
            state.last = Math.max(state.last, command.slot);
            out.output({ kind: "decided", slot: command.slot, value: command.value });
          } else if (command.kind === "highest") out.output({ ...command, slot: state.last });
      },
    ),
  ],
  compact: () => [],
  observe: () => null,
  fairness: { decide: "weak" },
};

const journal = (): Journal => ({
  replay: () => ({ kind: "absent" }),
  append: () => 0,
  sync: () => 0,
  snapshot: () => {},
  sizeBytes: 0,
  close: async () => {},
});

export class MemoryLog implements SlotLog {
  readonly entries: Uint8Array[] = [];
  first = 1;
  get last(): number {
    return this.entries.length;
  }
  truncate(below: number): void {
    this.first = below;
  }
  reset(): void {}
  open(): { kind: "absent" } | { kind: "log"; last: number; tornBytes: number } {
    return this.last === 0 ? { kind: "absent" } : { kind: "log", last: this.last, tornBytes: 0 };
  }
  append(_slot: number, entry: Uint8Array): void {
    this.entries.push(entry);
  }
  async sync(): Promise<number> {
    return this.last;
  }
  read(from: number, maxBytes: number): readonly { slot: number; bytes: Uint8Array }[] {
    const read: { slot: number; bytes: Uint8Array }[] = [];
    let total = 0;
    if (from < this.first) return read;
    for (let slot = from; slot <= this.last && (read.length === 0 || total < maxBytes); slot += 1) {
      read.push({ slot, bytes: this.entries[slot - 1]! });
      total += this.entries[slot - 1]!.length;
    }
    return read;
  }
  async close(): Promise<void> {}
}

/** A real node of a cluster of one: replica, gateway and driver, over the wire of the test. */
export function realNode(
  world: World,
  wire: Wire,
  log: MemoryLog,
  faults: Error[],
  application?: Application,
): { stop(): void } {
  const nodeOf = (process: NodeId): NodeId | null => (process === "g0" || process === "r0" ? "n0" : null);
  const onFault = (error: Error): void => void faults.push(error);
  const node = new BroadcastNode({
    replica: {
      ...replicaDefaults,
      cluster: "t",
      self: "r0",
      membership: membershipOf(["r0"], 0),
      staticClients: 4,
      initial: { name: "at-once", params: new Uint8Array() },
      controllers: { threshold: 1, principals: [{ id: "m", key: new Uint8Array(32) }] },
    },
    gateway: { self: "g0", maxSubscribers: 4, maxClients: 16, readBytes: 4096, ownerUntil: "" },
    oracles: { sha256, verify: () => true },
    nodeOf,
    protocols: {
      "at-once": {
        validate: () => null,
        epoch: () => ({
          learner: "learner",
          processes: [{ process: "learner", engine: atOnce, config: null }],
        }),
      },
    },
    log,
    ...(application && { application }),
    clock: clockOf(world),
    onFault,
  });
  const driver = new Driver(
    {
      transport: wire.transport("n0"),
      journal: journal(),
      clock: clockOf(world),
      random: world.random,
      authenticator: believing("n0"),
      defer: (callback) => world.after(0, callback),
    },
    { nodeOf, onFault, ...node.handlers },
  );
  driver.open([]);
  node.start(driver);
  return { stop: () => driver.stop() };
}
