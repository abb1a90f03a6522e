/** Heterogeneous Paxos 2.0 as engines: each learner decides under its own quorums, and those agree that must. */
export { Ballot } from "./ballot.ts";
