import type { FileSystem } from "./file-system.ts";
import { readHeader, type Unreadable, unreadable } from "./files.ts";
import { decodeHeader, type SegmentHeader, type SegmentKind, segmentName, segmentNumber } from "./segment.ts";

export interface Link {
  readonly path: string;
  readonly name: string;
  readonly header: SegmentHeader;
}

export interface Chain {
  readonly kind: "chain";
  /** From the base or the start on, consecutive numbers, one lineage. Empty: there are no segments. */
  readonly links: readonly Link[];
  /** Segments before those in force: a crash came before they were dropped. */
  readonly obsolete: readonly string[];
}

/**
 * Finds the segments in force: the newest base and all behind it, or those from `start` on where that is newer (earlier ones
 * were dropped). Every header among them must be intact, and their numbers consecutive; what stands before is not read.
 */
export function findChain(
  files: FileSystem,
  directory: string,
  expected: { readonly kind: SegmentKind; readonly tag: string },
  start: { readonly lineage: number; readonly number: number } | null = null,
): Chain | Unreadable {
  const numbers: number[] = [];
  for (const name of files.list(directory)) {
    const number = segmentNumber(name);
    if (number !== null) numbers.push(number);
  }
  numbers.sort((a, b) => b - a);
  const links: Link[] = [];
  for (const number of numbers) {
    const name = segmentName(number);
    const path = `${directory}/${name}`;
    const next = links[0];
    if (next && next.header.number !== number + 1) {
      return unreadable(`${directory}/${segmentName(number + 1)}`, 0, "this segment is missing");
    }
    const header = decodeHeader(readHeader(files, path), { ...expected, number });
    if (typeof header === "string") return unreadable(path, 0, header);
    if (next && next.header.lineage !== header.lineage) {
      return unreadable(path, 0, "this segment is of another lineage than the one after it");
    }
    links.unshift({ path, name, header });
    if (header.base || number === start?.number) break;
  }
  const base = links[0];
  if (base && start && base.header.lineage !== start.lineage) {
    return unreadable(
      base.path,
      0,
      "this segment is of another lineage than the mark of where the log begins",
    );
  }
  if (!base && start)
    return unreadable(`${directory}/${segmentName(start.number)}`, 0, "this segment is missing");
  if (base && !base.header.base && base.header.number !== start?.number) {
    return unreadable(`${directory}/${segmentName(base.header.number - 1)}`, 0, "this segment is missing");
  }
  const obsolete = numbers.filter((number) => base && number < base.header.number).map(segmentName);
  return { kind: "chain", links, obsolete };
}
