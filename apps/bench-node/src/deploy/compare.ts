import { median } from "../bench/summary.ts";
import { heteroPaxos, paxos, publicKeyOf, type Subject, twoThirds } from "../compare/subjects.ts";
import { type Driven, driven, type Shape } from "../compare/throughput.ts";
import type { Delays } from "../compare/world.ts";
import { type AuditReport, audit } from "./audit.ts";
import { type Deployed, deployedFor } from "./decide.ts";
import { deployedNodes, keptBy } from "./world-nodes.ts";

/** Six nodes, of which the first three stand in one place and the others in another one. */
const nodeCount = 6;
export const compareNodes = Array.from({ length: nodeCount }, (_, i) => `n${i + 1}`);

/** The three deployments that come with the program. */
export const deploymentNames = ["lan", "wan", "auditable"] as const;
export type DeploymentName = (typeof deploymentNames)[number];

/** Where the nodes stand: in one room, or at two sites. */
export type Place = "room" | "sites";

/** Milliseconds of virtual time: one within a site, so many between two. */
export const delaysOf = (place: Place, farMs: number): Delays => {
  const west = (node: string): boolean => compareNodes.indexOf(node) >= nodeCount / 2;
  return (from, to) => (place === "room" || west(from) === west(to) ? 1 : farMs);
};

/** The protocols that are compared. */
export const compareProtocols = {
  paxos,
  "two-thirds": twoThirds,
  "hetero-paxos": heteroPaxos,
} as const satisfies Record<string, (n: number) => Subject>;
export type CompareProtocol = keyof typeof compareProtocols;

export interface DeployCompareOptions {
  readonly protocol: CompareProtocol;
  /** Texts of the three deployments. */
  readonly deployments: Readonly<Record<DeploymentName, string>>;
  readonly shape: Shape;
  readonly farMs: number;
  readonly repeats: number;
}

/** One deployment at one place, beside the first line. */
export interface DeployLine {
  readonly deployment: DeploymentName;
  readonly place: Place;
  readonly bytes: number;
  /** Of these, bytes between sites. */
  readonly farBytes: number;
  readonly messages: number;
  /** Processor time of all nodes together; the median of the repeats. */
  readonly cpuMicros: number;
  readonly latencyMs: number;
  /** To the first line; bytes between sites to those of the same deployment as the first line's. Null: there are none. */
  readonly ratios: {
    readonly bytes: number;
    readonly cpu: number;
    readonly latency: number;
    readonly far: number | null;
  };
  /** What an auditor finds in what was kept; null: nothing was. */
  readonly audited: { readonly statements: number; readonly guilty: number; readonly missing: number } | null;
}

/** The lines of a comparison. The LAN's deployment is run at two sites as well: that is what the relays are to be better than. */
const lines: readonly { readonly deployment: DeploymentName; readonly place: Place }[] = [
  { deployment: "lan", place: "room" },
  { deployment: "auditable", place: "room" },
  { deployment: "lan", place: "sites" },
  { deployment: "wan", place: "sites" },
];

/**
 * One spec, one protocol, three deployments, in one process and in virtual time: all per decision. Repeats take turns.
 *
 * @throws DeploymentError
 */
export function compareDeployments(options: DeployCompareOptions): readonly DeployLine[] {
  const { protocol, deployments, shape, farMs, repeats } = options;
  const subject = compareProtocols[protocol](nodeCount);
  const deployed = new Map(
    deploymentNames.map((name) => [name, deployedFor(deployments[name], compareNodes, `${name}.policy`)]),
  );
  const runs: Run[][] = lines.map(() => []);
  // What is compiled in the first round would count for its first lines only: where there are several, one more comes before them.
  for (let round = repeats > 1 ? -1 : 0; round < repeats; round += 1)
    for (const [i, { deployment, place }] of lines.entries()) {
      const run = runOf(subject, deployed.get(deployment)!, shape, delaysOf(place, farMs));
      if (round >= 0) runs[i]!.push(run);
    }
  const cpu = runs.map((all) => median(all.map((run) => run.cpuMicros)) / shape.slots);
  const [base] = runs[0]!;
  const [straight] =
    runs[lines.findIndex(({ deployment, place }) => deployment === "lan" && place === "sites")]!;
  return lines.map((line, i): DeployLine => {
    const [run] = runs[i] as [Run, ...Run[]];
    const { bytes, farBytes, messages, delays, report } = run;
    return {
      ...line,
      bytes: bytes / shape.slots,
      farBytes: farBytes / shape.slots,
      messages: messages / shape.slots,
      cpuMicros: cpu[i]!,
      latencyMs: delays,
      ratios: {
        bytes: bytes / base!.bytes,
        cpu: cpu[i]! / cpu[0]!,
        latency: delays / base!.delays,
        far: farBytes === 0 ? null : farBytes / straight!.farBytes,
      },
      audited: report && {
        statements: sum([...report.said.values()]),
        guilty: report.guilty.length,
        missing: sum([...report.missing.values()].map((gaps) => gaps.length)),
      },
    };
  });
}

interface Run extends Driven {
  readonly report: AuditReport | null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function runOf(subject: Subject, deployed: Deployed, shape: Shape, delays: Delays): Run {
  const { nodes, evidence } = deployedNodes(subject, deployed);
  const run = driven(nodes, shape, { ms: 2000, slots: Math.ceil(shape.slots / 4) }, delays);
  const [auditor] = deployed.auditors;
  if (auditor === undefined) return { ...run, report: null };
  const held = new Map([...evidence].map(([node, journal]) => [node, keptBy(journal)]));
  const publicKeys = new Map(nodes.map(({ id }) => [id, publicKeyOf(id)]));
  return { ...run, report: audit(auditor, publicKeys, held) };
}
