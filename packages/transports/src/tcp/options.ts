import { isIP } from "node:net";
import type { NodeId, Random } from "@eunomia/engine";
import { TransportError, wholeNumber } from "../error.ts";
import { checkedQuotas, type TcpQuotas } from "./quota.ts";
import type { TcpCertificate, TcpTls } from "./tls.ts";

export interface TcpAddress {
  /** A name or an address, e.g. `127.0.0.1` or `::1`. */
  readonly host: string;
  readonly port: number;
}

export interface TcpOptions {
  /** This node's id: 1 to 255 bytes of UTF-8 without control characters. */
  readonly self: NodeId;
  /** Where to accept connections; port 0 takes any free one. Without it there is no server: a client. */
  readonly listen?: TcpAddress;
  /** The peers that this node dials. Frames to them travel on the dialled connection only. */
  readonly peers?: Readonly<Record<NodeId, TcpAddress>>;
  /** Peers that give another tag are refused: two clusters never mix by a wrong port. At most 255 bytes. Default empty. */
  readonly cluster?: string;
  /**
   * What frames mean here, e.g. the version of one's messages: peers that say something else are refused, and both sides' logs say
   * why, before they misunderstand each other. At most 255 bytes. Default empty.
   */
  readonly dialect?: string;
  /**
   * Mutual TLS 1.3: ids are what certificates say, no longer mere claims. Every peer and client must have it, or none. Default:
   * none, for one machine or behind something that protects the network.
   */
  readonly tls?: TcpTls;
  /** Longest payload, sent or received. Default 4 MiB. */
  readonly maxFrameBytes?: number;
  /** Bytes that wait in this process for one connection, with 4 for each frame's length. Default 8 MiB. */
  readonly maxQueueBytes?: number;
  /** Accepted connections of ids outside `peers`, in all. Default 1024. */
  readonly maxConnections?: number;
  /** Accepted connections that claim the same id. The one silent for longest makes room. Default 4. */
  readonly maxConnectionsPerId?: number;
  /** Accepted connections that have not said hello. The oldest makes room. Default 128. */
  readonly maxPendingHandshakes?: number;
  /**
   * How much each sender may send and how often it may be connected. Without TLS ids are claims, so that a client has as many
   * quotas as it makes up ids. Default: no bounds beyond those above.
   */
  readonly quotas?: TcpQuotas;
  /** From the start of a dial, or from an accept, until the hellos are exchanged. Default 3000. */
  readonly handshakeTimeoutMs?: number;
  /** A connection whose peer takes nothing for this long (at most twice this) is closed. Default 10 000. */
  readonly stallTimeoutMs?: number;
  /** How long `close` waits for what was sent to leave. Default 500. */
  readonly closeTimeoutMs?: number;
  /** Before the second dial. Doubles with each failure, with jitter; starts again after success. Default 50. */
  readonly minRedialDelayMs?: number;
  /** Default 2000. */
  readonly maxRedialDelayMs?: number;
  /** For the jitter. Default `Math.random`. */
  readonly random?: Random;
  /** Told about connections and refusals, for logs. Must not throw. */
  readonly onEvent?: (event: TcpEvent) => void;
}

/** Why something of a peer was refused: the keys of `TcpStats.refusals`. */
export type TcpRefusal =
  | "handshake: not our protocol"
  | "handshake: another version"
  | "handshake: malformed"
  | "handshake: another cluster"
  | "handshake: another dialect"
  | "handshake: not the dialled peer"
  | "handshake: our own id"
  | "handshake: not the certified id"
  | "handshake: took too long"
  | "handshake: crowded out"
  | "handshake: too many connections"
  | "connection: crowded out by the same id"
  | "connection: takes nothing"
  | "frame: longer than the limit"
  | "frame: nobody listens"
  | "refused by the peer"
  | "quota: connections"
  /** Not read for a while, because too much came; nothing is lost. */
  | "quota: bytes"
  | "quota: frames"
  | "tls: not spoken"
  | "tls: another version"
  | "tls: no certificate"
  | "tls: certificate expired"
  | "tls: certificate not yet valid"
  | "tls: certificate not trusted"
  | "tls: certificate for another purpose"
  | "tls: certificate without a name"
  | "tls: certificate revoked"
  | "tls: broken";

export type TcpEvent =
  | {
      readonly kind: "connected";
      readonly peer: NodeId;
      readonly direction: "dialled" | "accepted";
      readonly address: string;
      /** The peer's; null without TLS. */
      readonly certificate: TcpCertificate | null;
    }
  /** `reason` is a refusal, a system error code, or `ended`. */
  | {
      readonly kind: "disconnected";
      readonly peer: NodeId;
      readonly direction: "dialled" | "accepted";
      readonly reason: string;
    }
  /** We refused a connection. `detail` is what the other side was told. */
  | {
      readonly kind: "refused";
      readonly reason: TcpRefusal;
      readonly detail: string;
      readonly address: string;
    }
  /** The peer that we dialled refused us; `detail` is its own text, made printable: have its operator's side in mind. */
  | {
      readonly kind: "refused-by-peer";
      readonly peer: NodeId;
      readonly detail: string;
      readonly address: string;
    }
  | { readonly kind: "dial-failed"; readonly peer: NodeId; readonly reason: string; readonly retryMs: number }
  | { readonly kind: "server-error"; readonly reason: string };

