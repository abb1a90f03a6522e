import type { AnyEngine } from "@eunomia/engine";
import { engineNodes, type FaultBudget, type NodeSpec, type System, type Watch } from "@eunomia/simulation";
import { courier } from "./courier.ts";

interface Said {
  readonly kind: "kept" | "heard";
  readonly n: number;
}

/** Numbers grow by one within a life, and never come twice over all lives. */
function inOrder(): Watch {
  const last = new Map<string, { n: number; life: number }>();
  return {
    property: "numbers come once and in order",
    output: ({ process, life, output }) => {
      const { kind, n } = output as Said;
      const key = `${process} ${kind}`;
      const before = last.get(key) ?? { n: 0, life: 0 };
      last.set(key, { n, life });
      if (before.life === life ? n === before.n + 1 : n > before.n) return null;
      return `${process} says ${kind} ${n} after ${before.n}`;
    },
  };
}

export interface CourierOptions {
  readonly engine?: AnyEngine;
  readonly budget?: FaultBudget;
  /** Takes the place of the nodes. */
  readonly nodes?: (nodes: readonly NodeSpec[]) => readonly NodeSpec[];
}

/** Two couriers, each of which keeps numbers and tells the other. */
export function courierSystem(options: CourierOptions = {}): System<null> {
  return {
    name: "couriers",
    draw: () => null,
    build: (_config, scene) => {
      const engine = options.engine ?? courier();
      const made = engineNodes(scene, {
        a: { engine, config: { self: "a", other: "b" } },
        b: { engine, config: { self: "b", other: "a" } },
      });
      const kept = new Map([
        ["a", 0],
        ["b", 0],
      ]);
      const heard = new Map([
        ["a", 0],
        ["b", 0],
      ]);
      return {
        nodeOf: made.nodeOf,
        nodes: options.nodes?.(made.nodes) ?? made.nodes,
        clients: ["a", "b"].map((process) => ({
          id: `client of ${process}`,
          thinkMs: 10,
          act: () => {
            if (scene.core !== null || !scene.command(process, null)) return null;
            scene.answered("keep", true);
            return "keep";
          },
        })),
        watches: [
          inOrder(),
          {
            property: "bookkeeping",
            output: ({ process, output }) => {
              const { kind, n } = output as Said;
              (kind === "kept" ? kept : heard).set(process, n);
              if (kind === "kept" && n === 10) scene.mark("ten kept");
              return null;
            },
          },
        ],
        budget: options.budget ?? {
          tolerates: ({ dead, amnesiac, byzantine }) => dead.size + amnesiac.size + byzantine.size === 0,
          cores: [["a", "b"]],
        },
        done: () => heard.get("b")! >= kept.get("a")! && heard.get("a")! >= kept.get("b")!,
        describe: () => `kept ${[...kept]}, heard ${[...heard]}`,
        patienceMs: 5000,
      };
    },
  };
}
