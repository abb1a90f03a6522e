import type { Member } from "@eunomia/aneris-switch/messages";
import type { Authenticator } from "@eunomia/engine";
import { systemClock } from "@eunomia/host";
import { type TcpTransport, tcpTransport } from "@eunomia/transports/tcp";
import { ConnectedClients } from "./clients.ts";
import { ConfigError, type NodeAddress } from "./config.ts";
import { dialectOf } from "./genesis.ts";
import { addressOf } from "./members.ts";
import { certifiedKeys, type PeerKeys, sharedKeys } from "./peer-keys.ts";
import type { NodeOptions } from "./stack.ts";

/** A node that was removed may ask for so long whether it is needed. */
const farewellMs = 60_000;

/** The links of a node: to the members of its cluster as they come and go, and to clients while they are connected. */
export class Links {
  readonly transport: TcpTransport;
  readonly #keys: PeerKeys;
  /** Every node that is or was a member, or vouched for by the operator. */
  readonly nodes: Set<string>;
  /** The last connection of a client has ended. */
  onGone: (client: string) => void = () => {};
  readonly #self: string;
  readonly #linked = new Set<string>();
  readonly #leaving = new Map<string, () => void>();
  /** Linked whatever the order says. */
  readonly #contacts: readonly string[];

  private constructor(
    transport: TcpTransport,
    keys: PeerKeys,
    nodes: Set<string>,
    self: string,
    contacts: readonly string[],
  ) {
    this.transport = transport;
    this.#keys = keys;
    this.nodes = nodes;
    this.#self = self;
    this.#contacts = contacts;
  }

  get authenticator(): Authenticator {
    return this.#keys.authenticator;
  }

  /**
   * Listens. The first members and contacts are known from the beginning, later ones by `follow`.
   *
   * @throws ConfigError when nothing says where this node listens; TransportError when it cannot.
   */
  static async open(options: NodeOptions): Promise<Links> {
    const { config, secrets, tls, quotas = options.config.quotas, id, joins, onEvent } = options;
    const own = joins?.self ?? config.nodes.find((node) => node.id === id);
    if (own === undefined)
      throw new ConfigError(
        "cluster configuration",
        "nodes",
        `a node "${id}", or where that node listens when it joins`,
        config.nodes.map((node) => node.id).join(", "),
      );
    const known = [...config.nodes, ...(joins?.contacts ?? [])].filter((node) => node.id !== id);
    const nodes = new Set([id, ...known.map((node) => node.id)]);
    const keys = keysOf(id, config.cluster, secrets, tls);
    for (const node of known) keys.admitNode(node.id);
    const clients = new ConnectedClients(keys, nodes);
    const transport = await tcpTransport({
      self: id,
      listen: { host: own.host, port: own.port },
      peers: Object.fromEntries(known.map(({ id: peer, host, port }) => [peer, { host, port }])),
      cluster: config.cluster,
      dialect: dialectOf(config),
      maxFrameBytes: 8 << 20,
      maxQueueBytes: 64 << 20,
      ...(tls && { tls }),
      ...(quotas && { quotas }),
      onEvent(event) {
        const left = clients.observe(event);
        if (left !== null) links.onGone(left);
        onEvent?.(event);
      },
    });
    const links = new Links(
      transport,
      keys,
      nodes,
      id,
      (joins?.contacts ?? []).map((node) => node.id),
    );
    for (const node of known) links.#linked.add(node.id);
    return links;
  }

  /** Goes on with these members: new ones are linked at once, those that left a while later. */
  follow(peers: readonly Member[]): void {
    const wanted = new Set<string>(this.#contacts);
    for (const member of peers) {
      const address = addressOf(member);
      if (address === null || address.id === this.#self) continue;
      wanted.add(address.id);
      this.#link(address);
    }
    for (const id of this.#linked) if (!wanted.has(id) && !this.#leaving.has(id)) this.#leave(id);
  }

  #link({ id, host, port }: NodeAddress): void {
    this.#leaving.get(id)?.();
    this.#leaving.delete(id);
    if (!this.#linked.has(id)) this.#keys.admitNode(id);
    this.nodes.add(id);
    this.#linked.add(id);
    this.transport.setPeer(id, { host, port });
  }

  #leave(id: string): void {
    const cancel = systemClock.after(farewellMs, () => {
      this.#leaving.delete(id);
      this.#linked.delete(id);
      this.transport.setPeer(id, null);
      this.#keys.forget(id);
    });
    this.#leaving.set(id, cancel);
  }

  /** Nothing happens after this; the transport is closed by whoever runs on it. */
  stop(): void {
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
  }
}

/** @throws ConfigError unless there is one of the two. */
function keysOf(
  id: string,
  cluster: string,
  secrets: NodeOptions["secrets"],
  tls: NodeOptions["tls"],
): PeerKeys {
  if (tls !== undefined && secrets === undefined) return certifiedKeys(id, cluster);
  if (secrets !== undefined && tls === undefined) return sharedKeys(id, cluster, secrets);
  const got = secrets === undefined ? "neither" : "both";
  throw new ConfigError("node options", "secrets", "shared secrets, or certificates", got);
}
