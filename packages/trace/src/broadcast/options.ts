/** What the monitors must know besides the events. */
export interface BroadcastMonitorOptions {
  /**
   * Events are fed in the order in which they happened (a simulation; one log): P1 then asks that a command was broadcast
   * before it is delivered. Without it P1 asks that the broadcast exists, and comes before in the events of the same process:
   * clocks of different processes are not compared.
   */
  readonly globalOrder?: boolean;
  /** Subscribers: P2 and P6 make no exception for `recover` and `install` of theirs. */
  readonly isSubscriber?: (who: string) => boolean;
  /** Processes that must deliver (P5) even if no event names them. */
  readonly processes?: readonly string[];
  /** Clients whose session has ended: P4 owes them nothing. Default: none has. */
  readonly sessionEnded?: (client: number) => boolean;
  /**
   * P5 takes a slot as covered by `recover` as well as by `install`, and P11 lets clients go on from a later number behind it:
   * for traces whose last lines were lost in a crash.
   */
  readonly recoverCovers?: boolean;
  /** Watch P11: each client's commands are delivered in the order of their numbers, none left out. */
  readonly fifo?: boolean;
}
