import { cheapestQuorum, type Expr, groupBy } from "@eunomia/quorum-algebra";
import {
  type BlockingSet,
  type Intersection,
  intersection,
  type Smallest,
  type SplittingSet,
  smallestBlockingSet,
  smallestSplittingSet,
} from "@eunomia/quorum-algebra/federated";
import type { StellarNetwork } from "@eunomia/quorum-algebra/import";
import {
  cheapestSplittingSet,
  collect,
  countMinimalBlockingSets,
  countMinimalQuorums,
  minimalBlockingSets,
} from "@eunomia/quorum-algebra/sets";
import { chanceRows, chanceSection } from "./chances.ts";
import { groupSplits } from "./group-splits.ts";
import type { Outcome, Report, Section } from "./model.ts";
import type { Names } from "./names.ts";
import { type GroupedSets, networkPictures, type Organisation } from "./network-pictures.ts";
import { groupsOf, type NetworkView, networkView } from "./network-view.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { counted, percent, several, told } from "./words.ts";

function organisations({ core, names }: NetworkView, tools: Tools): readonly Organisation[] {
  const members = new Map<string, string[]>();
  for (const id of core.ids) {
    const group = names.groupOf(id);
    members.set(group, [...(members.get(group) ?? []), id]);
  }
  return [...members].map(([name, nodes]) => {
    const split = intersection(core.byzantine(nodes), limitsOf(tools), tools.engines).kind;
    return {
      name,
      nodes,
      haltsAlone: core.crash(nodes).contract().length === 0,
      splitsAlone: split === "unknown" ? null : split === "splits",
    };
  });
}

/** What the report finds out, before it is put into words. */
interface Findings {
  readonly meet: Intersection;
  readonly splitNodes: Smallest<BlockingSet>;
  readonly splitGroups: Smallest<BlockingSet>;
  readonly splitAnybody: Smallest<SplittingSet>;
  readonly haltNodes: Smallest<BlockingSet>;
  readonly haltGroups: Smallest<BlockingSet>;
  readonly organisations: readonly Organisation[];
}

function findings(view: NetworkView, tools: Tools): Findings {
  const { system, core, names } = view;
  const byGroup = { groupBy: (id: string) => names.groupOf(id) };
  const { engines } = tools;
  return {
    meet: intersection(system, limitsOf(tools), engines),
    splitNodes: splittingCore(view, tools),
    splitGroups: smallestSplittingSet(core, byGroup, limitsOf(tools), engines),
    splitAnybody: smallestSplittingSet(system, {}, limitsOf(tools), engines),
    haltNodes: smallestBlockingSet(system, {}, limitsOf(tools), engines),
    haltGroups: smallestBlockingSet(system, byGroup, limitsOf(tools), engines),
    organisations: organisations(view, tools),
  };
}

/**
 * The smallest set of nodes that splits the core by lying. Where all its nodes share one condition that is a question about
 * ordinary quorums, and answered in closed form; but as long as the set is smaller than a quorum, so that both sides need
 * honest nodes.
 */
function splittingCore({ core, cluster }: NetworkView, tools: Tools): Smallest<BlockingSet> {
  const { engines } = tools;
  if (cluster !== null) {
    const { nodes, cost } = cheapestSplittingSet(cluster, cluster, undefined, limitsOf(tools), engines);
    const quorum = cheapestQuorum(cluster, undefined, limitsOf(tools), engines).cost;
    if (nodes !== null && cost.kind === "exact" && quorum.kind === "exact" && cost.value < quorum.value)
      return { kind: "exact", size: nodes.length, value: { nodes, groups: nodes }, method: cost.method };
  }
  return smallestSplittingSet(core, {}, limitsOf(tools), engines);
}

const outcomes: Readonly<Record<Intersection["kind"], Outcome>> = {
  intersects: "good",
  splits: "bad",
  noQuorum: "bad",
  unknown: "unknown",
};

function meets(meet: Intersection, names: Names): string {
  if (meet.kind === "intersects") return "All quorums meet: without nodes that lie the network cannot split.";
  if (meet.kind === "noQuorum") return "There is no quorum at all: the network stands still.";
  if (meet.kind === "unknown")
    return "Whether all quorums meet is not known within the limits: do not rely on it.";
  const [one, two] = meet.quorums.map((side) => several(groupsOf(side, names)));
  return `The network can split though everybody is honest: ${one} on one side, ${two} on the other.`;
}

/** A smallest set in words. */
function smallest(
  found: Smallest<SplittingSet | BlockingSet>,
  one: string,
  does: string,
  names: Names,
): string {
  if (found.kind === "exact") {
    const { nodes, groups } = found.value;
    const who = one === "organisation" ? groups : nodes.map((id) => names.of(id));
    return `It takes ${counted(found.size, one)} ${does}: ${several(who)}.`;
  }
  if (found.kind === "none") return `Nobody can do it ${does}.`;
  if (found.kind === "bounds")
    return `It takes at least ${counted(found.low, one)} ${does}; more is not known within the limits.`;
  return `How many ${one}s it takes ${does} is not known within the limits.`;
}

