import type { ScheduleProcess } from "@eunomia/conformance";
import type { Engine, NodeId } from "@eunomia/engine";
import {
  learnerConfig,
  learnerEngine,
  type MemberConfig,
  type MemberOptions,
  type MemberTypes,
  memberConfig,
  memberEngine,
} from "../src/index.ts";

export interface ClusterOptions {
  /** Members; default 4. */
  readonly size?: number;
  readonly member?: Partial<MemberOptions>;
  /** Learners stand beside the first members instead of on nodes of their own. */
  readonly colocated?: boolean;
  /** Lets a broken twin take the place of the engine. */
  readonly engineOf?: (config: MemberConfig) => Engine<MemberTypes>;
}

/** f+1 learners: where f nodes may stay down, one that proposes is left. Were none left, nobody would owe a decision (2.7). */
const learnersOf = (size = 4): NodeId[] =>
  Array.from({ length: Math.floor((size - 1) / 3) + 1 }, (_, i) => `r${i}`);

/** Those of four members. */
export const learners: readonly NodeId[] = learnersOf();

/** Who must decide in a schedule: the learners, which propose, and the members, which do not. */
export const everybody = (size = 4) => ({
  learners: [...learnersOf(size), ...memberNames(size)],
  value: (index: number, slot: number): Uint8Array | null =>
    index < learnersOf(size).length ? Uint8Array.of(index + 1, slot) : null,
});

export const memberNames = (size = 4): NodeId[] => Array.from({ length: size }, (_, i) => `p${i}`);

/** Members p0, p1, … and learners r0, r1, …, ready for random schedules. */
export function cluster(options: ClusterOptions = {}): Record<NodeId, ScheduleProcess> {
  const { colocated = false, engineOf = memberEngine } = options;
  const members = memberNames(options.size);
  const learners = learnersOf(options.size);
  const processes: Record<NodeId, ScheduleProcess> = {};
  members.forEach((self, i) => {
    const beside = colocated ? (learners[i] ?? null) : null;
    const config = memberConfig({
      self,
      members,
      learners,
      colocatedLearner: beside,
      graceMs: 0,
      ...options.member,
    });
    processes[self] = { engine: engineOf(config), config, ...(colocated ? { node: `n${i}` } : {}) };
  });
  learners.forEach((self, i) => {
    const config = learnerConfig({ self, members, colocatedMember: colocated ? members[i]! : null });
    processes[self] = { engine: learnerEngine(config), config, ...(colocated ? { node: `n${i}` } : {}) };
  });
  return processes;
}
