import { createServer } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { TcpTls } from "@eunomia/transports/tcp";
import type { ClusterNode, NodeAddress } from "../../node/config.ts";
import { version } from "../../version.ts";
import { printed } from "../addresses.ts";
import { certificateOf } from "../certified.ts";
import type { Looked } from "../looks.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const timeoutMs = 2000;
/** Nothing rests on clocks that agree; but logs are read together, and certificates end by them. */
const clockMs = 1000;

/** Whether a node could listen at its address, or already does. */
export async function portFinding(
  check: string,
  place: { host: string; port: number },
  running: boolean,
): Promise<Finding> {
  const code = await bound(place);
  const at = printed(place);
  if (code === "EADDRINUSE")
    return running
      ? ok(check, `${at} is this node's`)
      : fail(check, `${at} is taken, and this node does not run: stop the process that has it`);
  if (code === null)
    return running
      ? fail(check, `${at} is free, though this node runs: it listens elsewhere`)
      : ok(check, `${at} is free`);
  return fail(
    check,
    `${at} cannot be had (${code}): name an address of this machine that this user may take`,
  );
}

/** Null: it could be bound. */
const bound = ({ host, port }: { host: string; port: number }): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });

/** Whether a peer answers, shows a certificate of this cluster, and takes ours. */
export async function peerFinding(peer: NodeAddress, tls: TcpTls, cluster: string): Promise<Finding> {
  const check = `peer ${peer.id}`;
  const at = printed(peer);
  try {
    const shown = await handshake(peer, tls);
    const got = certificateOf(shown);
    if (got.cluster !== cluster || got.role !== "node" || got.name !== peer.id)
      return fail(
        check,
        `${at} expected node ${peer.id} of cluster ${cluster}, got ${got.role} ${got.name} of cluster ${got.cluster}`,
      );
    return ok(check, `${at} answers with its certificate`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ECONNREFUSED")
      return warn(check, `${at} takes no connection: nothing runs there, or a firewall refuses`);
    return fail(check, `${at}: ${code ?? message}`);
  }
}

/** The certificate that a server shows, if it is of one of our authorities. */
function handshake({ host, port }: NodeAddress, { key, cert, ca }: TcpTls): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      host,
      port,
      key,
      cert,
      ca,
      minVersion: "TLSv1.3",
      timeout: timeoutMs,
      // Names are in the subject, and are no host names.
      checkServerIdentity: () => undefined,
    });
    const end = (error: Error | null, shown = ""): void => {
      socket.destroy();
      if (error === null) resolve(shown);
      else reject(error);
    };
    socket.once("timeout", () => end(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once("error", end);
    socket.once("secureConnect", () => end(null, socket.getPeerX509Certificate()?.toString() ?? ""));
  });
}

/** What a node says of itself, as far as it concerns the others: cluster, version, clock, readiness. */
export function lookFindings(looked: Looked, cluster: string, now: number): Finding[] {
  const { node, look } = looked;
  if (look === null) {
    const check = `status ${node.id}`;
    return [node.observe === undefined ? ok(check, looked.reason) : warn(check, looked.reason)];
  }
  if (look.cluster !== cluster || look.node !== node.id)
    return [
      fail(
        `status ${node.id}`,
        `expected node ${node.id} of cluster ${cluster}, got ${look.node} of ${look.cluster}`,
      ),
    ];
  const off = Math.max(0, Math.abs(look.at - now) - looked.tookMs);
  const readiness = look.unready.length === 0 ? "ready" : look.unready.join("; ");
  const state = `${readiness}, slot ${look.delivered}, epoch ${look.epoch}, ${look.protocol}`;
  return [
    look.unready.length === 0 ? ok(`status ${node.id}`, state) : warn(`status ${node.id}`, state),
    ...look.alarms.map(({ slot, reason }) => fail(`alarm ${node.id}`, `slot ${slot}: ${reason}`)),
    look.version === version
      ? ok(`version ${node.id}`, version)
      : warn(
          `version ${node.id}`,
          `runs ${look.version}, this is ${version}: bring all nodes to one version`,
        ),
    off > clockMs
      ? warn(`clock ${node.id}`, `${Math.round(off)} ms off this machine's: set both by NTP`)
      : ok(`clock ${node.id}`, `within ${clockMs} ms of this machine's`),
  ];
}

/** Other nodes of a cluster, as seen from one of them. */
export const othersOf = (nodes: readonly ClusterNode[], id: string): ClusterNode[] =>
  nodes.filter((node) => node.id !== id);
