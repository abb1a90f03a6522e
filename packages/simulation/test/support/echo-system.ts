import type { NodeId } from "@eunomia/engine";
import { engineNodes, type System, type Watch } from "@eunomia/simulation";
import { type Echo, echo } from "./echo.ts";

export const echoPeers: readonly NodeId[] = ["a", "b", "c", "d"];
const slots = 6;

/** Honest processes deliver the same for each broadcast, and of an honest one what it said. */
function consistent(byzantine: ReadonlySet<NodeId>, said: ReadonlyMap<string, string>): Watch {
  const delivered = new Map<string, string>();
  return {
    property: "consistent broadcast",
    output({ node, output }) {
      if (byzantine.has(node)) return null;
      const { origin, slot, value } = output as Echo["Output"];
      const key = `${origin} ${slot}`;
      if (!byzantine.has(origin) && said.get(key) !== value)
        return `${node} delivers ${value} as ${key}, which said ${said.get(key)}`;
      const before = delivered.get(key) ?? value;
      delivered.set(key, before);
      return before === value ? null : `${node} delivers ${value} as ${key}, somebody else ${before}`;
    },
  };
}

/** Four processes that echo; one of them may lie. `needed` echoes let a value be delivered: three are enough, two are not. */
export function echoSystem(needed = 3): System<null> {
  return {
    name: "echo",
    draw: () => null,
    build: (_config, scene) => {
      const said = new Map<string, string>();
      const { byzantine } = scene.faulty;
      let delivered = 0;
      return {
        ...engineNodes(
          scene,
          Object.fromEntries(
            echoPeers.map((self) => [self, { engine: echo, config: { self, peers: echoPeers, needed } }]),
          ),
        ),
        clients: echoPeers.map((id) => ({
          id,
          act: (draw) => {
            const slot = [...said.keys()].filter((key) => key.startsWith(id)).length;
            if (slot === slots) return null;
            const value = `${draw.pick(["red", "green", "blue"])}`;
            said.set(`${id} ${slot}`, value);
            scene.command(id, { slot, value });
            return "broadcast";
          },
        })),
        watches: [
          consistent(byzantine, said),
          {
            property: "counting",
            output: ({ node, output }) => {
              if (byzantine.has(node) || byzantine.has((output as Echo["Output"]).origin)) return null;
              delivered += 1;
              scene.mark("an honest broadcast is delivered");
              return null;
            },
          },
        ],
        budget: {
          tolerates: ({ dead, amnesiac, byzantine: liars }) =>
            dead.size === 0 && amnesiac.size === 0 && liars.size <= 1,
        },
        describe: () => `${delivered} deliveries of honest broadcasts`,
      };
    },
  };
}
