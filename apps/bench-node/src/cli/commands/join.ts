import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { ClusterNode } from "../../node/config.ts";
import type { NodeLook } from "../../observe/look.ts";
import { keyed, signingKeysOf } from "../../security/node-keys.ts";
import { addressFrom, printed } from "../addresses.ts";
import { CliError, guarded } from "../exits.ts";
import { type FolderOptions, groups, integer, withExamples, withFolder } from "../help.ts";
import { type ClusterFolder, folderOf, places } from "../layout.ts";
import { farthest, lookAtAll } from "../looks.ts";
import { makeNodeFolder } from "../make-folder.ts";
import { outputOf } from "../output.ts";

interface Given extends FolderOptions {
  readonly observe: number | false;
}

/** Refuses names and addresses that somebody has or had. @throws CliError `taken`. */
function checkNew(folder: ClusterFolder, self: ClusterNode, look: NodeLook | null): void {
  const { id, host, port } = self;
  const known = [...folder.knownNodes(), ...(look?.members ?? [])];
  if (known.some((node) => node.id === id) || look?.retired.includes(id) || existsSync(folder.nodeFolder(id)))
    throw new CliError(
      "taken",
      `expected a name that no node of this cluster ever had, got ${id}: a node that left or lost its data comes back under another one`,
    );
  const members = look?.members ?? folder.config.nodes;
  const other = members.find((node) => node.host === host && node.port === port);
  if (other !== undefined)
    throw new CliError(
      "taken",
      `expected an address that is free, got ${printed(self)}, which is that of ${other.id}`,
    );
}

/** `join`: what a new node needs before it is made a member. */
export const joinCommand = (): Command =>
  withExamples(
    withFolder(
      new Command("join")
        .helpGroup(groups.setUp)
        .description(
          "prepare the folder of a node that is to join: certificate, identity, and whom it learns from",
        )
        .argument("<node>", "the new node as name=host:port")
        .option(
          "--observe <n>",
          "it serves status and metrics n ports above its port",
          integer(1, 10_000),
          1000,
        )
        .option("--no-observe", "it serves no status and no metrics"),
    ),
    [
      [
        "eunomia join n4=10.0.0.4:7001",
        "then start it, then make it a member: `eunomia reconfigure --add n4=10.0.0.4:7001`",
      ],
      ["eunomia join n5=10.0.0.5:7001 --in orders", "for the cluster of another folder"],
    ],
    "Needs the authority's key. Nothing changes in the cluster: a node that was prepared is no member yet.",
  ).action(
    guarded(async (text: string, given: Given) => {
      const folder = folderOf(given);
      const output = outputOf(given.json);
      const own = addressFrom(text);
      const { host, port } = own;
      const signing = signingKeysOf(folder.config.protocols, [own.id]).get(own.id);
      const self = {
        ...keyed(own, signing),
        ...(given.observe !== false && { observe: { host, port: port + given.observe } }),
      };
      const look = farthest(await lookAtAll(folder.knownNodes()), folder.config.cluster);
      if (look === null)
        output.note(
          "No node answers: the new one is told of the first members only. If those are gone, do this again later.",
        );
      checkNew(folder, self, look);
      const contacts =
        look?.members ??
        folder.config.nodes.map((node) => ({ id: node.id, host: node.host, port: node.port }));
      const target = folder.nodeFolder(self.id);
      const making = `${target}.part`;
      rmSync(making, { recursive: true, force: true });
      await makeNodeFolder(making, {
        authority: folder.authority(),
        id: self.id,
        config: folder.config,
        signing,
      });
      writeFileSync(join(making, places.joining), `${JSON.stringify({ self, contacts }, null, 2)}\n`);
      renameSync(making, target);
      const where = given.in === undefined ? "" : ` --in ${given.in}`;
      output.result(
        [
          `Made ${target}. Move it to ${host}, once, and there:`,
          `  eunomia start ${target}`,
          "Then make it a member, beside the others or in the place of one:",
          `  eunomia reconfigure${where} --add ${self.id}=${printed(self)}`,
          `  eunomia reconfigure${where} --replace OLD=${self.id}=${printed(self)}`,
        ].join("\n"),
        { folder: target, self, contacts },
      );
    }),
  );
