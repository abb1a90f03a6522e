import type { Member } from "@eunomia/aneris-switch/messages";
import { fromHex } from "@eunomia/codec";
import { type HmacAuthenticator, hmacAuthenticator } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { systemClock } from "@eunomia/host";
import { type TcpTransport, tcpTransport } from "@eunomia/transports/tcp";
import { ClientKeys } from "./clients.ts";
import { ConfigError, type NodeAddress } from "./config.ts";
import { addressOf } from "./members.ts";
import type { NodeOptions } from "./stack.ts";

/** A node that was removed may ask for so long whether it is needed. */
const farewellMs = 60_000;

/** The links of a node: to the members of its cluster as they come and go, and to clients while they are connected. */
export class Links {
  readonly transport: TcpTransport;
  readonly authenticator: HmacAuthenticator;
  /** Every node that is or was a member, or vouched for by the operator. */
  readonly nodes: Set<string>;
  /** The last connection of a client has ended. */
  onGone: (client: string) => void = () => {};
  readonly #self: string;
  readonly #linked = new Set<string>();
  readonly #leaving = new Map<string, () => void>();
  readonly #vouched: ReadonlySet<string>;

  private constructor(
    transport: TcpTransport,
    authenticator: HmacAuthenticator,
    nodes: Set<string>,
    self: string,
  ) {
    this.transport = transport;
    this.authenticator = authenticator;
    this.nodes = nodes;
    this.#self = self;
    this.#vouched = new Set(nodes);
  }

  /**
   * Listens. The first members and contacts are known from the beginning, later ones by `follow`.
   *
   * @throws ConfigError when nothing says where this node listens; TransportError when it cannot.
   */
  static async open(options: NodeOptions): Promise<Links> {
    const { config, secrets, id, joins, onEvent } = options;
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
    const authenticator = hmacAuthenticator({
      self: id,
      cluster: config.cluster,
      keys: { kind: "cluster", secret: fromHex(secrets.nodes), peers: [...nodes] },
      provider: native,
    });
    const clients = new ClientKeys(authenticator, secrets.clients, nodes);
    const transport = await tcpTransport({
      self: id,
      listen: { host: own.host, port: own.port },
      peers: Object.fromEntries(known.map(({ id: peer, host, port }) => [peer, { host, port }])),
      cluster: config.cluster,
      maxFrameBytes: 8 << 20,
      maxQueueBytes: 64 << 20,
      onEvent(event) {
        const left = clients.observe(event);
        if (left !== null) links.onGone(left);
        onEvent?.(event);
      },
    });
    const links = new Links(transport, authenticator, nodes, id);
    for (const node of known) links.#linked.add(node.id);
    return links;
  }

  /** Goes on with these members: new ones are linked at once, those that left a while later. */
  follow(peers: readonly Member[]): void {
    const wanted = new Set<string>(this.#vouched);
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
    if (!this.#linked.has(id)) this.authenticator.admit(id);
    this.nodes.add(id);
    this.#linked.add(id);
    this.transport.setPeer(id, { host, port });
  }

  #leave(id: string): void {
    const cancel = systemClock.after(farewellMs, () => {
      this.#leaving.delete(id);
      this.#linked.delete(id);
      this.transport.setPeer(id, null);
      this.authenticator.forget(id);
    });
    this.#leaving.set(id, cancel);
  }

  /** Nothing happens after this; the transport is closed by whoever runs on it. */
  stop(): void {
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
  }
}
