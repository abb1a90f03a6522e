import { Command } from "commander";
import { readJoining } from "../../node/joining.ts";
import { type NodeProcessOptions, runNode } from "../../node/process.ts";

/** `node`: one process of a cluster whose parent says where everything lies. Operators use `start`. */
export const nodeCommand = (): Command =>
  new Command("node")
    .description("run one node of a cluster until SIGTERM")
    .requiredOption("--config <file>", "cluster configuration, the same at every node")
    .option("--secrets <file>", "secrets that the whole cluster shares, only its owner may read them")
    .option("--tls <folder>", "instead of secrets: key.pem, cert.pem, ca.pem; read again on SIGHUP")
    .option(
      "--signing <file>",
      "the key of this node, where the configuration names a protocol that needs one",
    )
    .requiredOption("--id <id>", "which node of the configuration this is")
    .requiredOption("--data <directory>", "where journal and log are kept")
    .option("--trace <file>", "append broadcast events, one JSON object a line")
    .option("--trace-engines <file>", "append every step of every engine, for `replay`")
    .option(
      "--join <file>",
      "for a node that is none of the first ones: where it listens, and members to learn from",
    )
    .option("--troubles", "disk, clock and network have troubles when the parent orders them")
    .action(({ join, ...options }: NodeProcessOptions & { readonly join?: string }) =>
      runNode({ ...options, ...(join !== undefined && { joins: readJoining(join) }) }),
    );
