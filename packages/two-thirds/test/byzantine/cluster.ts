import type { ScheduleProcess } from "@eunomia/conformance";
import type { NodeId } from "@eunomia/engine";
import {
  type ByzantineMemberOptions,
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
  byzantineMemberEngine,
} from "../../src/byzantine.ts";
import type { EngineOf } from "./adapter.ts";
import { type Lie, liar } from "./liar.ts";
import { sealsOf } from "./seals.ts";

export interface ByzantineClusterOptions {
  /** Members; default 6. */
  readonly size?: number;
  readonly member?: Partial<ByzantineMemberOptions>;
  /** Learners; default f + 1. */
  readonly replicas?: number;
  /** Learners stand beside the first members instead of on nodes of their own. */
  readonly colocated?: boolean;
  /** The last f members lie so. */
  readonly lie?: Lie;
  /** Lets a broken twin take the place of the honest engine. */
  readonly engineOf?: EngineOf;
}

const f = (size: number): number => Math.floor((size - 1) / 5);

export const memberNames = (size = 6): NodeId[] =>
  Array.from({ length: size }, (_, i) => `p${String(i).padStart(String(size - 1).length, "0")}`);

export const liarsOf = (size = 6): NodeId[] => memberNames(size).slice(size - f(size));

/** f + 1 learners: where f nodes may stay down, one that proposes is left. */
const learnersOf = (size = 6, replicas = f(size) + 1): NodeId[] =>
  Array.from({ length: replicas }, (_, i) => `r${i}`);
export const learners: readonly NodeId[] = learnersOf();

/** Who must decide in a schedule: the learners, which propose, and the honest members, which do not. Values begin with 1 or 2. */
export const everybody = (size = 6, lying = false) => ({
  learners: [...learnersOf(size), ...memberNames(size).slice(0, lying ? size - f(size) : size)],
  value: (index: number, slot: number): Uint8Array | null =>
    index < learnersOf(size).length ? Uint8Array.of(1 + (index % 2), slot) : null,
});

/** Members p0, p1, … and learners r0, r1, …, ready for random schedules. */
export function cluster(options: ByzantineClusterOptions = {}): Record<NodeId, ScheduleProcess> {
  const { colocated = false, size = 6, lie } = options;
  const engineOf = options.engineOf ?? ((config) => byzantineMemberEngine(config, sealsOf(config.self)));
  const members = memberNames(size);
  const learners = learnersOf(size, options.replicas);
  const context = "test/0";
  const processes: Record<NodeId, ScheduleProcess> = {};
  members.forEach((self, i) => {
    const colocatedLearner = colocated ? (learners[i] ?? null) : null;
    const config = byzantineMemberConfig({
      self,
      context,
      members,
      learners,
      colocatedLearner,
      ...options.member,
    });
    const lies = lie !== undefined && liarsOf(size).includes(self);
    const engine = lies ? liar(config, lie) : engineOf(config);
    processes[self] = { engine, config, ...(colocated ? { node: `n${i}` } : {}) };
  });
  learners.forEach((self, i) => {
    const colocatedMember = colocated ? members[i]! : null;
    const config = byzantineLearnerConfig({ self, context, members, colocatedMember });
    const engine = byzantineLearnerEngine(config, sealsOf(self));
    processes[self] = { engine, config, ...(colocated ? { node: `n${i}` } : {}) };
  });
  return processes;
}
