import type { AnyEngine } from "@eunomia/engine";
import { goldenAcceptor } from "./acceptor.ts";
import { goldenLearner } from "./learner.ts";
import { goldenProposer } from "./proposer.ts";

/** One process of the golden model, in the form that a checker takes. */
export interface GoldenProcess {
  readonly engine: AnyEngine;
  readonly config: unknown;
  readonly inputs?: Readonly<Record<string, { readonly commands: readonly unknown[] }>>;
}

/**
 * The processes of actor Paxos: acceptors `a0`…, proposers `p0`… (proposer b runs ballot b for the value b mod 2, when its
 * input `begin` is given), and the learner `l`.
 *
 * @example
 * goldenPaxos(3, 2); // { a0: …, a1: …, a2: …, p0: …, p1: …, l: … }
 */
export function goldenPaxos(acceptorCount: number, proposerCount: number): Record<string, GoldenProcess> {
  const acceptors = Array.from({ length: acceptorCount }, (_, at) => `a${at}`);
  const processes: Record<string, GoldenProcess> = {};
  for (const self of acceptors) processes[self] = { engine: goldenAcceptor, config: { self, learner: "l" } };
  for (let ballot = 0; ballot < proposerCount; ballot++) {
    const self = `p${ballot}`;
    const config = { self, ballot, acceptors };
    processes[self] = { engine: goldenProposer, config, inputs: { begin: { commands: [null] } } };
  }
  processes.l = { engine: goldenLearner, config: { self: "l", acceptors } };
  return processes;
}

/**
 * What breadth-first search of `goldenPaxos` must count, exactly. `consumed`: every delivery takes its message away, also
 * when it is ignored (agreed on by Spin and TLC). `inertDropped`: the same with inert messages dropped. `stays`: a delivery
 * that changes nothing is no transition (agreed on by Stateright). Null: never counted.
 */
export const goldenCounts = [
  {
    acceptors: 3,
    proposers: 2,
    consumed: { states: 103_676, transitions: 526_674 },
    inertDropped: { states: 4_248, transitions: 17_232 },
    stays: { states: 33_489, transitions: 111_255 },
  },
  {
    acceptors: 4,
    proposers: 2,
    consumed: { states: 1_961_108, transitions: 12_382_588 },
    inertDropped: { states: 46_828, transitions: 240_272 },
    stays: { states: 519_841, transitions: 2_231_198 },
  },
  {
    acceptors: 3,
    proposers: 3,
    consumed: null,
    inertDropped: null,
    stays: { states: 6_128_487, transitions: null },
  },
] as const;
