import { BroadcastNode, type Delivery, type ReplicaOracles, SwitchError } from "@eunomia/aneris-switch";
import { type Address, type AnyEngine, Driver, type DriverOptions, type Ports } from "@eunomia/engine";
import type { Life, RunningNode } from "@eunomia/simulation";
import { Prefix } from "./prefix.ts";
import { type AnerisRun, directoryOf, gatewayOf, processOf, registryOf, replicaOf } from "./shape.ts";
import type { Leftover } from "./stranger.ts";

/** A driver that runs a mutant in the place of an engine. */
class SubstitutingDriver extends Driver {
  readonly #substitute: (engine: AnyEngine) => AnyEngine;
  constructor(ports: Ports, options: DriverOptions, substitute: (engine: AnyEngine) => AnyEngine) {
    super(ports, options);
    this.#substitute = substitute;
  }
  override spawn(address: Address, engine: AnyEngine, config: unknown): void {
    super.spawn(address, this.#substitute(engine), config);
  }
  override start(address: Address, engine: AnyEngine, config: unknown, records: readonly unknown[]): void {
    super.start(address, this.#substitute(engine), config, records);
  }
}

/** What a node of a simulated broadcast tells. */
export interface NodeEars {
  readonly oracles: Omit<ReplicaOracles, "validate">;
  substitute(engine: AnyEngine): AnyEngine;
  recovered(node: string, slot: number): void;
  delivered(node: string, delivery: Delivery): void;
  alarmed(node: string, what: string): void;
}

/** One life of a whole node, put together as on a real machine. Null: it refuses its disk. */
export function startNode(life: Life, run: AnerisRun, ears: NodeEars): RunningNode | null {
  const { node: id, ports } = life;
  const replay = ports.journal.replay();
  if (replay.kind === "unreadable") return null;
  const log = life.log();
  const nodeOf = directoryOf(run);
  const node = new BroadcastNode({
    replica: replicaOf(run, id),
    gateway: gatewayOf(id),
    oracles: ears.oracles,
    protocols: registryOf(run, id),
    nodeOf,
    log,
    application: new Prefix(),
    clock: ports.clock,
    // Numbers of reads differ from life to life even where a shrunk run has no chance left.
    random: { next: () => ((2 * life.number + life.copy) << 11) >>> 0 },
    logSyncDelayMs: run.logSyncDelayMs,
    onDelivery: (delivery) => {
      if (!life.over) ears.delivered(id, delivery);
    },
    onAlarm: ({ process, slot, reason }) => ears.alarmed(id, `${process}, slot ${slot}: ${reason}`),
    onFault: (error) => life.fault(error),
  });
  const driver = new SubstitutingDriver(
    ports,
    {
      nodeOf,
      onFault: (error) => life.fault(error),
      step: life.step,
      compactAboveBytes: run.compactAboveBytes,
      ...node.handlers,
    },
    ears.substitute,
  );
  driver.open(replay.kind === "records" ? replay.records : []);
  try {
    node.start(driver);
  } catch (error) {
    if (!(error instanceof SwitchError) || error.code !== "log") throw error;
    driver.stop();
    return null;
  }
  ears.recovered(id, log.last);
  const addressOf = (process: string, instance = ""): Address => ({ process, instance });
  return {
    command(process, command) {
      const left = command as Leftover;
      if (left.kind !== "leftover") return driver.command(addressOf(process), command);
      const { epoch, slot, value } = left;
      const learner = (role: "paxos-learner" | "learner") =>
        driver.command(addressOf(processOf(id, role), String(epoch)), { kind: "propose", slot, value });
      return learner("paxos-learner") || learner("learner");
    },
    peek: (process, instance) => driver.peek(addressOf(process, instance)),
    refusals: () => driver.refusals(),
    stop: () => {
      node.stop();
      driver.stop();
    },
  };
}
