import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterNode, readClusterConfig } from "../../node/config.ts";
import { readTlsFiles } from "../../security/tls-files.ts";
import { setupOf } from "../commands/start.ts";
import { type ClusterFolder, places } from "../layout.ts";
import { farthest, lookAtAll } from "../looks.ts";
import { certificateFinding } from "./certificates.ts";
import { diskFindings } from "./disk.ts";
import { checked, type Finding } from "./finding.ts";
import { lookFindings, othersOf, peerFinding, portFinding } from "./network.ts";

/** Everything about the folder of a node, on the machine where it runs or is to run. */
export async function examineNode(folder: string): Promise<Finding[]> {
  let setup: ReturnType<typeof setupOf> | null = null;
  const first = checked("configuration", () => {
    setup = setupOf(folder);
    return `node ${setup.id}: configuration, identity and certificate belong together`;
  });
  if (setup === null) return [first];
  const { id, config: file, data, joins } = setup as ReturnType<typeof setupOf>;
  const { cluster, nodes } = readClusterConfig(file);
  const own: ClusterNode = joins?.self ?? nodes.find((node) => node.id === id)!;
  const others = othersOf(
    [...nodes, ...(joins?.contacts ?? []).filter((contact) => nodes.every((node) => node.id !== contact.id))],
    id,
  );
  const [looked] = await lookAtAll([own]);
  const running = looked?.look?.node === id || lives(join(folder, places.pid));
  return [
    first,
    certificateFinding(folder, { cluster, role: "node", name: id }, Date.now()),
    ...diskFindings(data),
    await portFinding("port", own, running),
    ...(own.observe ? [await portFinding("port to observe", own.observe, running)] : []),
    ...(running && looked ? lookFindings(looked, cluster, Date.now()) : []),
    ...(await examineOthers(folder, cluster, others, id)),
  ];
}

/** Everything about the folder of a cluster, seen from where it is operated. */
export async function examineCluster(folder: ClusterFolder): Promise<Finding[]> {
  const { config } = folder;
  const { cluster, nodes, f } = config;
  const now = Date.now();
  const findings = [
    checked(
      "configuration",
      () => `cluster ${cluster}: ${nodes.length} first nodes, ${f} may be down, ${config.initial}`,
    ),
    checked("authority", () => {
      folder.authority();
      return "its key lies here, and only its owner can read it";
    }),
    checked("controllers", () => {
      const known = new Set(config.controllers.principals.map(({ id }) => id));
      const here = folder.controllers().filter(({ principal }) => known.has(principal)).length;
      return `keys of ${here} of ${known.size} principals lie here, ${config.controllers.threshold} must sign`;
    }),
    ...folder
      .clientNames()
      .map((name) => certificateFinding(folder.clientFolder(name), { cluster, role: "client", name }, now)),
    ...folder
      .nodeNames()
      .map((name) => certificateFinding(folder.nodeFolder(name), { cluster, role: "node", name }, now)),
  ];
  const [client] = folder.clientNames();
  const others =
    client === undefined
      ? []
      : await examineOthers(folder.clientFolder(client), cluster, folder.knownNodes());
  return [...findings, ...others];
}

/** Members as the nodes that answer have them; the ones that are known, as long as none answers. Those that left are left out. */
async function examineOthers(
  tlsFolder: string,
  cluster: string,
  known: readonly ClusterNode[],
  self?: string,
): Promise<Finding[]> {
  const tls = readTlsFiles(tlsFolder);
  const looks = await lookAtAll(known);
  const best = farthest(looks, cluster);
  const gone = new Set(best?.retired);
  const unknown = (best?.members ?? []).filter(
    ({ id }) => id !== self && known.every((node) => node.id !== id),
  );
  const nodes = [...known.filter(({ id }) => !gone.has(id)), ...unknown];
  const peers = await Promise.all(nodes.map((node) => peerFinding(node, tls, cluster)));
  const told = looks.filter(({ node }) => !gone.has(node.id));
  return [...peers, ...told.flatMap((looked) => lookFindings(looked, cluster, Date.now()))];
}

/** Whether the process still runs that wrote its number there. */
function lives(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, "utf8")), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
