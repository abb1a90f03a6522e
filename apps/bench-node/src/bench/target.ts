/** One system under load: ordered, replicated, durable writes. */
export interface Target {
  readonly name: string;
  /** What it is, for the report: version, durability. */
  readonly about: string;
  /** Opens so many connections of clients. */
  connect(connections: number): Promise<Load>;
  /** Processes of the servers, for their CPU time and memory. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** The clients of one measurement. */
export interface Load {
  /**
   * Keeps `outstanding` writes of `body` under way, spread over the connections, until `commands` are answered. Calls back for
   * each answer with its latency in milliseconds.
   */
  run(
    outstanding: number,
    commands: number,
    body: Uint8Array,
    answered: (latencyMs: number) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

/** A system that is not on this machine, and how to get it. */
export interface Absent {
  readonly absent: string;
}

/** Spreads a number over parts as evenly as it goes. */
export function spread(total: number, parts: number): readonly number[] {
  return Array.from({ length: parts }, (_, at) => Math.floor((total + at) / parts));
}
