import { fromHex } from "@eunomia/codec";
import { type HmacAuthenticator, pairSecret } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import type { TcpEvent } from "@eunomia/transports/tcp";

/**
 * Clients come and go, and a name may be connected more than once: their keys are kept, derived from the clients' secret, while
 * at least one connection of theirs is open.
 */
export class ClientKeys {
  readonly #authenticator: HmacAuthenticator;
  readonly #secret: Uint8Array;
  readonly #nodes: ReadonlySet<string>;
  readonly #connections = new Map<string, number>();

  constructor(authenticator: HmacAuthenticator, secret: string, nodes: ReadonlySet<string>) {
    this.#authenticator = authenticator;
    this.#secret = fromHex(secret);
    this.#nodes = nodes;
  }

  /** Takes note of a connection; answers a client that has none left. */
  observe(event: TcpEvent): string | null {
    if (event.kind !== "connected" && event.kind !== "disconnected") return null;
    const { peer } = event;
    if (event.direction !== "accepted" || this.#nodes.has(peer)) return null;
    const before = this.#connections.get(peer) ?? 0;
    if (event.kind === "connected") {
      if (before === 0)
        this.#authenticator.admit(peer, pairSecret(native, this.#secret, peer, this.#authenticator.self));
      this.#connections.set(peer, before + 1);
      return null;
    }
    if (before > 1) {
      this.#connections.set(peer, before - 1);
      return null;
    }
    this.#connections.delete(peer);
    this.#authenticator.forget(peer);
    return peer;
  }
}
