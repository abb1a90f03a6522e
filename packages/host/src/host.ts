import {
  type Authenticator,
  type Clock,
  Driver,
  type DriverOptions,
  type Journal,
  type Random,
  type Transport,
  type Wire,
} from "@eunomia/engine";
import { systemClock, systemRandom } from "./platform.ts";

/** A node that cannot start. Match on `code`. */
export class HostError extends Error {
  /** `journal-unreadable`: the records of the past are damaged. `journal-lost`: they are gone, though the node has run before. */
  readonly code: "journal-unreadable" | "journal-lost";
  constructor(code: HostError["code"], message: string) {
    super(message);
    this.name = "HostError";
    this.code = code;
  }
}

export interface HostOptions extends DriverOptions {
  readonly transport: Transport;
  readonly journal: Journal;
  readonly authenticator: Authenticator;
  /** Takes messages between nodes as values, in the place of transport and authenticator. Default: none does. */
  readonly wire?: Wire;
  /** Default: the monotonic clock of the process. */
  readonly clock?: Clock;
  /** Default: the operating system's. */
  readonly random?: Random;
  /**
   * Whether this node has never run before. An absent journal of a node that has would make its engines forget what they
   * promised, so it is refused: such a node must come back under another identity. Default true.
   */
  readonly mayStartFresh?: boolean;
}

export interface Host {
  readonly driver: Driver;
  /** There was no journal: this is the first start on it. */
  readonly fresh: boolean;
  /** Bytes of an unfinished last write that were cut off at the start. */
  readonly tornBytes: number;
  /** Stops the engines, makes what was journaled durable, closes transport and journal. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a node on real ports: reads the journal and gives back the driver, ready for engines to be started on it. Frames of one
 * turn of the event loop are taken together, so that one sync and one write per peer serve them all.
 *
 * @throws HostError when the journal is unreadable, or absent where it must not be.
 * @example
 * const host = openHost({ transport, journal, authenticator, nodeOf, onOutput, onSpawn, onFault });
 * host.driver.spawn({ process: "n1/counter", instance: "" }, counter, config);
 * await host.close();
 */
export function openHost(options: HostOptions): Host {
  const { transport, journal, authenticator, wire, clock = systemClock, random = systemRandom() } = options;
  const replay = journal.replay();
  if (replay.kind === "unreadable")
    throw new HostError(
      "journal-unreadable",
      `"journal" expected readable records, got damage in ${replay.file} at byte ${replay.offset} (${replay.reason}). ` +
        "Restore the directory from a copy that is not older, or replace this node under another identity: " +
        "starting without these records could break agreement",
    );
  if (replay.kind === "absent" && options.mayStartFresh === false)
    throw new HostError(
      "journal-lost",
      '"journal" expected the records of earlier runs, got none. Check the data directory; if the disk is lost, replace this node under another identity',
    );
  const driver = new Driver(
    { transport, journal, clock, random, authenticator, defer: setImmediate, ...(wire && { wire }) },
    options,
  );
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    driver.stop();
    await transport.close();
    await journal.close();
  };
  driver.open(replay.kind === "records" ? replay.records : []);
  return {
    driver,
    fresh: replay.kind === "absent",
    tornBytes: replay.kind === "records" ? replay.tornBytes : 0,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
