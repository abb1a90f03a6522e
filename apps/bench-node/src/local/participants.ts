import { type Client, type ClientOptions, createClient, GatewayLink } from "@eunomia/aneris-client";
import { fromHex } from "@eunomia/codec";
import { hmacAuthenticator, pairSecret, plainAuthenticator } from "@eunomia/crypto-auth";
import { native, systemRandom } from "@eunomia/crypto-auth/native";
import type { Authenticator } from "@eunomia/engine";
import { systemClock } from "@eunomia/host";
import { type TcpTls, tcpTransport } from "@eunomia/transports/tcp";
import type { ClusterConfig, NodeAddress } from "../node/config.ts";
import { dialectOf } from "../node/genesis.ts";
import { processOf } from "../node/names.ts";

export interface LinkSetup {
  readonly config: ClusterConfig;
  /** The secret of clients, 32 bytes in hexadecimal, or the client's own certificate. */
  readonly clientSecret: string | TcpTls;
  /** Names this client; different for each. With a certificate: its name, a slash, and something of one's own. */
  readonly self: string;
  /** Nodes to talk to, the preferred one first. */
  readonly nodes: readonly string[];
  /** Where they listen, if not all of them are first nodes of the configuration. */
  readonly addresses?: readonly NodeAddress[];
}

/** A link from this process to the gateways of some nodes. */
export async function openLink(setup: LinkSetup): Promise<GatewayLink> {
  const { config, clientSecret, self, nodes, addresses = config.nodes } = setup;
  const chosen = nodes.map((id) => addresses.find((node) => node.id === id)!);
  const transport = await tcpTransport({
    self,
    peers: Object.fromEntries(chosen.map(({ id, host, port }) => [id, { host, port }])),
    cluster: config.cluster,
    dialect: dialectOf(config),
    maxFrameBytes: 8 << 20,
    maxQueueBytes: 64 << 20,
    maxRedialDelayMs: 250,
    ...(typeof clientSecret !== "string" && { tls: clientSecret }),
  });
  const nodeOf = new Map(nodes.map((id) => [processOf(id, "gateway"), id]));
  return new GatewayLink({
    self,
    gateways: [...nodeOf.keys()],
    nodeOf: (process) => nodeOf.get(process) ?? null,
    transport,
    authenticator: authenticatorOf(setup),
    clock: systemClock,
  });
}

function authenticatorOf({ config: { cluster }, clientSecret, self, nodes }: LinkSetup): Authenticator {
  if (typeof clientSecret !== "string") return plainAuthenticator({ self, cluster, peers: nodes });
  const secret = fromHex(clientSecret);
  const secrets = new Map(nodes.map((id) => [id, pairSecret(native, secret, self, id)]));
  return hmacAuthenticator({ self, cluster, keys: { kind: "pairwise", secrets }, provider: native });
}

/** A client with a session of its own over a link of its own. */
export async function openClient(
  setup: LinkSetup,
  options: Omit<ClientOptions, "random"> = {},
): Promise<{ readonly client: Client; readonly link: GatewayLink }> {
  const link = await openLink(setup);
  return { link, client: createClient({ ...options, link, random: systemRandom() }) };
}
