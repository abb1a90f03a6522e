/** What the monitors must know besides the events. */
export interface BroadcastMonitorOptions {
  /**
   * All `at` come from one clock: P1 then also asks that a command was broadcast no later than it was delivered. Without it
   * (files of several machines) P1 asks only that the broadcast exists somewhere.
   */
  readonly oneClock?: boolean;
  /** Subscribers: P2 and P6 make no exception for `recover` and `install` of theirs. */
  readonly isSubscriber?: (who: string) => boolean;
  /** Processes that must deliver (P5) even if no event names them. */
  readonly processes?: readonly string[];
  /** Clients whose session has ended: P4 owes them nothing. Default: none has. */
  readonly sessionEnded?: (client: string) => boolean;
  /** P5 takes a slot as covered by `recover` as well as by `install`: for traces whose last lines were lost in a crash. */
  readonly recoverCovers?: boolean;
  /** Watch P11: each client's commands are delivered in the order of their numbers, none left out. */
  readonly fifo?: boolean;
}
