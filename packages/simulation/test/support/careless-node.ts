import { Driver, type Journal, type NodeId } from "@eunomia/engine";
import type { Life, NodeSpec, RunningNode, System } from "@eunomia/simulation";
import { courier } from "./courier.ts";
import { courierSystem } from "./courier-system.ts";

/** What a host may do wrong with a disk. */
export type Carelessness =
  | "ignores a failed sync"
  | "does not wait for the disk"
  | "refuses a torn end"
  | "starts on what it cannot read";

/** Couriers on nodes that are careless with their disks. */
export function carelessNode(how: Carelessness): System<null> {
  return courierSystem({
    nodes: (nodes) => nodes.map(({ id }): NodeSpec => ({ id, start: (life) => start(life, id, how) })),
    budget: { tolerates: ({ amnesiac }) => amnesiac.size === 0 },
  });
}

function start(life: Life, node: NodeId, how: Carelessness): RunningNode | null {
  const replay = life.ports.journal.replay();
  if (replay.kind === "unreadable" && how !== "starts on what it cannot read") return null;
  if (replay.kind === "records" && replay.tornBytes > 0 && how === "refuses a torn end") return null;
  const address = { process: node, instance: "0" };
  const driver = new Driver(
    { ...life.ports, journal: carelessly(life.ports.journal, how) },
    {
      nodeOf: (process) => process,
      onOutput: ({ process }, output) => driver.afterDurable(() => life.output(process, output)),
      onSpawn: () => {},
      onFault: (error) => life.fault(error),
      step: life.step,
    },
  );
  driver.open(replay.kind === "records" ? replay.records : []);
  driver.spawn(address, courier(), { self: node, other: node === "a" ? "b" : "a" });
  return {
    command: (_process, command) => driver.command(address, command),
    peek: () => driver.peek(address),
    stop: () => driver.stop(),
  };
}

function carelessly(journal: Journal, how: Carelessness): Journal {
  let position = 0;
  return {
    replay: () => journal.replay(),
    append: (records) => {
      position = journal.append(records);
      return position;
    },
    sync: () => {
      if (how === "does not wait for the disk") {
        void journal.sync();
        return position;
      }
      if (how !== "ignores a failed sync") return journal.sync();
      try {
        const answer = journal.sync();
        return typeof answer === "number" ? answer : position;
      } catch {
        return position;
      }
    },
    snapshot: (records) => journal.snapshot(records),
    get sizeBytes() {
      return journal.sizeBytes;
    },
    close: () => journal.close(),
  };
}
