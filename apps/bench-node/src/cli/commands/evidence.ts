import { Command } from "commander";
import { type EvidenceFile, evidenceObjection, readEvidence } from "../../node/evidence.ts";
import { exits, guarded } from "../exits.ts";
import { type FolderOptions, groups, withExamples, withFolder } from "../help.ts";
import { folderOf } from "../layout.ts";
import { outputOf } from "../output.ts";

/** What the folder of the cluster says against the keys that the evidence rests on; null: they are those of its nodes. */
function strangeKey(given: FolderOptions, { cluster, members }: EvidenceFile): string | null {
  const own = folderOf(given);
  if (own.config.cluster !== cluster) return `it is of cluster ${cluster}, not ${own.config.cluster}`;
  const known = new Map(own.knownNodes().map(({ id, publicKey }) => [id, publicKey]));
  const wrong = members.find(({ id, publicKey }) => known.get(id) !== publicKey);
  return wrong === undefined ? null : `the key of ${wrong.id} in it is not the one that this folder has`;
}

function told(evidence: EvidenceFile, objection: string | null, keys: string): string {
  const { accused, cluster, epoch, slot, protocol, members } = evidence;
  const key = members.find(({ id }) => id === accused)?.publicKey ?? "none";
  return [
    objection === null
      ? `${accused} departed from ${protocol}: it signed what no honest node signs.`
      : `This convicts nobody: ${objection}.`,
    `  cluster ${cluster}, epoch ${epoch}, slot ${slot}`,
    `  public key of ${accused} ${key} (${keys})`,
  ].join("\n");
}

/** `evidence`: who lied? */
export const evidenceCommand = (): Command =>
  withExamples(
    withFolder(
      new Command("evidence")
        .helpGroup(groups.check)
        .description("show and verify what convicts a node of having departed from a Byzantine protocol")
        .argument("<files...>", "as nodes write them into the folder evidence of their data")
        .option("--no-keys", "do not compare the keys with those in the folder of the cluster"),
    ),
    [
      [
        "eunomia evidence eunomia/nodes/n1/data/evidence/*.json",
        "by the keys that the folder of the cluster has",
      ],
      [
        "eunomia evidence epoch-3-n2.json --no-keys",
        "elsewhere: are the signatures those of the keys in the file?",
      ],
    ],
    "1: a file does not convict whom it accuses, or rests on keys that are not those of the cluster.",
  ).action(
    guarded(async (files: readonly string[], given: FolderOptions & { readonly keys: boolean }) => {
      const output = outputOf(given.json);
      for (const file of files) {
        const evidence = readEvidence(file);
        const objection = evidenceObjection(evidence) ?? (given.keys ? strangeKey(given, evidence) : null);
        const keys = given.keys
          ? "compared with the folder of the cluster"
          : "not compared: is it that of this node?";
        output.result(told(evidence, objection, keys), {
          file,
          ...evidence,
          convicts: objection === null,
          objection,
        });
        if (objection !== null) process.exitCode = exits.refused;
      }
    }),
  );
