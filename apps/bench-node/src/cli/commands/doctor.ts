import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { examineCluster, examineNode } from "../doctor/examine.ts";
import { exits, guarded } from "../exits.ts";
import { groups, withExamples } from "../help.ts";
import { ClusterFolder, places } from "../layout.ts";
import { outputOf, table } from "../output.ts";

const titles = { ok: "ok", warn: "LOOK", fail: "FAIL" } as const;

/** `doctor`: what is wrong, or soon will be. */
export const doctorCommand = (): Command =>
  withExamples(
    new Command("doctor")
      .helpGroup(groups.setUp)
      .description(
        "check configuration, keys, certificates, disk, clock, ports and peers, before a run and during it",
      )
      .argument("[folder]", "of a cluster or of a node (default: $EUNOMIA_DIR, or eunomia)")
      .option("--json", "print results as JSON, a line each", false),
    [
      ["eunomia doctor", "the cluster, from where it is operated"],
      ["eunomia doctor /var/lib/eunomia/n1", "one node, on its machine: its disk and ports too"],
    ],
    "It writes nothing but a few blocks that it syncs and removes. 1: something fails; LOOK alone is 0.",
  ).action(
    guarded(async (given: string | undefined, { json }: { readonly json: boolean }) => {
      const folder = given ?? (process.env.EUNOMIA_DIR || "eunomia");
      const isNode = existsSync(join(folder, places.data));
      const findings = isNode ? await examineNode(folder) : await examineCluster(new ClusterFolder(folder));
      const failed = findings.filter(({ verdict }) => verdict === "fail").length;
      const looks = findings.filter(({ verdict }) => verdict === "warn").length;
      outputOf(json).result(
        [
          table(
            ["", "check", ""],
            findings.map(({ verdict, check, detail }) => [titles[verdict], check, detail]),
          ),
          failed > 0
            ? `${failed} checks fail.`
            : looks > 0
              ? `Nothing fails; ${looks} to look at.`
              : "All is well.",
        ].join("\n"),
        { healthy: failed === 0, findings },
      );
      process.exitCode = failed > 0 ? exits.refused : exits.done;
    }),
  );
