import type { TransportSubject, TransportWorld } from "@eunomia/conformance";
import type { NodeId, Transport } from "@eunomia/engine";
import { memoryNetwork } from "../src/memory.ts";
import { type TcpOptions, type TcpTls, type TcpTransport, tcpTransport } from "../src/tcp.ts";
import { testAuthority } from "./certificates.ts";

export const host = "127.0.0.1";
export const anyPort = { host, port: 0 };

/** Handles that keep this process alive. */
export const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
export const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind.startsWith("TCP")).length;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
export const moment = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

export const memorySubject: TransportSubject = {
  maxFrameBytes: 200_000,
  maxQueueBytes: 400_000,
  async fresh() {
    const network = memoryNetwork({ maxFrameBytes: 200_000, maxQueueBytes: 400_000 });
    const open = new Map<NodeId, Transport>();
    const start = (node: NodeId) => {
      const transport = network.transport(node);
      open.set(node, transport);
      return transport;
    };
    for (const node of ["a", "b", "c"]) start(node);
    return {
      transport: (node) => open.get(node)!,
      restart: async (node) => start(node),
      pause: turn,
      close: async () => {
        await Promise.all([...open.values()].map((transport) => transport.close()));
      },
    };
  },
};

const limits = { maxFrameBytes: 200_000, maxQueueBytes: 400_000 };
/** Short waits: tests wait for what happens, and nothing here depends on how long it takes. */
const quick = { minRedialDelayMs: 2, maxRedialDelayMs: 20, closeTimeoutMs: 200 } as const;

/** Every node is a server and dials every other one. */
async function meshOf(
  nodes: readonly NodeId[],
  tlsOf: (node: NodeId) => { tls?: TcpTls } = () => ({}),
): Promise<TransportWorld> {
  const open = new Map<NodeId, TcpTransport>();
  const addresses = new Map<NodeId, { host: string; port: number }>();
  const start = async (node: NodeId) => {
    const listen = addresses.get(node) ?? { host, port: 0 };
    const transport = await tcpTransport({ self: node, listen, ...tlsOf(node), ...limits, ...quick });
    addresses.set(node, transport.address!);
    open.set(node, transport);
    return transport;
  };
  const dial = (node: NodeId) => {
    for (const [id, address] of addresses) if (id !== node) open.get(node)!.setPeer(id, address);
  };
  for (const node of nodes) await start(node);
  for (const node of nodes) dial(node);
  return {
    transport: (node) => open.get(node)!,
    restart: async (node) => {
      await open.get(node)!.close();
      const transport = await start(node);
      dial(node);
      return transport;
    },
    pause: moment,
    close: async () => {
      await Promise.all([...open.values()].map((transport) => transport.close()));
    },
  };
}

/** `a` dials the others and has no server; the others answer on `a`'s connection and dial the ones after them. */
async function clientWorld(nodes: readonly NodeId[]): Promise<TransportWorld> {
  const open = new Map<NodeId, TcpTransport>();
  for (const node of [...nodes].reverse()) {
    const peers = Object.fromEntries([...open].map(([id, transport]) => [id, transport.address!]));
    const listen = node === nodes[0] ? {} : { listen: { host, port: 0 } };
    open.set(node, await tcpTransport({ self: node, peers, ...listen, ...limits, ...quick }));
  }
  return {
    transport: (node) => open.get(node)!,
    pause: moment,
    close: async () => {
      await Promise.all([...open.values()].map((transport) => transport.close()));
    },
  };
}

/** The same with TLS, each node with its own certificate. */
async function tlsMeshOf(nodes: readonly NodeId[]): Promise<TransportWorld> {
  const authority = await testAuthority();
  const issued = new Map<NodeId, TcpTls>();
  for (const node of nodes) issued.set(node, await authority.issue({ name: node }));
  return meshOf(nodes, (node) => ({ tls: issued.get(node)! }));
}

export const tcpSubject: TransportSubject = { ...limits, fresh: meshOf };
export const tlsSubject: TransportSubject = { ...limits, fresh: tlsMeshOf };
export const tcpClientSubject: TransportSubject = { ...limits, fresh: clientWorld };

/** Opens transports that are closed again after `work`, however it ends. */
export async function withTcp<T>(
  work: (start: (options: TcpOptions) => Promise<TcpTransport>) => Promise<T>,
): Promise<T> {
  const open: TcpTransport[] = [];
  try {
    return await work(async (options) => {
      const transport = await tcpTransport({ ...quick, ...options });
      open.push(transport);
      return transport;
    });
  } finally {
    await Promise.all(open.map((transport) => transport.close()));
  }
}

/** Waits for what must happen. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (let moments = 0; !holds(); moments++) {
    if (moments > 8000) throw new Error(`never happened: ${what}`);
    await moment();
  }
}