/** Everything about a federated network that a report tells. */
export function networkReport(name: string, network: StellarNetwork, tools: Tools): Report {
  const view = networkView(network);
  const { system, core, cluster, names } = view;
  const found = findings(view, tools);
  const alone = found.organisations.filter(({ haltsAlone }) => haltsAlone).map((org) => org.name);
  const rows = cluster === null ? null : chanceRows(cluster, tools);
  const together = cluster === null ? null : groupedSets(cluster, names, tools);
  return {
    title: `Federated network of ${counted(system.ids.length, "node")}: ${name}`,
    outcome: outcomes[found.meet.kind],
    findings: [
      meets(found.meet, names),
      ...(core.ids.length === 0
        ? []
        : [
            smallest(found.splitGroups, "organisation", "to split it, by lying", names),
            smallest(found.haltGroups, "organisation", "to halt it", names),
            `${alone.length === 0 ? "No organisation" : several(alone)} can halt it alone.`,
          ]),
    ],
    sections: [
      overview(view, tools),
      ...(core.ids.length === 0
        ? []
        : [
            {
              title: "Node by node",
              lines: [
                smallest(found.splitNodes, "node", "to split it, by lying", names),
                ...smallerOutside(found, names),
                smallest(found.haltNodes, "node", "to halt it", names),
              ],
            },
          ]),
      organisationsSection(found.organisations, together),
      ...(rows === null ? [] : [chanceSection(rows)]),
    ],
    notices: [],
    data: {
      nodes: system.ids.length,
      unknown: system.unknown.length,
      core: core.ids,
      ...found,
      chances: rows,
      organisationSets: together,
    },
    pictures: () => networkPictures(view, found.organisations, together, rows),
  };
}

/** Nodes outside the core may be easier to split off than the core is to split. */
function smallerOutside({ splitNodes, splitAnybody }: Findings, names: Names): readonly string[] {
  if (splitAnybody.kind !== "exact" || (splitNodes.kind === "exact" && splitAnybody.size >= splitNodes.size))
    return [];
  const [one, two] = splitAnybody.value.sides;
  const victim = one.length < two.length ? one : two;
  const { nodes } = splitAnybody.value;
  return [
    `It takes ${counted(splitAnybody.size, "node")} to split off somebody outside the core: ${several(nodes.map((id) => names.of(id)))} can lead ${several(victim.map((id) => names.of(id)))} astray.`,
  ];
}

function overview({ system, core, cluster, names }: NetworkView, tools: Tools): Section {
  const orgs = groupsOf(core.ids, names);
  const sets =
    cluster === null
      ? []
      : [
          `Minimal quorums: ${told(countMinimalQuorums(cluster, limitsOf(tools)))}. Minimal sets of nodes that halt it: ${told(countMinimalBlockingSets(cluster, limitsOf(tools)))}.`,
        ];
  return {
    title: "Network",
    lines: [
      `${counted(system.ids.length, "node")}, ${system.unknown.length} of them without a known quorum set: these count as members that never answer.`,
      `The core, of which quorums consist: ${counted(core.ids.length, "node")} of ${counted(orgs.length, "organisation")}${orgs.length === 0 ? "" : `, ${several(orgs, 12)}`}.`,
      cluster === null
        ? "Nodes of the core have different quorum sets."
        : "All nodes of the core have the same quorum set.",
      ...sets,
    ],
  };
}

const setsMax = 5000;

/** Null: there are too many, and those that come first would not stand for all. */
function groupedSets(cluster: Expr, names: Names, tools: Tools): GroupedSets | null {
  const groupOf = (id: string): string => names.groupOf(id);
  const limits = { ...limitsOf(tools), maxCount: setsMax };
  const halting = collect(minimalBlockingSets(groupBy(cluster, groupOf), limits, tools.engines));
  if (!halting.complete) return null;
  const splitting = collect(groupSplits(cluster, groupOf, limits));
  if (!splitting.complete) return null;
  return { halting: halting.sets, splitting: splitting.sets };
}

const part = (name: string, sets: readonly (readonly string[])[]): string =>
  sets.length === 0 ? "-" : percent(sets.filter((set) => set.includes(name)).length / sets.length);

function organisationsSection(orgs: readonly Organisation[], sets: GroupedSets | null): Section {
  const yes = (value: boolean | null): string => (value === null ? "unknown" : value ? "yes" : "no");
  const rows = [...orgs]
    .sort((a, b) => b.nodes.length - a.nodes.length || (a.name < b.name ? -1 : 1))
    .map(({ name, nodes, haltsAlone, splitsAlone }) => [
      name,
      String(nodes.length),
      yes(haltsAlone),
      yes(splitsAlone),
      ...(sets === null ? [] : [part(name, sets.halting), part(name, sets.splitting)]),
    ]);
  const lines =
    sets === null
      ? [
          "In how many minimal sets each is, is not told: their quorum sets differ, or there are too many sets.",
        ]
      : [
          `${counted(sets.halting.length, "minimal set")} of organisations can halt it, ${sets.splitting.length} can split it by lying; the last columns say in how many of them each is.`,
        ];
  return {
    title: "Organisations of the core",
    lines,
    table: {
      head: [
        "organisation",
        "nodes",
        "halts alone",
        "splits alone",
        ...(sets === null ? [] : ["in halting sets", "in splitting sets"]),
      ],
      rows,
    },
  };
}
