import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fromHex, toHex } from "@eunomia/codec";
import { appliedClauses, appliedText, reportText } from "@eunomia/deploy-policy";
import { encodeBundle } from "@eunomia/statement-pool";
import { Argument, Command, Option } from "commander";
import { machine } from "../../bench/machine.ts";
import { type AuditReport, audit } from "../../deploy/audit.ts";
import {
  type CompareProtocol,
  compareDeployments,
  compareProtocols,
  type DeploymentName,
  deploymentNames,
} from "../../deploy/compare.ts";
import { checkNodes, deployedFor, isAudited } from "../../deploy/decide.ts";
import { deploymentTexts } from "../../deploy/examples.ts";
import { nodeFlows } from "../../deploy/flows.ts";
import { heldIn } from "../../deploy/held.ts";
import { deployText } from "../../deploy/report.ts";
import { type ClusterConfig, readClusterConfig } from "../../node/config.ts";
import { CliError, exits, guarded } from "../exits.ts";
import { groups, integer, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";

const json = ["--json", "print results as JSON, a line each", false] as const;

interface CheckGiven {
  readonly config?: string;
  readonly clauses: boolean;
  readonly json: boolean;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CliError("file", `${file}: expected a readable file, got ${reason}`);
  }
}

/** `deploy check`: would a cluster start with this deployment? */
const checkCommand = (): Command =>
  withExamples(
    new Command("check")
      .description("check a deployment for what the nodes of a cluster say, and tell what to do")
      .argument("<file>", "a deployment policy")
      .option("--config <file>", "the configuration of the cluster: can its nodes carry the deployment out?")
      .option("--clauses", "tell which clauses apply to whom", false)
      .option(...json),
    [
      ["eunomia deploy check wan.policy", "is everybody convinced, and does everything arrive?"],
      ["eunomia deploy check wan.policy --config cluster.json", "and is it one for these nodes?"],
    ],
    "1: the check found errors, or nodes cannot carry it out.",
  ).action(
    guarded(async (file: string, given: CheckGiven) => {
      const text = textOf(file);
      const report = checkNodes(text);
      const good = report.verdict === "accept";
      if (good && given.config !== undefined)
        deployedFor(
          text,
          readClusterConfig(given.config).nodes.map(({ id }) => id),
          file,
        );
      const applied = good && given.clauses ? appliedClauses(nodeFlows(isAudited(text)), text) : [];
      const words = [reportText(report, file), ...applied.map(appliedText)].join("\n");
      outputOf(given.json).result(words, given.clauses ? { file, ...report, applied } : { file, ...report });
      if (!good) process.exitCode = exits.refused;
    }),
  );

interface CompareGiven extends Partial<Record<DeploymentName, string>> {
  readonly protocol: CompareProtocol;
  readonly bytes: number;
  readonly window: number;
  readonly slots: number;
  readonly far: number;
  readonly repeats: number;
  readonly json: boolean;
}

/** `deploy compare`: one spec under three deployments. */
const compareCommand = (): Command =>
  withExamples(
    new Command("compare")
      .description(
        "run one protocol on six nodes under three deployments: bytes, processor time and latency of each",
      )
      .addOption(
        new Option("--protocol <name>", "the protocol")
          .choices(Object.keys(compareProtocols))
          .default("two-thirds"),
      )
      .option("--lan <file>", "takes the place of the deployment that comes with the program")
      .option("--wan <file>", "the same for the one with relays")
      .option("--auditable <file>", "the same for the one with an auditor")
      .option("--bytes <n>", "size of a batch", integer(1, 1 << 20), 4096)
      .option("--window <n>", "slots under way at once", integer(1, 64), 4)
      .option("--slots <n>", "decisions of one run", integer(1, 100_000), 128)
      .option("--far <ms>", "virtual milliseconds from one site to the other", integer(1, 200), 40)
      .option("--repeats <n>", "runs of each, taking turns", integer(1, 1000), 3)
      .option(...json),
    [
      ["eunomia deploy compare", "a minute"],
      [
        "eunomia deploy compare --protocol hetero-paxos --far 100 --json",
        "two sites far apart, for a program",
      ],
    ],
    "All is per decision. Bytes, messages and latency are those of virtual time; processor time is that of all nodes together in one process.",
  ).action(
    guarded(async ({ protocol, bytes, window, slots, far, repeats, ...given }: CompareGiven) => {
      const output = outputOf(given.json);
      const deployments = { ...deploymentTexts };
      for (const name of deploymentNames) {
        const file = given[name];
        if (file !== undefined) deployments[name] = textOf(file);
      }
      const shape = { batchBytes: bytes, window, slots };
      output.note(
        `${protocol}, six nodes, batches of ${bytes} B, ${window} slots under way, ${far} ms between sites`,
      );
      const before = loadavg()[0]!;
      const lines = compareDeployments({ protocol, deployments, shape, farMs: far, repeats });
      const load = [before, loadavg()[0]!];
      output.result(deployText(lines), {
        protocol,
        shape,
        farMs: far,
        repeats,
        machine: machine(),
        load,
        lines,
      });
      output.note(`load average ${load.map((one) => one.toFixed(1)).join(" to ")}`);
    }),
  );

