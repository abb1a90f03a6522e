import { existsSync } from "node:fs";
import { join } from "node:path";
import { readClusterConfig } from "../node/config.ts";
import { IdentityError } from "../node/identity.ts";
import type { NodeProcessOptions } from "../node/process.ts";
import { startedFile } from "../node/stack.ts";
import { lookAtAll } from "./looks.ts";

/**
 * Before the first start on a data directory: has a node of this name been running elsewhere? Its folder may have been copied
 * twice, or put back after its disk was lost; then it would break what it promised. The others know, as long as one of them
 * runs that has heard of it and says so.
 *
 * @throws IdentityError `lost`.
 */
export async function checkFirstStart({ config: file, data, id }: NodeProcessOptions): Promise<void> {
  if (existsSync(join(data, startedFile))) return;
  const { cluster, nodes, origin } = readClusterConfig(file);
  const others = nodes.filter((node) => node.id !== id && node.observe !== undefined);
  for (const { look } of await lookAtAll(others, 1000)) {
    if (look === null || look.cluster !== cluster) continue;
    const heard = look.peers.find(({ node }) => node === id)?.delivered ?? 0;
    if (heard <= (origin?.slot ?? 0) && !look.retired.includes(id)) continue;
    const known = look.retired.includes(id) ? "that it was removed" : `that it has delivered slot ${heard}`;
    throw new IdentityError(
      "lost",
      `${data}: expected the data of ${id}, got none, and ${look.node} knows ${known}. Start it where its data is; if that is lost, ` +
        "prepare another node with `eunomia join`, and put it in the place of this one with `eunomia reconfigure --replace`",
    );
  }
}
