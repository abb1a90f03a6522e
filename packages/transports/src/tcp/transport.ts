import type { NodeId, Transport } from "@eunomia/engine";
import { Door } from "./door.ts";
import { Hub } from "./hub.ts";
import {
  checkedAddress,
  checkPeer,
  settingsOf,
  type TcpAddress,
  type TcpOptions,
  type TcpStats,
} from "./options.ts";
import { type TcpTls, Tls } from "./tls.ts";

/** A `Transport` over TCP. */
export interface TcpTransport extends Transport {
  /** Where connections are accepted, with the real port; null without a server or once closed. */
  readonly address: TcpAddress | null;
  /**
   * From now on this peer is dialled at this address, anew if the address has changed. Null: it is no peer any more; what waits
   * for it is still written, and connections that it dialled itself stay, as those of a client.
   *
   * @throws TransportError `bad-option` for an id or address that makes no sense, `closed` after `close`.
   */
  setPeer(id: NodeId, address: TcpAddress | null): void;
  /**
   * Another key, certificate, authorities or revocations from now on, without a stop: new connections are made with them, and
   * open ones stay unless the peer's certificate no longer counts.
   *
   * @throws TransportError `bad-certificate`, and nothing has changed; `bad-option` if the transport was started without TLS.
   */
  updateTls(tls: TcpTls): void;
  stats(): TcpStats;
}

/**
 * Starts a transport: with `listen` a server, without it a client. Resolves once the server listens; peers are dialled in the
 * background, again and again.
 *
 * @throws TransportError `bad-option`; `bad-certificate`; `port-in-use`, `port-forbidden`, `host-unknown` or `listen-failed` with the address in
 * `details`.
 * @example
 * ```ts
 * const a = await tcpTransport({ self: "a", listen: { host: "127.0.0.1", port: 0 } });
 * const client = await tcpTransport({ self: "client", peers: { a: a.address! } });
 * a.listen((claimedFrom, bytes) => a.send(claimedFrom, bytes));
 * client.send("a", Uint8Array.of(1, 2, 3)); // false would mean: dropped here
 * ```
 */
export async function tcpTransport(options: TcpOptions): Promise<TcpTransport> {
  const settings = settingsOf(options);
  const peers = Object.entries(options.peers ?? {});
  for (const [id, address] of peers) checkPeer(settings.self, id, address);
  const tls = options.tls === undefined ? null : new Tls(options.tls, settings.self, settings.cluster);
  const wanted = options.listen === undefined ? null : checkedAddress("listen", options.listen, 0);
  const door = wanted === null ? null : await Door.open(wanted, tls, settings);
  // Only now: a transport that never came to be must leave no timer behind.
  const transport = new Hub(settings, tls, door);
  for (const [id, address] of peers) transport.setPeer(id, address);
  return transport;
}