export interface TcpPeerStats {
  /** Of the connection that we dial; `none` for an id that dialled in. */
  readonly dial: "open" | "connecting" | "waiting" | "none";
  /** Accepted connections that claim this id. */
  readonly accepted: number;
  readonly framesIn: number;
  readonly bytesIn: number;
  /** Frames for which `send` answered true. */
  readonly framesOut: number;
  readonly bytesOut: number;
  /** Frames for which `send` answered false, and frames that waited for a connection in vain. */
  readonly droppedFrames: number;
  /** How often it was not read for a while, because it sent more than its quota. */
  readonly pauses: number;
  /** Waiting in this process, lengths included. */
  readonly queueBytes: number;
}

export interface TcpStats {
  /** Configured peers, and the ids that are connected at the moment. */
  readonly peers: ReadonlyMap<NodeId, TcpPeerStats>;
  readonly refusals: ReadonlyMap<TcpRefusal, number>;
  /** Accepted connections that have not said hello. */
  readonly pendingHandshakes: number;
  /** Our own: have a new one issued before it expires. Null without TLS. */
  readonly certificate: TcpCertificate | null;
}

/** The options with every default filled in. */
export type Settings = Required<Omit<TcpOptions, "listen" | "peers" | "tls" | "random" | "onEvent">> & {
  readonly random: Random;
  readonly onEvent: (event: TcpEvent) => void;
};

const maxTimerMs = 2 ** 31 - 1;

export function settingsOf(options: TcpOptions): Settings {
  const maxFrameBytes = wholeNumber("maxFrameBytes", options.maxFrameBytes ?? 4 << 20, 1, 2 ** 31 - 1);
  const minRedialDelayMs = wholeNumber("minRedialDelayMs", options.minRedialDelayMs ?? 50, 1, maxTimerMs);
  return {
    self: checkedName("self", options.self, 1),
    cluster: checkedName("cluster", options.cluster ?? "", 0),
    dialect: checkedName("dialect", options.dialect ?? "", 0),
    maxFrameBytes,
    // A queue that cannot take the longest frame would refuse that frame for ever.
    maxQueueBytes: wholeNumber(
      "maxQueueBytes",
      options.maxQueueBytes ?? Math.max(8 << 20, maxFrameBytes + 4),
      maxFrameBytes + 4,
      2 ** 40,
    ),
    maxConnections: wholeNumber("maxConnections", options.maxConnections ?? 1024, 0, 1 << 20),
    maxConnectionsPerId: wholeNumber("maxConnectionsPerId", options.maxConnectionsPerId ?? 4, 1, 1 << 10),
    maxPendingHandshakes: wholeNumber(
      "maxPendingHandshakes",
      options.maxPendingHandshakes ?? 128,
      1,
      1 << 20,
    ),
    quotas: checkedQuotas(options.quotas ?? {}),
    handshakeTimeoutMs: wholeNumber("handshakeTimeoutMs", options.handshakeTimeoutMs ?? 3000, 1, maxTimerMs),
    stallTimeoutMs: wholeNumber("stallTimeoutMs", options.stallTimeoutMs ?? 10_000, 1, maxTimerMs),
    closeTimeoutMs: wholeNumber("closeTimeoutMs", options.closeTimeoutMs ?? 500, 0, maxTimerMs),
    minRedialDelayMs,
    maxRedialDelayMs: wholeNumber(
      "maxRedialDelayMs",
      options.maxRedialDelayMs ?? Math.max(2000, minRedialDelayMs),
      minRedialDelayMs,
      maxTimerMs,
    ),
    random: options.random ?? { next: () => Math.floor(Math.random() * 2 ** 32) },
    onEvent: options.onEvent ?? (() => {}),
  };
}

export function checkedAddress(title: string, address: TcpAddress, minPort: number): TcpAddress {
  if (typeof address.host !== "string" || address.host === "")
    throw new TransportError(
      "bad-option",
      `"${title}.host" expected a name or an address, got "${address.host}"`,
      { title },
    );
  wholeNumber(`${title}.port`, address.port, minPort, 65_535);
  return { host: address.host, port: address.port };
}

/** The address of a peer, checked, and that its id is another's. */
export function checkPeer(self: NodeId, id: NodeId, address: TcpAddress): TcpAddress {
  checkedName("peer id", id, 1);
  if (id === self)
    throw new TransportError(
      "bad-option",
      `"peers" expected other nodes, got our own id "${id}": leave it out`,
    );
  return checkedAddress(`peers.${id}`, address, 1);
}

/** True for a name that travels in a hello unchanged and can be printed in a log. */
export function isName(name: string, minBytes: number): boolean {
  const bytes = Buffer.from(name, "utf8");
  return (
    bytes.length >= minBytes &&
    bytes.length <= 255 &&
    !/\p{Cc}/u.test(name) &&
    bytes.toString("utf8") === name
  );
}

function checkedName(title: string, name: string, minBytes: number): string {
  if (typeof name === "string" && isName(name, minBytes)) return name;
  throw new TransportError(
    "bad-option",
    `"${title}" expected ${minBytes} to 255 bytes of text without control characters, got ${JSON.stringify(name)}`,
    { title },
  );
}

/** How an address is printed: brackets around IPv6. */
export function printed(address: TcpAddress): string {
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
