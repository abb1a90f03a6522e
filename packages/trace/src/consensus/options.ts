/** The faulty processes of a run so far, by what they did. A process may be in several sets. */
export interface FaultySets {
  /** Down for good. */
  readonly dead: ReadonlySet<string>;
  /** Went on without records that were durable. */
  readonly amnesiac: ReadonlySet<string>;
  readonly byzantine: ReadonlySet<string>;
}

/** What the consensus monitors must know besides the events. Everything may be left out where nobody lies. */
export interface ConsensusMonitorOptions {
  /** The learners; decisions of others are not judged. Default: whoever decides, which lets nobody be missed. */
  readonly learners?: readonly string[];
  /**
   * Is the edge between two learners (or of one with itself) intact: is some safe set of it free of faulty processes? Their
   * agreement is promised only then. Default: always, which is right if the faults stay within what the protocol tolerates.
   */
  readonly safe?: (a: string, b: string, faulty: FaultySets) => boolean;
  /** Has the learner a quorum without dead and faulty processes? Termination is owed to it only then. Default: always. */
  readonly quorumAlive?: (learner: string, faulty: FaultySets) => boolean;
  /** Whose proposals count. Default: everybody's. Where proposers lie, write `propose` for every value with a good signature. */
  readonly isProposer?: (who: string) => boolean;
  /**
   * Events are fed in the order in which they happened (a simulation; one log): then a value must be proposed before it is
   * decided, and faults that come later excuse nothing. Without it the set of faulty processes of the whole run counts.
   */
  readonly globalOrder?: boolean;
  /**
   * Time units of `at` in which a learner must decide, from `stable` or from the proposal, whichever comes later. Without it
   * termination is judged when the run has quiesced, and only then.
   */
  readonly decidesWithin?: number;
  /** Instances in which nobody has to decide, such as those of an epoch that was left. Default: none. */
  readonly excused?: (epoch: number, slot: number) => boolean;
}
