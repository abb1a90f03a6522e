import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { ConfigError, readClusterConfig } from "../../node/config.ts";
import { checkIdentity } from "../../node/identity.ts";
import { type Joining, readJoining } from "../../node/joining.ts";
import { type NodeProcessOptions, runNode } from "../../node/process.ts";
import { needsKeys } from "../../node/signed.ts";
import { readTlsFiles } from "../../security/tls-files.ts";
import { certifiedFor } from "../certified.ts";
import { CliError, guarded } from "../exits.ts";
import { checkFirstStart } from "../first-start.ts";
import { groups, withExamples } from "../help.ts";
import { places } from "../layout.ts";

interface Given {
  readonly trace?: string;
  readonly traceEngines?: string;
}

/**
 * What the folder of a node says that it is, all of it checked before anything starts: the configuration, whose data it has, and
 * that its certificate is this node's.
 *
 * @throws CliError; ConfigError; IdentityError; SecretFileError.
 */
export function setupOf(folder: string): NodeProcessOptions & { readonly joins?: Joining } {
  const config = join(folder, places.config);
  if (!existsSync(config))
    throw new CliError(
      "no-node",
      `${folder}: expected the folder of a node with ${places.config}, key.pem, cert.pem, ca.pem and ${places.data}, got none`,
    );
  if (existsSync(join(folder, places.nodes)))
    throw new CliError(
      "no-node",
      `${folder}: expected the folder of a node, got that of a cluster: name one of those in ${join(folder, places.nodes)}`,
    );
  const whole = readClusterConfig(config);
  const { cluster, nodes } = whole;
  const data = join(folder, places.data);
  const { node: id } = checkIdentity(data, whole);
  const joining = join(folder, places.joining);
  const joins = existsSync(joining) ? readJoining(joining) : undefined;
  if (joins !== undefined && joins.self.id !== id)
    throw new ConfigError(joining, "self.id", id, joins.self.id);
  if (joins === undefined && !nodes.some((node) => node.id === id))
    throw new ConfigError(
      config,
      "nodes",
      `node ${id}, or ${places.joining} beside it`,
      nodes.map((node) => node.id).join(", "),
    );
  certifiedFor(join(folder, "cert.pem"), readTlsFiles(folder).cert, { cluster, role: "node", name: id });
  const key = join(folder, places.signing);
  const signing = needsKeys(whole.protocols) || existsSync(key) ? { signing: key } : {};
  return { config, tls: folder, ...signing, id, data, ...(joins && { joins }) };
}

/** `start`: one node of a cluster, until it is told to stop. */
export const startCommand = (): Command =>
  withExamples(
    new Command("start")
      .helpGroup(groups.run)
      .description("run the node of a folder until SIGTERM; SIGHUP has it read its certificates again")
      .argument("<folder>", "the folder of the node, as init or join made it")
      .option("--trace <file>", "append broadcast events, one JSON object a line, for `verify`")
      .option("--trace-engines <file>", "append every step of every engine, for `replay`"),
    [
      ["eunomia start eunomia/nodes/n1", "its log goes to standard error, one JSON object a line"],
      ["eunomia start /var/lib/eunomia/n1 --trace n1.jsonl", "with what it delivers written down"],
    ],
    "It refuses a folder without its data: a node that lost its disk is replaced under another name (join, reconfigure --replace).",
  ).action(
    guarded(async (folder: string, given: Given) => {
      const setup = setupOf(folder);
      accessSync(folder, constants.W_OK);
      const pid = join(folder, places.pid);
      if (existsSync(pid) && !statSync(pid).isFile())
        throw new CliError("pid-file", `${pid}: expected a file or nothing, got something else: remove it`);
      await checkFirstStart(setup);
      await runNode({ ...setup, ...given });
      if (process.exitCode !== undefined) return;
      writeFileSync(pid, `${process.pid}\n`);
      process.once("exit", () => rmSync(pid, { force: true }));
    }),
  );
