import { consensusExample, consensusTwins } from "@eunomia/conformance";
import type { AnyEngine, ConsensusOutput, NodeId } from "@eunomia/engine";
import { engineNodes, type System, type Watch } from "@eunomia/simulation";

const slots = 30;

/** Every learner decides the same, only what was proposed; each says so once in a life. */
export function agreement(proposed: ReadonlySet<string>): Watch {
  const decided = new Map<number, string>();
  return {
    property: "agreement and validity",
    output: ({ process, output }) => {
      const said = output as ConsensusOutput | null;
      if (said?.kind !== "decided") return null;
      const value = said.value.join(".");
      if (!proposed.has(`${said.slot}:${value}`))
        return `${process} decides ${value} in slot ${said.slot}, which nobody proposed`;
      const before = decided.get(said.slot);
      decided.set(said.slot, value);
      return before === undefined || before === value
        ? null
        : `${process} decides ${value} in slot ${said.slot}, somebody else ${before}`;
    },
  };
}

export interface Toy {
  readonly learners: number;
}

/** An engine of one of the broken twins of conformance. */
export function toyTwin(name: string, process: NodeId = "s"): AnyEngine {
  const { subject } = consensusTwins.find((one) => one.name === name)!;
  return (subject.engines as Record<NodeId, { engine: AnyEngine }>)[process]!.engine;
}

/** The toy protocol of conformance: a sequencer takes the first value of each slot, learners ask until told. */
export function toySystem(engines: { sequencer?: AnyEngine; learner?: AnyEngine } = {}): System<Toy> {
  const example = consensusExample;
  return {
    name: "toy",
    draw: (draw) => ({ learners: 2 + draw.below(2) }),
    build: ({ learners: count }, scene) => {
      const learners = Array.from({ length: count }, (_, at) => `r${at}`);
      const parts = example.engines as Record<NodeId, { engine: AnyEngine; config: unknown }>;
      const proposed = new Set<string>();
      const known = new Map<NodeId, Set<number>>(learners.map((name) => [name, new Set()]));
      const wanted = new Set<number>();
      const { nodes, nodeOf } = engineNodes(scene, {
        s: { engine: engines.sequencer ?? parts.s!.engine, config: { self: "s", learners } },
        ...Object.fromEntries(
          learners.map((self) => [
            self,
            { engine: engines.learner ?? parts.r0!.engine, config: { self, sequencer: "s", retryMs: 50 } },
          ]),
        ),
      });
      return {
        nodes,
        nodeOf,
        clients: learners.map((id, at) => ({
          id,
          act: (draw) => {
            const slot = 1 + draw.below(slots);
            if (known.get(id)!.has(slot)) return null;
            const value = Uint8Array.of(at + 1, slot);
            proposed.add(`${slot}:${value.join(".")}`);
            if (scene.command(id, { kind: "propose", slot, value })) wanted.add(slot);
            return "propose";
          },
        })),
        watches: [
          agreement(proposed),
          {
            property: "watching",
            output: ({ process, output }) => {
              known.get(process)?.add((output as { slot: number }).slot);
              scene.answered("propose", true);
              return null;
            },
          },
        ],
        budget: {
          tolerates: ({ dead, amnesiac, byzantine }) => dead.size + amnesiac.size + byzantine.size === 0,
        },
        done: () => learners.every((name) => known.get(name)!.size === slots),
        describe: () => learners.map((name) => `${name} knows ${known.get(name)!.size}`).join(", "),
      };
    },
  };
}
