import { anerisGatewayMutants } from "./aneris-gateway.ts";
import { anerisReadMutants } from "./aneris-reads.ts";
import { anerisReplicaMutants } from "./aneris-replica.ts";
import { anerisReplicaStalls } from "./aneris-stalls.ts";
import { heteroAcceptorMutants } from "./hetero-acceptor.ts";
import { heteroJudgeMutants } from "./hetero-judge.ts";
import { heteroLearnerMutants, heteroProposerMutants } from "./hetero-watchers.ts";
import type { Mutant } from "./mutant.ts";
import { paxosAcceptorMutants } from "./paxos-acceptor.ts";
import { paxosLeaderMutants } from "./paxos-leader.ts";
import { paxosLeaderStalls, paxosLearnerMutants } from "./paxos-stalls.ts";
import { paxosReadMutants, twoThirdsReadMutants } from "./reads.ts";
import { byzantineMemberMutants } from "./two-thirds-byzantine.ts";
import { byzantineLearnerMutants } from "./two-thirds-byzantine-learner.ts";
import { twoThirdsMemberMutants } from "./two-thirds-member.ts";
import { twoThirdsLearnerMutants, twoThirdsStalls } from "./two-thirds-stalls.ts";

/** Every mutant of every engine, in a fixed order. */
export const mutants: readonly Mutant[] = [
  ...paxosAcceptorMutants,
  ...paxosLeaderMutants,
  ...paxosLeaderStalls,
  ...paxosLearnerMutants,
  ...paxosReadMutants,
  ...twoThirdsMemberMutants,
  ...twoThirdsStalls,
  ...twoThirdsLearnerMutants,
  ...twoThirdsReadMutants,
  ...byzantineMemberMutants,
  ...byzantineLearnerMutants,
  ...heteroJudgeMutants,
  ...heteroAcceptorMutants,
  ...heteroLearnerMutants,
  ...heteroProposerMutants,
  ...anerisReplicaMutants,
  ...anerisReplicaStalls,
  ...anerisGatewayMutants,
  ...anerisReadMutants,
];

/**
 * The mutant of a name.
 * @throws Error with the names that come nearest.
 */
export function mutantOf(name: string): Mutant {
  const found = mutants.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const near = mutants.filter((mutant) => mutant.name.includes(name)).map((mutant) => mutant.name);
  const choice = near.length > 0 ? near : mutants.map((mutant) => mutant.name);
  throw new Error(`no mutant "${name}"; there are ${choice.join(", ")}`);
}
