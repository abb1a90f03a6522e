import { randomBytes } from "node:crypto";
import { Command } from "commander";
import { freePorts } from "../../local/ports.ts";
import { type ClusterConfig, type ClusterNode, checkedConfig, mostDown } from "../../node/config.ts";
import { keyed, signingKeysOf } from "../../security/node-keys.ts";
import { addressFrom, printed } from "../addresses.ts";
import { CliError, guarded } from "../exits.ts";
import { groups, integer, names, withExamples } from "../help.ts";
import { checkFree, controllersOf, type FolderPlan, makeFolder } from "../make-folder.ts";
import { outputOf } from "../output.ts";

/** What `init` and `restore` are told about a new cluster. */
export interface NewCluster {
  readonly nodes?: readonly string[];
  readonly local?: number;
  readonly observe: number | false;
  readonly cluster?: string;
  readonly f?: number;
  readonly protocol: string;
  readonly protocols: readonly string[];
  readonly clients: readonly string[];
  readonly controllers: readonly string[];
  readonly threshold: number;
  readonly checkpointSlots: number;
  readonly json: boolean;
}

/** Options of a command that makes a new cluster. */
export const withNewCluster = (command: Command): Command =>
  command
    .option("--nodes <list>", "the nodes as name=host:port, with commas between", names)
    .option("--local <n>", "instead: so many nodes on this machine, on ports that are free", integer(1, 64))
    .option(
      "--observe <n>",
      "serve status and metrics n ports above each node's port",
      integer(1, 10_000),
      1000,
    )
    .option("--no-observe", "serve no status and no metrics")
    .option("--cluster <name>", "the name of the cluster (default: one that is drawn)")
    .option(
      "--f <n>",
      "how many nodes may be down at once (default: as many as the protocol bears)",
      integer(0, 31),
    )
    .option("--protocol <name>", "the first protocol: one of --protocols", "paxos")
    .option(
      "--protocols <list>",
      "what it can be swapped to; also two-thirds-byzantine and hetero-paxos, for which nodes get keys",
      names,
      ["paxos", "two-thirds"],
    )
    .option("--clients <list>", "clients to make certificates for", names, ["client"])
    .option("--controllers <list>", "principals to make keys for: they change protocols and members", names, [
      "operator",
    ])
    .option("--threshold <k>", "how many of them must sign a change", integer(1, 1024), 1)
    .option("--checkpoint-slots <n>", "take a snapshot after every so many slots", integer(1), 10_000)
    .option("--json", "print results as JSON, a line each", false);

/** The plan of a new cluster, all of it checked. @throws CliError; ConfigError. */
export async function planOf(root: string, given: NewCluster): Promise<FolderPlan> {
  checkFree(root);
  const { protocol, clients, controllers, threshold } = given;
  const protocols = Object.fromEntries(given.protocols.map((name) => [name, {}]));
  const places = await nodesOf(given);
  const signing = signingKeysOf(
    protocols,
    places.map(({ id }) => id),
  );
  const nodes = places.map((node) => keyed(node, signing.get(node.id)));
  for (const [option, list] of [
    ["--clients", clients],
    ["--controllers", controllers],
  ] as const)
    if (
      new Set(list).size !== list.length ||
      list.some((name) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    )
      throw new CliError(
        "name",
        `${option} expected different names of letters, digits, ".", "_" and "-", got ${list.join(",")}`,
      );
  const config = {
    cluster: given.cluster ?? `eunomia-${randomBytes(4).toString("hex")}`,
    nodes,
    f: given.f ?? mostDown(nodes.length, protocol),
    initial: protocol,
    protocols,
    alpha: 16,
    mode: "cut",
    fifo: false,
    maxBatch: 4096,
    maxBatchBytes: 512 * 1024,
    checkpointSlots: given.checkpointSlots,
    application: "kv",
  } as const;
  return { root, clients, controllers, threshold, signing, config };
}

/** Keys for the principals of a plan. @throws ConfigError when the plan does not hold together. */
export function principalsOf({
  config,
  controllers,
  threshold,
}: FolderPlan): ReturnType<typeof controllersOf> {
  const made = controllersOf(controllers, threshold);
  checkedConfig(
    { ...config, controllers: made.controllers } satisfies ClusterConfig,
    "the new configuration",
  );
  return made;
}

async function nodesOf({ nodes, local, observe }: NewCluster): Promise<ClusterNode[]> {
  if ((nodes === undefined) === (local === undefined))
    throw new CliError("nodes", "expected either --nodes n1=host:port,… or --local N, got both or neither");
  if (nodes !== undefined)
    return nodes.map(addressFrom).map((node) => ({
      ...node,
      ...(observe !== false && { observe: { host: node.host, port: node.port + observe } }),
    }));
  const ports = await freePorts((local ?? 0) * 2);
  const host = "127.0.0.1";
  return Array.from({ length: local ?? 0 }, (_, i) => ({
    id: `n${i + 1}`,
    host,
    port: ports[2 * i]!,
    ...(observe !== false && { observe: { host, port: ports[2 * i + 1]! } }),
  }));
}

/** What is to be done with a folder that was just made. */
export function nextSteps({ root, config }: FolderPlan): string {
  const lines = config.nodes.map(
    ({ id, host, port, observe }) =>
      `  eunomia start ${root}/nodes/${id}    # on ${host}, port ${port}${observe ? `; status at http://${printed(observe)}` : ""}`,
  );
  return [
    `Made ${root}: cluster ${config.cluster}, ${config.nodes.length} nodes, ${config.f} may be down, ${config.initial}.`,
    "Move each folder under nodes/ to its machine, once, and start it there:",
    ...lines,
    `Keep ${root}/authority and ${root}/controllers off the nodes: who has them can add nodes and change members.`,
  ].join("\n");
}

/** `init`: the configuration, keys and certificates of a new cluster. */
export const initCommand = (): Command =>
  withExamples(
    withNewCluster(
      new Command("init")
        .helpGroup(groups.setUp)
        .description(
          "make the folder of a new cluster: configuration, keys, certificates; never overwrites anything",
        )
        .argument("[folder]", "where to make it", "eunomia"),
    ),
    [
      ["eunomia init --local 3", "three nodes on this machine"],
      ["eunomia init --nodes n1=10.0.0.1:7001,n2=10.0.0.2:7001,n3=10.0.0.3:7001 orders", "on three machines"],
      [
        "eunomia init --local 3 --controllers alice,bob,carol --threshold 2",
        "two of three must sign a change",
      ],
      [
        "eunomia init --local 6 --protocols paxos,two-thirds-byzantine,hetero-paxos",
        "nodes with keys, of which one may lie in the protocols that bear it",
      ],
    ],
    "Status and metrics are served without a lock: choose addresses that only operators reach, or --no-observe.",
  ).action(
    guarded(async (root: string, given: NewCluster) => {
      const plan = await planOf(root, given);
      await makeFolder(plan, principalsOf(plan));
      outputOf(given.json).result(nextSteps(plan), {
        folder: root,
        cluster: plan.config.cluster,
        nodes: plan.config.nodes,
      });
    }),
  );
