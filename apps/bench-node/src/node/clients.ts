import type { TcpEvent } from "@eunomia/transports/tcp";
import type { PeerKeys } from "./peer-keys.ts";

/**
 * Clients come and go, and a name may be connected more than once: the authenticator knows them while at least one connection of
 * theirs is open.
 */
export class ConnectedClients {
  readonly #keys: PeerKeys;
  readonly #nodes: ReadonlySet<string>;
  readonly #connections = new Map<string, number>();

  constructor(keys: PeerKeys, nodes: ReadonlySet<string>) {
    this.#keys = keys;
    this.#nodes = nodes;
  }

  /** Takes note of a connection; answers a client that has none left. */
  observe(event: TcpEvent): string | null {
    if (event.kind !== "connected" && event.kind !== "disconnected") return null;
    const { peer } = event;
    if (event.direction !== "accepted" || this.#nodes.has(peer)) return null;
    const before = this.#connections.get(peer) ?? 0;
    if (event.kind === "connected") {
      if (before === 0) this.#keys.admitClient(peer);
      this.#connections.set(peer, before + 1);
      return null;
    }
    if (before > 1) {
      this.#connections.set(peer, before - 1);
      return null;
    }
    this.#connections.delete(peer);
    this.#keys.forget(peer);
    return peer;
  }
}
