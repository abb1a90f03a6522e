/** What the network of a run does to packets. Times in virtual milliseconds, shares between 0 and 1. */
export interface NetworkProfile {
  readonly delayMinMs: number;
  /** Mean of what comes on top. */
  readonly delayMeanMs: number;
  /** One packet in 64 takes a hundred times as long. */
  readonly heavyTail: boolean;
  readonly loss: number;
  /** Share of packets that begin a burst: everything on the link is lost for a while. */
  readonly burst: number;
  /** Share of packets that come twice; one in eight copies comes up to an hour late. */
  readonly duplicate: number;
  /** Share of packets whose bytes are damaged on the way. */
  readonly corrupt: number;
  /** The newest packet overtakes all that wait on its link. */
  readonly lifo: boolean;
}

/** How often something happens to the cluster: chances per tick of 10 ms, of some node or link. */
export interface RateProfile {
  readonly partition: number;
  /** Chance that a partition or a clog ends. */
  readonly heal: number;
  /** A random link stops; what is sent on it arrives when it opens. */
  readonly clog: number;
  readonly crash: number;
  readonly restart: number;
  readonly pause: number;
  /** A clock runs fast or slow from now on, jumps ahead, or stops for a while. */
  readonly clock: number;
  /** The disk of some node fails its next write or sync, is full for a while, or slow for a while. */
  readonly diskError: number;
}

/** What a crash and a restart do to a disk: chances per crash. */
export interface DiskProfile {
  /** Up to so long takes a sync. */
  readonly syncMaxMs: number;
  /** What was not synced is kept in part: a first part of it, the last record of that cut in the middle. */
  readonly torn: number;
  /** A durable record is damaged: the journal is unreadable. */
  readonly damaged: number;
  /** The journal is gone: the node starts as new, and counts as amnesiac. */
  readonly absent: number;
  /** The journal is one of some time ago: the node counts as amnesiac. */
  readonly rolledBack: number;
}

/** What may go wrong in a run: drawn from its seed, or given. Plain JSON, part of a replay file. */
export interface Profile {
  readonly network: NetworkProfile;
  readonly rates: RateProfile;
  readonly disk: DiskProfile;
  /** Crashes fall between any two calls of a port, not only between two events. */
  readonly midStep: boolean;
  /** A node gathers what arrives within so long before it works. */
  readonly batchMaxMs: number;
  /** Faults come that the budget does not allow; only what is still promised is judged. */
  readonly beyond: boolean;
}