interface AuditGiven {
  readonly config: string;
  readonly auditor: string;
  readonly proofs?: string;
  readonly json: boolean;
}

function publicKeysOf({ nodes }: ClusterConfig): ReadonlyMap<string, Uint8Array> {
  return new Map(
    nodes.flatMap(({ id, publicKey }) => (publicKey === undefined ? [] : [[id, fromHex(publicKey)]])),
  );
}

function auditText({ said, guilty, missing, refused }: AuditReport): string {
  return [
    ...[...said].map(([node, count]) => `${node} said ${count} statements that anybody can be shown`),
    ...[...missing].map(([node, numbers]) => `${node}: nobody shows ${numbers.join(", ")}`),
    ...[...refused].map(([why, count]) => `no evidence, from ${why}: ${count}`),
    ...guilty.map(
      ({ node, type, heldBy }) =>
        `${node} departed from the protocol: two contents in one slot of ${type}, held by ${heldBy.join(", ")}`,
    ),
    ...(guilty.length === 0 ? ["nobody said two things of which nobody honest says both"] : []),
  ].join("\n");
}

/** `deploy audit`: what does the evidence say that nodes kept? */
const auditCommand = (): Command =>
  withExamples(
    new Command("audit")
      .description("look for contradictions in the evidence that nodes have kept, with public keys alone")
      .argument("<folders...>", "data of nodes that have stopped, or copies of it")
      .requiredOption("--config <file>", "the configuration of the cluster, for the public keys")
      .option("--auditor <name>", "who you are in the deployment", "auditor")
      .option("--proofs <file>", "write what convicts, as JSON")
      .option(...json),
    [
      ["eunomia deploy audit n1/data n2/data --config cluster.json", "who said two things?"],
      [
        "eunomia deploy audit copies/n1 --config cluster.json --proofs proofs.json",
        "with what convicts, to be passed on",
      ],
    ],
    "1: somebody did. What is missing or refused is told, and convicts nobody.",
  ).action(
    guarded(async (folders: readonly string[], given: AuditGiven) => {
      const config = readClusterConfig(given.config);
      const held = await Promise.all(folders.map(heldIn));
      const stranger = held.find(({ cluster }) => cluster !== config.cluster);
      if (stranger !== undefined)
        throw new CliError(
          "cluster",
          `expected data of cluster ${config.cluster}, got that of ${stranger.cluster}`,
        );
      const keys = publicKeysOf(config);
      const keyless = held.find(({ node }) => !keys.has(node));
      if (keyless !== undefined)
        throw new CliError("keys", `${given.config}: expected the public key of ${keyless.node}, got none`);
      const report = audit(given.auditor, keys, new Map(held.map(({ node, records }) => [node, records])));
      const guilty = report.guilty.map(({ proof, ...rest }) => ({
        ...rest,
        statements: [proof.a, proof.b].map((bundle) => toHex(encodeBundle(bundle))),
      }));
      if (given.proofs !== undefined) writeFileSync(given.proofs, `${JSON.stringify(guilty, null, 2)}\n`);
      outputOf(given.json).result(auditText(report), {
        said: Object.fromEntries(report.said),
        missing: Object.fromEntries(report.missing),
        refused: Object.fromEntries(report.refused),
        guilty,
      });
      if (guilty.length > 0) process.exitCode = exits.refused;
    }),
  );

/** `deploy show`: a deployment to begin with. */
const showCommand = (): Command =>
  withExamples(
    new Command("show")
      .description("print a deployment that comes with the program, for six nodes: a file to begin with")
      .addArgument(new Argument("<name>", "which").choices([...deploymentNames]))
      .option(...json),
    [
      ["eunomia deploy show lan", "one room"],
      ["eunomia deploy show wan > cluster.policy", "two sites, with a relay in each"],
    ],
  ).action(
    guarded(async (name: DeploymentName, given: { readonly json: boolean }) => {
      outputOf(given.json).result(deploymentTexts[name].trimEnd(), { name, text: deploymentTexts[name] });
    }),
  );

/** `deploy`: what authenticates, proves and spreads what nodes say. */
export const deployCommand = (): Command => {
  const command = new Command("deploy")
    .helpGroup(groups.check)
    .description("deployment policies of a cluster: show and check one, compare three, audit what was kept");
  for (const one of [showCommand, checkCommand, compareCommand, auditCommand])
    command.addCommand(one().copyInheritedSettings(command));
  return command;
};
