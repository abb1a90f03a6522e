import { readFileSync } from "node:fs";
import {
  checkDeployment,
  type Decisions,
  decisionsOf,
  type Stage as PolicyStage,
  type Report,
  reportText,
} from "@eunomia/deploy-policy";
import type { Stage } from "@eunomia/statement-pool/spread";
import { relaySets } from "@eunomia/statement-pool/spread";
import { nodeFlows, roles, types } from "./flows.ts";

/** What authenticates packets between nodes. */
type NodeScheme = "HMAC-SHA256" | "Ed25519" | "TLS13";

/** A deployment that a cluster can carry out, and what it comes to. */
export interface Deployed {
  /** The text, word for word. */
  readonly text: string;
  /** What convinces a node that another one said something. */
  readonly nodes: NodeScheme;
  /** The same between nodes and clients. */
  readonly clients: "HMAC-SHA256" | "TLS13";
  /** Whom evidence of what nodes say is kept for; none: nothing is kept. */
  readonly auditors: readonly string[];
  /** What nodes say goes out as statements rather than as packets: where it is signed, or others pass it on. */
  readonly asStatements: boolean;
  /** How what one node says comes to another; null: straight, on the connection of the two. */
  route(from: string, to: string): Route | null;
}

/** Attempts in their order. */
export interface Route {
  readonly stages: readonly Stage[];
  /** Nothing is tried after the last one. */
  readonly final: boolean;
}

/** A deployment that is refused: the check found errors in it, or a node cannot carry it out. */
export class DeploymentError extends Error {
  readonly code = "deployment";
  readonly file: string;
  /** The findings of the check; null if it accepts the deployment. */
  readonly report: Report | null;
  constructor(file: string, message: string, report: Report | null = null) {
    super(message);
    this.name = "DeploymentError";
    this.file = file;
    this.report = report;
  }
}

/** The check of a text with the flows of a cluster. */
export function checkNodes(text: string): Report {
  return checkDeployment(nodeFlows(isAudited(text)), text);
}

