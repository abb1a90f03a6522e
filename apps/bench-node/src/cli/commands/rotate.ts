import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { type Holder, issue } from "../../security/authority.ts";
import { writeTlsFiles } from "../../security/tls-files.ts";
import { certificateOf } from "../certified.ts";
import { CliError, guarded } from "../exits.ts";
import { type FolderOptions, groups, integer, names, withExamples, withFolder } from "../help.ts";
import { type ClusterFolder, folderOf, places } from "../layout.ts";
import { outputOf } from "../output.ts";

interface Given extends FolderOptions {
  readonly nodes?: readonly string[];
  readonly clients?: readonly string[];
  readonly days: number;
}

/** Whose certificates are to be renewed: those that are named, or all whose folders lie here. @throws CliError `no-holder`. */
function holdersOf(folder: ClusterFolder, { nodes, clients }: Given): (Holder & { readonly at: string })[] {
  const all = nodes === undefined && clients === undefined;
  const ids = nodes ?? (all ? folder.nodeNames() : []);
  const named = clients ?? (all ? folder.clientNames() : []);
  const holders = [
    ...ids.map((name) => ({ role: "node" as const, name, at: folder.nodeFolder(name) })),
    ...named.map((name) => ({ role: "client" as const, name, at: folder.clientFolder(name) })),
  ];
  for (const { role, name, at } of holders)
    if (!existsSync(join(at, "cert.pem")))
      throw new CliError(
        "no-holder",
        `${at}: expected the folder of ${role} ${name} with its certificate, got none. Name one that lies here, or bring it back here`,
      );
  return holders;
}

/** `rotate`: new keys and certificates in the place of the old ones. */
export const rotateCommand = (): Command =>
  withExamples(
    withFolder(
      new Command("rotate")
        .helpGroup(groups.setUp)
        .description("issue new keys and certificates in the place of the old ones; nobody has to stop")
        .option("--nodes <list>", "of these nodes", names)
        .option("--clients <list>", "of these clients", names)
        .option("--days <n>", "good for so many days", integer(1, 3650), 365),
    ),
    [
      ["eunomia rotate", "of every node and client whose folder lies here"],
      ["eunomia rotate --nodes n1", "of one node; copy key.pem, cert.pem and ca.pem to its machine, then:"],
      ["kill -HUP $(cat eunomia/nodes/n1/node.pid)", "has a node that runs read them again"],
    ],
    "The old certificates stay good until they end: to shut somebody out, put their fingerprints into revoked.txt beside cert.pem.",
  ).action(
    guarded(async (given: Given) => {
      const folder = folderOf(given);
      const authority = folder.authority();
      const renewed = [];
      for (const { role, name, at } of holdersOf(folder, given)) {
        writeTlsFiles(at, await issue(authority, { role, name }, given.days), authority.cert, true);
        const { until } = certificateOf(readFileSync(join(at, "cert.pem"), "utf8"));
        renewed.push({ role, name, folder: at, until: new Date(until).toISOString() });
      }
      const running = renewed.filter(({ folder: at }) => existsSync(join(at, places.pid)));
      outputOf(given.json).result(
        [
          ...renewed.map(
            ({ role, name, until }) =>
              `${role} ${name}: a new key and certificate, good until ${until.slice(0, 10)}`,
          ),
          "Copy each folder's key.pem, cert.pem and ca.pem to where they are used. Nodes read them on SIGHUP:",
          ...(running.length > 0
            ? running.map(({ folder: at }) => `  kill -HUP $(cat ${join(at, places.pid)})`)
            : ["  kill -HUP PID"]),
        ].join("\n"),
        { renewed },
      );
    }),
  );
