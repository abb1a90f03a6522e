import type { AnyEngine } from "@eunomia/engine";
import {
  learnerConfig,
  learnerEngine,
  type MemberOptions,
  memberConfig,
  memberEngine,
} from "@eunomia/two-thirds";

/** The shape of a cluster of 2/3-consensus, as plain JSON. What is left out has the default of `memberConfig`. */
export interface TwoThirdsShape
  extends Pick<
    MemberOptions,
    | "f"
    | "decide"
    | "update"
    | "graceMs"
    | "retryMs"
    | "headMs"
    | "relay"
    | "order"
    | "keepRounds"
    | "maxAhead"
    | "digestAboveBytes"
    | "colocatedLearner"
  > {
  readonly members: number;
  readonly learners: number;
  /** Stands before the names of processes. [nothing] */
  readonly prefix?: string;
}

const count = (letter: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${letter}${i}`);

/** Names of all processes: members `m0`…, learners `r0`…. */
export const twoThirdsNames = ({ members, learners, prefix = "" }: TwoThirdsShape) => ({
  members: count(`${prefix}m`, members),
  learners: count(`${prefix}r`, learners),
});

export function memberPart(shape: TwoThirdsShape, self: string): { engine: AnyEngine; config: unknown } {
  const config = memberConfig({ ...shape, ...twoThirdsNames(shape), self });
  return { engine: memberEngine(config), config };
}

export function learnerPart(shape: TwoThirdsShape, self: string): { engine: AnyEngine; config: unknown } {
  const { members } = twoThirdsNames(shape);
  const config = learnerConfig({
    self,
    members,
    retryMs: shape.retryMs ?? 200,
    maxAhead: shape.maxAhead ?? 4096,
  });
  return { engine: learnerEngine(config), config };
}