/** Whether the text names an auditor. One that cannot be read names nobody. */
export function isAudited(text: string): boolean {
  try {
    return decisionsOf(text).members(roles.auditor) !== null;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/** @throws DeploymentError also for a file that cannot be read. */
export function readDeployment(file: string, nodes: readonly string[]): Deployed {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new DeploymentError(file, `${file}: expected a readable file, got ${reason}`);
  }
  return deployedFor(text, nodes, file);
}

/**
 * Judges a deployment with the flows of a node, and decides by it.
 *
 * @param file for the messages.
 * @throws DeploymentError with what is wrong, where, and what to do.
 */
export function deployedFor(text: string, nodes: readonly string[], file = "deployment"): Deployed {
  const report = checkNodes(text);
  if (report.verdict === "reject") throw new DeploymentError(file, reportText(report, file), report);
  const decisions = decisionsOf(text);
  const refuse = (message: string): never => {
    throw new DeploymentError(file, `${file}: ${message}`);
  };
  const named = decisions.members(roles.nodes) ?? [];
  if ([...named].sort().join() !== [...nodes].sort().join())
    refuse(`${roles.nodes} expected the nodes of the cluster, ${nodes.join(", ")}; got ${named.join(", ")}`);
  const auditors = decisions.members(roles.auditor) ?? [];
  const routes = routesOf(decisions, nodes, refuse);
  const scheme = nodeScheme(decisions, nodes, auditors, refuse);
  const asStatements = auditors.length > 0 || routes.size > 0 || scheme === "Ed25519";
  if (asStatements && scheme === "TLS13")
    refuse("TLS13 leaves nothing that could be passed on: expected HMAC-SHA256 or Ed25519 between nodes");
  controlScheme(decisions, nodes, refuse);
  return {
    text,
    nodes: scheme,
    clients: clientScheme(decisions, nodes, refuse),
    auditors,
    asStatements,
    route: (from, to) => routes.get(`${from} ${to}`) ?? null,
  };
}

type Refuse = (message: string) => never;

/** The one scheme that the clauses of all these pairs name. */
function oneScheme(
  ask: Decisions["authentication"],
  pairs: readonly (readonly [string, string])[],
  type: string,
  refuse: Refuse,
): string {
  const found = new Set<string>();
  for (const [from, to] of pairs) {
    const suites = ask(from, to, type);
    if (suites?.length !== 1 || suites[0]!.length !== 1)
      refuse(
        `${from} -> ${to} on ${type}: a node negotiates nothing and uses one scheme at a time; expected a clause with one scheme`,
      );
    found.add(suites![0]![0]!.name);
  }
  if (found.size > 1)
    refuse(
      `${type}: expected one scheme for all, since a node has one for all its peers; got ${[...found].join(", ")}`,
    );
  return [...found][0]!;
}

const pairsOf = (from: readonly string[], to: readonly string[]): (readonly [string, string])[] =>
  from.flatMap((one) => to.filter((other) => other !== one).map((other) => [one, other] as const));

function nodeScheme(
  decisions: Decisions,
  nodes: readonly string[],
  auditors: readonly string[],
  refuse: Refuse,
): NodeScheme {
  const { protocol } = types;
  if (auditors.length > 0) {
    const kept = oneScheme(decisions.evidence, pairsOf(nodes, auditors), protocol, refuse);
    // It convinces the nodes as well: no MAC is made beside it.
    if (kept === "Ed25519") return kept;
    refuse(`${protocol}: evidence by ${kept} is not what a node can make: its key is an Ed25519 key`);
  }
  // A cluster of one talks to nobody.
  if (nodes.length === 1) return "HMAC-SHA256";
  const scheme = oneScheme(decisions.authentication, pairsOf(nodes, nodes), protocol, refuse);
  if (scheme === "HMAC-SHA256" || scheme === "Ed25519" || scheme === "TLS13") return scheme;
  return refuse(`${protocol}: nodes authenticate by HMAC-SHA256, Ed25519 or TLS13, and not by ${scheme}`);
}

function clientScheme(decisions: Decisions, nodes: readonly string[], refuse: Refuse): Deployed["clients"] {
  const clients = decisions.members(roles.clients) ?? [];
  const asked = oneScheme(decisions.authentication, pairsOf(clients, nodes), types.request, refuse);
  const answered = oneScheme(decisions.authentication, pairsOf(nodes, clients), types.reply, refuse);
  if (asked === answered && (asked === "HMAC-SHA256" || asked === "TLS13")) return asked;
  return refuse(
    `clients and nodes authenticate by HMAC-SHA256 or by TLS13, both ways alike; got ${asked} and ${answered}`,
  );
}

/** Control commands are signed, whatever else is. */
function controlScheme(decisions: Decisions, nodes: readonly string[], refuse: Refuse): void {
  const control = decisions.members(roles.control) ?? [];
  const ask: Decisions["authentication"] = (...asked) =>
    decisions.evidence(...asked) ?? decisions.authentication(...asked);
  const scheme = oneScheme(ask, pairsOf(control, nodes), types.control, refuse);
  if (scheme !== "Ed25519")
    refuse(
      `${types.control}: control commands are signed; expected ${roles.control} -> * on ${types.control} : Ed25519`,
    );
}

/** Routes of pairs that do not talk straight. */
function routesOf(
  decisions: Decisions,
  nodes: readonly string[],
  refuse: Refuse,
): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const [from, to] of pairsOf(nodes, nodes)) {
    const stages = decisions.stages(from, to, types.protocol);
    const [first] = stages;
    if (first === undefined || first.policy === "DIRECT") continue;
    const spread = stages.map((stage) => stageOf(decisions, stage, nodes, refuse));
    routes.set(`${from} ${to}`, { stages: spread, final: stages.at(-1)!.final });
  }
  return routes;
}

function stageOf(decisions: Decisions, stage: PolicyStage, nodes: readonly string[], refuse: Refuse): Stage {
  const withinMs = stage.withinMs ?? 0;
  if (stage.policy === "DIRECT") return { kind: "direct", withinMs };
  if (stage.policy !== "OPTIMISTIC")
    return refuse(
      `${stage.policy}: protocols wait for messages that nobody knows to ask for, from peers they name; expected DIRECT or OPTIMISTIC`,
    );
  const relays = relaySets(decisions.relays(stage.relays));
  const stranger = relays.flat().find((relay) => !nodes.includes(relay));
  if (stranger !== undefined)
    return refuse(`OPTIMISTIC(${stage.relays}): expected relays among the nodes, got ${stranger}`);
  return { kind: "optimistic", relays, withinMs };
}
