import type { Adversary, Cluster, RunPlan } from "@eunomia/simulation";
import { type Toy, toySystem } from "./toy-system.ts";

// Plans of the toy that are wrong in one place.

export const base: RunPlan<Toy> = { system: toySystem(), seed: "1", limits: { virtualMs: 200 } };

/** The system with parts of its cluster replaced. */
export function other(part: Partial<Record<keyof Cluster, unknown>>): Partial<RunPlan<Toy>> {
  const { system } = base;
  return {
    system: { ...system, build: (config, scene) => ({ ...system.build(config, scene), ...part }) as Cluster },
  };
}

export const system = (part: object): Partial<RunPlan<Toy>> => ({ system: { ...toySystem(), ...part } });
export const adversary = (part: object): Partial<RunPlan<Toy>> => ({
  wire: "value",
  adversary: () => part as Adversary,
});
export const lost = (): never => {
  throw new Error("lost");
};
