import type { Connection } from "./connection.ts";
import type { Settings } from "./options.ts";
import type { Peer } from "./peer.ts";

/**
 * Finds room for accepted connections. Handshakes and connections of one id make room for newer ones; the places for clients in
 * all do not, so that nobody who came first is thrown out by a crowd of new ids.
 */
export class Admission {
  readonly #settings: Settings;
  /** Before their hello, oldest first. */
  readonly #pending = new Set<Connection>();
  #clients = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** An honest hello comes within a round trip, so when it is crowded the oldest that said nothing goes. */
  arrived(connection: Connection): void {
    const { maxPendingHandshakes } = this.#settings;
    const [oldest] = this.#pending;
    if (oldest !== undefined && this.#pending.size >= maxPendingHandshakes)
      oldest.refuse("handshake: crowded out", `at most ${maxPendingHandshakes} handshakes at a time`);
    this.#pending.add(connection);
  }

  /** `known` is the peer that the connection claims to be, if there is one. False: refused. */
  admit(connection: Connection, known: Peer | undefined): boolean {
    const { maxConnections, maxConnectionsPerId } = this.#settings;
    const isClient = known === undefined || known.dialler === null;
    if (known !== undefined && known.accepted.length >= maxConnectionsPerId) {
      const silent = known.accepted.reduce((a, b) => (a.heard <= b.heard ? a : b));
      silent.refuse(
        "connection: crowded out by the same id",
        `at most ${maxConnectionsPerId} connections per id`,
      );
    }
    if (isClient && this.#clients >= maxConnections) {
      connection.refuse("handshake: too many connections", `at most ${maxConnections}`);
      return false;
    }
    this.#pending.delete(connection);
    connection.isClient = isClient;
    if (isClient) this.#clients++;
    return true;
  }

  left(connection: Connection): void {
    this.#pending.delete(connection);
    if (connection.isClient) this.#clients--;
  }
}
