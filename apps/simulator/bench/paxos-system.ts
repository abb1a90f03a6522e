import type { ConsensusOutput, NodeId } from "@eunomia/engine";
import { paxosBinding } from "@eunomia/paxos";
import { type EngineProcess, engineNodes, type System, type Watch } from "@eunomia/simulation";

/** So many slots are open at once. */
const window = 8;

/** Each client draws one of so many values of its own. */
const valuesOfClient = 8;
/** All values of five clients, two bytes each: nobody changes one. */
const values = Array.from({ length: 5 * valuesOfClient }, (_, at) =>
  Uint8Array.of(65 + Math.floor(at / valuesOfClient), 48 + (at % valuesOfClient)),
);

const keyOf = (slot: number, value: Uint8Array): number => slot * 65_536 + value[0]! * 256 + (value[1] ?? 0);

/** Agreement, validity and integrity of one log, judged at every output. */
function consensusWatches(proposed: ReadonlySet<number>, decided: Map<number, number>): Watch[] {
  const said = new Map<NodeId, { life: number; slots: Set<number> }>();
  return [
    {
      property: "agreement",
      output: ({ process, output }) => {
        const { kind, slot, value } = output as ConsensusOutput & { slot: number; value: Uint8Array };
        if (kind !== "decided") return null;
        const key = keyOf(slot, value);
        const before = decided.get(slot);
        decided.set(slot, key);
        return before === undefined || before === key
          ? null
          : `${process} decides ${key}, before it was ${before}`;
      },
    },
    {
      property: "validity",
      output: ({ process, output }) => {
        const { kind, slot, value } = output as ConsensusOutput & { slot: number; value: Uint8Array };
        if (kind !== "decided" || (value.length === 1 && value[0] === 0x80)) return null;
        const key = keyOf(slot, value);
        return proposed.has(key) ? null : `${process} decides ${key}, which nobody proposed`;
      },
    },
    {
      property: "integrity",
      output: ({ process, life, output }) => {
        const { kind, slot } = output as ConsensusOutput & { slot: number };
        if (kind !== "decided" || !process.endsWith("learner")) return null;
        let own = said.get(process);
        if (own?.life !== life) {
          own = { life, slots: new Set() };
          said.set(process, own);
        }
        if (own.slots.has(slot)) return `${process} decides slot ${slot} twice in one life`;
        own.slots.add(slot);
        return null;
      },
    },
  ];
}

/** Three or five nodes of Paxos, each acceptor, leader and learner, under closed-loop clients that contend for slots. */
export function paxosBenchSystem(thinkMs: number): System<{ readonly nodes: number }> {
  return {
    name: "paxos-bench",
    wire: "value",
    draw: (draw) => ({ nodes: 3 + 2 * draw.below(2) }),
    build: ({ nodes: count }, scene) => {
      const names = Array.from({ length: count }, (_, at) => `n${at}`);
      const processes: Record<NodeId, EngineProcess> = {};
      for (const self of names)
        for (const { process, engine, config } of paxosBinding({ self }).epoch({
          epoch: 0,
          from: 1,
          params: new Uint8Array(0),
          nodes: names,
          f: Math.floor((count - 1) / 2),
        }).processes)
          processes[process] = { engine, config, node: self };
      const { nodes, nodeOf } = engineNodes(scene, processes);
      const proposed = new Set<number>();
      const decided = new Map<number, number>();
      const known = new Map<NodeId, number>();
      const trimmed = new Map<NodeId, number>();
      return {
        nodes,
        nodeOf,
        clients: names.map((self, at) => ({
          id: self,
          thinkMs,
          act: (draw) => {
            const learner = `${self}/paxos-learner`;
            let base = known.get(self) ?? 1;
            while (decided.has(base)) base += 1;
            known.set(self, base);
            if (
              base > (trimmed.get(self) ?? 0) + 16 &&
              scene.command(learner, { kind: "trim", slot: base - 8 })
            )
              trimmed.set(self, base - 8);
            const slot = base + draw.below(window);
            const value = values[valuesOfClient * at + draw.below(valuesOfClient)]!;
            proposed.add(keyOf(slot, value));
            return scene.command(learner, { kind: "propose", slot, value }) ? "propose" : null;
          },
        })),
        watches: consensusWatches(proposed, decided),
        budget: {
          tolerates: ({ dead, amnesiac }) => amnesiac.size === 0 && dead.size <= (count - 1) / 2,
        },
        describe: () => `${decided.size} slots decided`,
      };
    },
  };
}
