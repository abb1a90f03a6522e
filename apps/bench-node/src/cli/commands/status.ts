import { Command } from "commander";
import type { ClusterNode, NodeAddress } from "../../node/config.ts";
import type { NodeLook } from "../../observe/look.ts";
import { printed } from "../addresses.ts";
import { exits, guarded } from "../exits.ts";
import { type FolderOptions, groups, withExamples, withFolder } from "../help.ts";
import { folderOf } from "../layout.ts";
import { farthest, type Looked, lookAtAll } from "../looks.ts";
import { outputOf, table } from "../output.ts";

const head = [
  "node",
  "state",
  "slot",
  "behind",
  "epoch",
  "protocol",
  "log",
  "snapshot",
  "peers",
  "clients",
  "certificate",
];

const dateOf = (at: number | null): string => (at === null ? "" : new Date(at).toISOString().slice(0, 10));

function row(looked: Looked, best: NodeLook | null): string[] {
  const { node, look } = looked;
  if (look === null) return [node.id, `unknown: ${looked.reason}`];
  const peers = look.peers.filter(({ connected }) => connected).length;
  return [
    `${node.id}${look.leader === node.id ? "*" : ""}`,
    look.unready.length === 0 ? "ready" : look.unready.join("; "),
    `${look.delivered}`,
    `${Math.max(0, (best?.delivered ?? 0) - look.delivered)}`,
    `${look.epoch}`,
    look.protocol,
    `${look.log.first}-${look.log.last}`,
    `${look.snapshots.at(-1) ?? ""}`,
    `${peers}/${look.peers.length}`,
    `${look.clients + look.subscribers}`,
    dateOf(look.certificateUntil),
  ];
}

/** The last changes, as the node tells them that has come farthest. */
function changes({ controls }: NodeLook): string[] {
  return controls.slice(0, 5).map(({ slot, n, what }) => `  ${n} in slot ${slot}: ${what}`);
}

function summary(best: NodeLook, nodes: readonly NodeAddress[]): string[] {
  const others = best.members.filter(({ id }) => !nodes.some((node) => node.id === id));
  return [
    `${best.cluster}: epoch ${best.epoch}, ${best.protocol}, members ${best.members.map(({ id }) => id).join(", ")}, ${best.f} may be down`,
    ...(best.retired.length > 0 ? [`left: ${best.retired.join(", ")}`] : []),
    ...others.map(
      (node) =>
        `${node.id} at ${printed(node)} is a member too; this folder does not know where its status is`,
    ),
    ...(best.controls.length > 0 ? ["last changes:", ...changes(best)] : []),
  ];
}

/** Whether every member answers and is ready. */
function isWell(looks: readonly Looked[], best: NodeLook | null): boolean {
  const ready = (id: string): boolean =>
    looks.some(({ node, look }) => node.id === id && look?.unready.length === 0);
  return best?.members.every(({ id }) => ready(id)) ?? false;
}

/** `status`: every node at a glance. */
export const statusCommand = (): Command =>
  withExamples(
    withFolder(
      new Command("status")
        .helpGroup(groups.look)
        .description(
          "ask every node how it is: who leads (*), epoch, protocol, how far behind, certificates",
        ),
    ),
    [
      ["eunomia status", "a line for each node"],
      ["eunomia status --json | jq .members", "everything that nodes say of themselves"],
    ],
    "Ends with 1 unless every member answers and is ready. Needs `observe` in cluster.json; no certificate.",
  ).action(
    guarded(async (given: FolderOptions) => {
      const folder = folderOf(given);
      const nodes: readonly ClusterNode[] = folder.knownNodes();
      const looks = await lookAtAll(nodes);
      const best = farthest(looks, folder.config.cluster);
      // A node that left and was stopped is nobody's trouble.
      const shown = looks.filter(({ node, look }) => look !== null || !best?.retired.includes(node.id));
      const well = isWell(looks, best);
      const text = [
        table(
          head,
          shown.map((looked) => row(looked, best)),
        ),
        "",
        ...(best === null ? [`${folder.config.cluster}: no node answers`] : summary(best, nodes)),
      ].join("\n");
      const { cluster } = folder.config;
      outputOf(given.json).result(text, {
        cluster,
        well,
        epoch: best?.epoch ?? null,
        protocol: best?.protocol ?? null,
        leader: best?.leader ?? null,
        members: best?.members ?? null,
        nodes: shown.map((looked) => ({
          id: looked.node.id,
          look: looked.look,
          ...(looked.look === null && { reason: looked.reason }),
        })),
      });
      process.exitCode = well ? exits.done : exits.refused;
    }),
  );
