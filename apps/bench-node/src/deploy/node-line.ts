import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, toHex } from "@eunomia/codec";
import type { Authenticator, Journal, Transport } from "@eunomia/engine";
import { HostError, systemClock, systemRandom } from "@eunomia/host";
import { openFileJournal } from "@eunomia/journal/file";
import { ConfigError } from "../node/config.ts";
import { directory } from "../node/names.ts";
import type { NodeOptions } from "../node/stack.ts";
import { type Deployed, DeploymentError } from "./decide.ts";
import { Line } from "./line.ts";
import { macVoice, signatureVoice, type Voice } from "./voice.ts";

/** Where a node keeps evidence for auditors, in its data. */
export const statementsFolder = "statements";
/** Says that there is evidence: from then on absent evidence is lost evidence. */
export const keptFile = "statements.json";

export interface NodeLineOptions extends NodeOptions {
  readonly deployed: Deployed;
  readonly transport: Transport;
  readonly authenticator: Authenticator;
}

/** What a host takes in the place of transport and authenticator, until it is closed. */
export interface NodeLine {
  readonly ports: Line["ports"];
  refusals(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/**
 * The line of a node of a cluster; null where packets do: the deployment asks for no more, or the node is none of those that it names.
 *
 * @param closers gets what is to be closed when the start fails later on.
 * @throws ConfigError, DeploymentError for keys that are not there; HostError for evidence that is lost or damaged.
 */
export function openLine(options: NodeLineOptions, closers: (() => Promise<void>)[]): NodeLine | null {
  const { deployed, config, id, secrets, troubles } = options;
  const nodes = config.nodes.map((node) => node.id);
  const given = secrets === undefined ? "TLS13" : "HMAC-SHA256";
  if (deployed.clients !== given)
    throw lacking(`${deployed.clients} for clients`, secretsOr(deployed.clients), given);
  if (deployed.nodes !== "Ed25519" && deployed.nodes !== given)
    throw lacking(`${deployed.nodes} between nodes`, secretsOr(deployed.nodes), given);
  if (!nodes.includes(id)) {
    if (deployed.auditors.length === 0) return null;
    throw new DeploymentError(
      "deployment",
      `expected a node that the deployment names, got ${id}: what it says could not be audited`,
    );
  }
  if (!deployed.asStatements) return null;
  const evidence = deployed.auditors.length > 0 ? openEvidence(options, closers) : null;
  const line = new Line(
    {
      ...{ deployed, self: id, nodes, voice: voiceOf(options, nodes) },
      transport: options.transport,
      authenticator: options.authenticator,
      clock: troubles?.clock ?? systemClock,
      random: systemRandom(),
      defer: setImmediate,
      nodeOf: directory(new Set(nodes)),
      evidence: evidence?.journal ?? null,
      onFault: options.onFault,
    },
    evidence?.records,
  );
  return {
    ports: line.ports,
    refusals: () => line.refusals(),
    close: async () => {
      line.stop();
      await evidence?.journal.close();
    },
  };
}

const secretsOr = (scheme: string): string =>
  scheme === "TLS13" ? "a folder of certificates (tls)" : "the secrets of the cluster (secrets)";

const lacking = (what: string, expected: string, given: string): ConfigError =>
  new ConfigError(
    "node options",
    "deployment",
    `${expected}, since it says ${what}`,
    `what goes with ${given}`,
  );

function voiceOf(
  { deployed, config, id, secrets, signing }: NodeLineOptions,
  nodes: readonly string[],
): Voice {
  const named = { self: id, nodes };
  if (deployed.nodes !== "Ed25519") return macVoice(named, fromHex(secrets!.nodes));
  const keys = new Map(config.nodes.map((node) => [node.id, node.publicKey]));
  const keyless = nodes.find((node) => keys.get(node) === undefined);
  if (keyless !== undefined)
    throw new ConfigError(
      "cluster configuration",
      "nodes",
      `the public key of ${keyless}, which the deployment has sign`,
      "none",
    );
  const own = signing && toHex(signing.bundle[0]!.publicKey);
  if (signing === undefined || own !== keys.get(id))
    throw new ConfigError(
      "node options",
      "signing",
      `the key of ${id}, whose public half is ${keys.get(id)}`,
      own ?? "none",
    );
  return signatureVoice(named, signing.seed, (node) => fromHex(keys.get(node)!));
}

function openEvidence(
  { config, id, dataDirectory, troubles }: NodeLineOptions,
  closers: (() => Promise<void>)[],
): { readonly journal: Journal; readonly records: readonly Uint8Array[] } {
  const folder = join(dataDirectory, statementsFolder);
  const journal = openFileJournal({
    directory: folder,
    tag: evidenceTag(config.cluster, id),
    ...(troubles && { fileSystem: troubles.fileSystem }),
  });
  closers.push(() => journal.close());
  const replay = journal.replay();
  const kept = join(dataDirectory, keptFile);
  if (replay.kind === "unreadable")
    throw new HostError(
      "journal-unreadable",
      `${replay.file}: expected statements, got damage at byte ${replay.offset} (${replay.reason})`,
    );
  if (replay.kind === "absent" && existsSync(kept))
    throw new HostError(
      "journal-lost",
      `${folder}: expected the statements of earlier runs, got none. A node that went on without them could say something else under a number that it used, and be convicted; replace it under another identity`,
    );
  if (replay.kind === "absent") journal.snapshot([]);
  writeFileSync(kept, `${JSON.stringify({ cluster: config.cluster, node: id })}\n`);
  return { journal, records: replay.kind === "records" ? replay.records : [] };
}

/** Marks the evidence of a node. */
export const evidenceTag = (cluster: string, node: string): string => `${cluster}/${node}/statements`;
