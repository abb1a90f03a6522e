/** Engines and counts that checkers are measured by: nothing here needs a platform, so it also runs in a browser. */
export { goldenAcceptor } from "./golden/acceptor.ts";
export { goldenLearner } from "./golden/learner.ts";
export {
  messageSetAcceptor,
  messageSetCounts,
  messageSetLeader,
  messageSetPaxos,
} from "./golden/message-set.ts";
export { goldenProposer } from "./golden/proposer.ts";
export { type GoldenProcess, goldenCounts, goldenPaxos } from "./golden/system.ts";
