/**
 * Frames over TCP: a server with configured peers, or a client without a server, as one `Transport` for Node.
 *
 * @module
 */
export { TransportError, type TransportErrorCode } from "./error.ts";
export type {
  TcpAddress,
  TcpEvent,
  TcpOptions,
  TcpPeerStats,
  TcpRefusal,
  TcpStats,
} from "./tcp/options.ts";
export type { TcpQuota, TcpQuotas } from "./tcp/quota.ts";
export type { TcpCertificate, TcpTls } from "./tcp/tls.ts";
export { type TcpTransport, tcpTransport } from "./tcp/transport.ts";
