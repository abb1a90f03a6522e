import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Keys } from "@eunomia/crypto-auth";
import { readSecretFile } from "@eunomia/crypto-auth/native";
import type { TcpTls } from "@eunomia/transports/tcp";
import { type ClusterConfig, type ClusterNode, readClusterConfig } from "../node/config.ts";
import { type Joining, readJoining } from "../node/joining.ts";
import type { Authority } from "../security/authority.ts";
import { readKeys } from "../security/signers.ts";
import { readTlsFiles } from "../security/tls-files.ts";
import { CliError } from "./exits.ts";

/** Names of what lies in a cluster's folder and in that of a node. */
export const places = {
  config: "cluster.json",
  schema: "cluster.schema.json",
  authority: "authority",
  authorityCert: "ca.pem",
  authorityKey: "ca-key.pem",
  controllers: "controllers",
  clients: "clients",
  nodes: "nodes",
  data: "data",
  joining: "join.json",
  /** The key with which a node signs, in clusters with a protocol that needs one. */
  signing: "signing.json",
  /** The process of a node that was started from its folder, while it runs. */
  pid: "node.pid",
} as const;

/**
 * The folder from which a cluster is operated, as `init` makes it:
 *
 *     cluster.json                           the one configuration, the same everywhere
 *     authority/ca.pem, ca-key.pem           issues certificates; keep it off the nodes
 *     controllers/NAME.json                  the key of a control principal
 *     clients/NAME/key.pem, cert.pem, ca.pem
 *     nodes/ID/…                             to be copied to the machine of the node, and started there
 */
export class ClusterFolder {
  readonly root: string;
  readonly config: ClusterConfig;

  /** @throws CliError `no-cluster`; ConfigError. */
  constructor(root: string) {
    this.root = root;
    const file = join(root, places.config);
    if (!existsSync(file))
      throw new CliError(
        "no-cluster",
        `${file}: expected the configuration of a cluster, got no file. Name the folder with --in, or make one with \`eunomia init\``,
      );
    this.config = readClusterConfig(file);
  }

  get configFile(): string {
    return join(this.root, places.config);
  }
  nodeFolder(id: string): string {
    return join(this.root, places.nodes, id);
  }
  clientFolder(name: string): string {
    return join(this.root, places.clients, name);
  }
  controllerFile(name: string): string {
    return join(this.root, places.controllers, `${name}.json`);
  }

  /** Nodes whose folders are here, whether they run here or not. */
  nodeNames(): string[] {
    return entriesOf(join(this.root, places.nodes));
  }
  clientNames(): string[] {
    return entriesOf(join(this.root, places.clients));
  }
  controllerNames(): string[] {
    return entriesOf(join(this.root, places.controllers)).map((name) => name.replace(/\.json$/, ""));
  }

  /**
   * The certificate of a client; of the only one there is, if none is named.
   *
   * @throws CliError `no-client`; SecretFileError.
   */
  client(as?: string): { readonly name: string; readonly tls: TcpTls } {
    const name = chosen("client", "--as", as, this.clientNames());
    return { name, tls: readTlsFiles(this.clientFolder(name)) };
  }

  /** The keys of these principals, or of all whose keys lie here. @throws CliError `no-controller`; SecretFileError; KeyError. */
  controllers(wanted: readonly string[] = this.controllerNames()): Keys[] {
    const there = this.controllerNames();
    if (wanted.length === 0)
      throw new CliError(
        "no-controller",
        `${join(this.root, places.controllers)}: expected the key of a principal`,
      );
    return wanted.map((name) => readKeys(this.controllerFile(chosen("controller", "--sign", name, there))));
  }

  /** @throws CliError `no-authority`; SecretFileError when others can read its key. */
  authority(): Authority {
    const folder = join(this.root, places.authority);
    if (!existsSync(join(folder, places.authorityCert)))
      throw new CliError(
        "no-authority",
        `${folder}: expected the authority's certificate and key, got none: bring the folder back here, or do this where it is`,
      );
    return {
      cluster: this.config.cluster,
      cert: readFileSync(join(folder, places.authorityCert), "utf8"),
      key: readSecretFile(join(folder, places.authorityKey)),
    };
  }

  /** Nodes that were prepared here to join, as far as their folders are still here. */
  joining(): (Joining & { readonly folder: string })[] {
    return this.nodeNames().flatMap((id) => {
      const folder = this.nodeFolder(id);
      const file = join(folder, places.joining);
      return existsSync(file) ? [{ ...readJoining(file), folder }] : [];
    });
  }

  /** Every node that this folder knows: the first ones, and those that were prepared to join. Who is a member, the order says. */
  knownNodes(): ClusterNode[] {
    const known = new Map(this.config.nodes.map((node) => [node.id, node]));
    for (const { self } of this.joining()) known.set(self.id, self);
    return [...known.values()];
  }
}

/** The folder that `--in`, or EUNOMIA_DIR, or the habit names. */
export const folderOf = (given: { readonly in?: string }): ClusterFolder =>
  new ClusterFolder(given.in ?? (process.env.EUNOMIA_DIR || "eunomia"));

function entriesOf(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !name.startsWith("."))
        .sort()
    : [];
}

function chosen(what: string, option: string, wanted: string | undefined, there: readonly string[]): string {
  const name = wanted ?? (there.length === 1 ? there[0] : undefined);
  if (name !== undefined && there.includes(name)) return name;
  const got = wanted === undefined ? "no name" : `"${wanted}"`;
  throw new CliError(
    `no-${what}`,
    `${option} expected one of ${there.join(", ") || "none that lie here"}, got ${got}`,
  );
}
