/** One system under load: ordered, replicated, durable writes. */
export interface Target {
  readonly name: string;
  /**
   * Keeps `outstanding` writes of `body` under way until `commands` are answered. Calls back for each answer with its
   * latency in milliseconds.
   */
  load(
    outstanding: number,
    commands: number,
    body: Uint8Array,
    answered: (latencyMs: number, count: number) => void,
  ): Promise<void>;
  /** Processes of the servers, for their CPU time and memory. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** A system that is not on this machine, and how to get it. */
export interface Absent {
  readonly absent: string;
}
