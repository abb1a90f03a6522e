import { heatMapSvg } from "@eunomia/quorum-algebra/svg";
import { type ChanceRow, chancePicture } from "./chances.ts";
import type { Picture } from "./model.ts";
import type { NetworkView } from "./network-view.ts";
import { quorumPicture } from "./quorums.ts";

/** An organisation of the core, and what it can do alone. */
export interface Organisation {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly haltsAlone: boolean;
  /** Null: not known. */
  readonly splitsAlone: boolean | null;
}

/** Minimal sets of organisations that halt or split the core. */
export interface GroupedSets {
  readonly halting: readonly (readonly string[])[];
  readonly splitting: readonly (readonly string[])[];
}

/** The quorum set that the core shares, what each organisation has a part in, and chances. */
export function networkPictures(
  { core, cluster, names }: NetworkView,
  orgs: readonly Organisation[],
  sets: GroupedSets | null,
  rows: readonly ChanceRow[] | null,
): readonly Picture[] {
  const found: Picture[] = [];
  if (cluster !== null) {
    const named = new Map(core.ids.map((id) => [id, names.of(id)]));
    const groups = new Map(core.ids.map((id) => [id, names.groupOf(id)]));
    found.push(quorumPicture(cluster, { names: named, groups }));
  }
  if (sets !== null && orgs.length > 1) {
    const title = "In how many minimal sets of organisations each is, in %";
    const share = (name: string, of: readonly (readonly string[])[]): number | null =>
      of.length === 0 ? null : (100 * of.filter((set) => set.includes(name)).length) / of.length;
    const svg = heatMapSvg({
      title,
      rows: orgs.map(({ name }) => name),
      columns: ["halt", "split"],
      values: orgs.map(({ name }) => [share(name, sets.halting), share(name, sets.splitting)]),
      unit: "%",
    });
    found.push({ name: "organisations", title, svg });
  }
  if (rows !== null) found.push(chancePicture(rows));
  return found;
}
