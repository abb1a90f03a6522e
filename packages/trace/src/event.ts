/**
 * Runs of commands, flat: `[client, firstSeq, count, client, firstSeq, count, …]` in the order of the vector. A thousand
 * commands of one client are one run.
 */
export type Runs = readonly number[];

/** How a process was faulty, beyond being slow and beyond losing what was not durable. */
export type FaultKind =
  /** Down for good. */
  | "crash"
  /** Went on without records that were durable. */
  | "amnesia"
  /** Did anything at all; its lines are not worth reading. */
  | "byzantine";

/** What whoever runs a cluster knows about the run. Part of every family of events. */
export type RunEvent =
  | { readonly kind: "crash"; readonly at: number; readonly who: string }
  /** `who` is faulty from here on; the promises of a run depend on the set of these. Told before it does any harm. */
  | { readonly kind: "faulty"; readonly at: number; readonly who: string; readonly fault: FaultKind }
  /** From here on nothing gets lost and everybody who is up is timely. A later one replaces it. */
  | { readonly kind: "stable"; readonly at: number }
  /** The run is fair and finished; whoever ran it decides. */
  | { readonly kind: "quiesced"; readonly at: number };

/**
 * One line of a broadcast trace. `at` is in milliseconds on the clock of whoever wrote the line; `who` is that process. Every
 * command and control is known by its identity and by the first 8 bytes of a digest of its body, 16 lower-case hex digits.
 */
export type BroadcastEvent =
  | {
      /** A client submits commands for the first time: `seq`, `seq` + 1, …, one for each 16 digits of `digests`. */
      readonly kind: "broadcast";
      readonly at: number;
      readonly who: string;
      readonly client: number;
      readonly seq: number;
      readonly digests: string;
    }
  /** Principals signed the control of number n, and `who` submits it. */
  | {
      readonly kind: "control";
      readonly at: number;
      readonly who: string;
      readonly n: number;
      readonly digest: string;
    }
  | DeliverEvent
  /** From now on `who` stands as if it had delivered 1..slot: from another replica's snapshot, or from its own disk. */
  | {
      readonly kind: "install" | "recover";
      readonly at: number;
      readonly who: string;
      readonly slot: number;
    }
  | RunEvent;

/** `who` delivers a slot: a vector of commands, or one of control commands. */
export interface DeliverEvent {
  readonly kind: "deliver";
  readonly at: number;
  readonly who: string;
  readonly slot: number;
  readonly epoch: number;
  /** Empty: `who` does not know it, as a subscriber. */
  readonly protocol: string;
  readonly runs: Runs;
  /** 16 digits for every command of the runs in order, or for every control. */
  readonly digests: string;
  /** The numbers of the controls; then `runs` is empty. */
  readonly controls?: readonly number[];
  /** Registrations of sessions in the slot: no messages of the properties, only counted. */
  readonly registrations?: number;
  /** Hash chain over all slots up to this one, in hex. */
  readonly chain?: string;
}

/** What consensus instances do. An instance is a slot of an epoch; a value is any text that stands for it, such as a digest. */
export type ConsensusEvent =
  | {
      /**
       * `propose`: `who` puts a value forward, or, where proposers may lie, a value with its signature came up. `decide`: the
       * learner `who` learns what was decided.
       */
      readonly kind: "propose" | "decide";
      readonly at: number;
      readonly who: string;
      readonly epoch: number;
      readonly slot: number;
      readonly value: string;
    }
  /** The learner `who` was looked at and has no decision of the instance: a restart may not take one back. */
  | {
      readonly kind: "undecided";
      readonly at: number;
      readonly who: string;
      readonly epoch: number;
      readonly slot: number;
    }
  | RunEvent;

/**
 * What a process writes down and lets out. A life begins with every start of the process and counts 1, 2, 3, …; the records
 * of a life count 1, 2, 3, … as well. What an earlier life left durable needs no mention.
 */
export type DurabilityEvent =
  /** `persist`: record number `record` was handed to the disk. `durable`: all up to `record` survive a crash from now on. */
  | {
      readonly kind: "persist" | "durable";
      readonly at: number;
      readonly who: string;
      readonly life: number;
      readonly record: number;
    }
  | ReleaseEvent
  | RunEvent;

/** Something left the process that depends on its records up to `record`; 0: on none of this life. */
export interface ReleaseEvent {
  readonly kind: "release";
  readonly at: number;
  readonly who: string;
  readonly life: number;
  readonly record: number;
  /** What left, for reports. */
  readonly what?: string;
}

/** How much of something `who` holds just now, and how much it may. */
export interface SizeEvent {
  readonly kind: "size";
  readonly at: number;
  readonly who: string;
  /** What is counted: `known`, `inflight`, `queue`, … */
  readonly name: string;
  readonly value: number;
  readonly limit: number;
}

/**
 * What clients of a replicated object see, in the order in which it happened (or merged by one clock). An operation is known
 * by its client and a number of the client's; it is invoked, then it returns or its outcome is unknown (it timed out, its
 * client died). One that neither returned nor was given up counts as unknown. Which of the fields a call and its return have
 * depends on the object: see `register` and `appendLog`.
 */
export type HistoryEvent =
  | {
      readonly kind: "invoke";
      readonly at: number;
      readonly who: string;
      readonly op: number;
      /** The object: each key is one of its own. */
      readonly key: string;
      readonly call: string;
      readonly value?: string;
      /** For a call that depends on what it finds; null: on nothing being there. */
      readonly expected?: string | null;
    }
  | OperationReturn
  | { readonly kind: "unknown"; readonly at: number; readonly who: string; readonly op: number };

/** An operation has ended, with what it found. */
export interface OperationReturn {
  readonly kind: "return";
  readonly at: number;
  readonly who: string;
  readonly op: number;
  /** The value read; null: there was none. */
  readonly value?: string | null;
  /** The values read, oldest first. */
  readonly values?: readonly string[];
  /** Did a conditional call change anything? */
  readonly ok?: boolean;
  /** Where a value came to stand, from 1. */
  readonly position?: number;
}

/** Any line of a trace. Each monitor looks at the kinds that it knows and lets the others pass. */
export type TraceEvent = BroadcastEvent | ConsensusEvent | DurabilityEvent | SizeEvent | HistoryEvent;

/** Hex digits that a trace keeps of a body. */
export const digestDigits = 16;

/** How many commands the runs stand for. */
export function runsCount(runs: Runs): number {
  let count = 0;
  for (let at = 2; at < runs.length; at += 3) count += runs[at]!;
  return count;
}
