import type { NodeId } from "@eunomia/engine";
import type { Method } from "../answers.ts";
import type { Candidate, Score } from "./score.ts";

/** Which system is best for these nodes? */
export interface SearchQuestion {
  /** Every one of them occurs in the system, once. */
  readonly nodes: readonly NodeId[];
  readonly score: Score;
  /**
   * "two" (by default): read quorums, and the write quorums that meet them all, `dual(reads)`. "one": one system whose quorums
   * meet each other.
   */
  readonly phases?: "one" | "two";
  /** Crashes that are survived, whichever they are: reads and writes keep a quorum. 0 by default. */
  readonly crashes?: number;
  /**
   * Byzantine nodes that are survived, with one phase only: signed data is safe ("dissemination": any two quorums share more
   * nodes than these), and a quorum answers without them. 0 by default.
   */
  readonly byzantine?: number;
  /** The same for unsigned data ("masking": any two quorums share more than twice as many). 0 by default. */
  readonly masking?: number;
  /** Whatever else is asked of a system, such as a floor of availability. Nodes are then told apart by their ids. */
  readonly require?: (candidate: Candidate) => boolean;
  /** Systems of parts of the nodes that an enumeration may keep in memory; 150 000 by default. With 0 the beam begins at once. */
  readonly keep?: number;
  /** Systems that the beam keeps from one round to the next; 8 by default. */
  readonly width?: number;
}

/** The best system so far. */
export interface Best extends Candidate {
  readonly score: number;
}

/** What a search says when it ends. */
export interface SearchReport {
  /** Null: no system meets the conditions, or none was found. */
  readonly best: Best | null;
  /** Whether no better system of this kind exists. */
  readonly complete: boolean;
  /** "enumeration" of all systems, or "beam search" from one to the next. */
  readonly method: Method;
  /**
   * Systems that were looked at, that met the counted conditions, and that were scored. An enumeration does not count the
   * thresholds and equal groups that it begins with.
   */
  readonly seen: number;
  readonly candidates: number;
  readonly scored: number;
}
