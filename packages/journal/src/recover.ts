import { findChain, type Link } from "./chain.ts";
import type { FileSystem } from "./file-system.ts";
import {
  type CloseMark,
  closeMarkName,
  readCloseMark,
  readWhole,
  type Unreadable,
  unreadable,
} from "./files.ts";
import { type FrameHeader, payloadIntact, readFrameHeader, recordsOf } from "./frame.ts";
import { headerBytes, saltOf } from "./segment.ts";
import { judgeTail } from "./tail.ts";

/** A readable journal, as it stands on the disk. Nothing was changed yet: cutting the tear off is the opener's duty. */
export interface RecoveredJournal {
  readonly kind: "recovered";
  readonly records: readonly Uint8Array[];
  readonly tornBytes: number;
  /** Null: there is none, the journal is absent. */
  readonly last: Link | null;
  /** The segments in force before the last one. */
  readonly older: readonly Link[];
  /** Where the next frame goes in the last segment. */
  readonly endBytes: number;
  /** How many records there were ever: the number of the next one. */
  readonly position: number;
  /** Bytes of frames behind the snapshot. */
  readonly sinceSnapshotBytes: number;
  readonly closed: boolean;
  readonly obsolete: readonly string[];
}

/** Walks intact frames from `offset`; answers where they end. A gap in the positions ends them too. */
export function walkFrames(
  bytes: Uint8Array,
  from: { readonly offset: number; readonly position: number; readonly limit: number; readonly salt: number },
  visit: (offset: number, header: FrameHeader) => void,
): { readonly offset: number; readonly position: number } {
  let { offset, position } = from;
  while (offset < from.limit) {
    const header = readFrameHeader(bytes, offset, from.salt);
    if (!header || header.first !== position || !payloadIntact(bytes, offset, header, from.salt)) break;
    visit(offset, header);
    offset += header.totalBytes;
    position += header.count;
  }
  return { offset, position };
}

/** What a clean close promised, against what was found. Null: all is there. */
export function brokenPromise(
  mark: CloseMark,
  found: {
    readonly lineage: number;
    readonly number: number;
    readonly endBytes: number;
    readonly position: number;
  },
): string | null {
  const agree =
    mark.lineage === found.lineage &&
    mark.number === found.number &&
    mark.endBytes === found.endBytes &&
    mark.position === found.position;
  if (agree) return null;
  return `closed at record ${mark.position}, byte ${mark.endBytes} of segment ${mark.number}, but the records end at ${found.position}, byte ${found.endBytes} of segment ${found.number}`;
}

interface Progress {
  readonly records: Uint8Array[];
  position: number;
  endBytes: number;
  sinceSnapshotBytes: number;
}

/** Reads one segment that has a successor: it must hold exactly what the successor's header says. */
function readSealed(bytes: Uint8Array, link: Link, next: Link, progress: Progress): Unreadable | null {
  const { previousEndBytes, first } = next.header;
  const end = readFrames(bytes, link, previousEndBytes, progress);
  if (end.offset === previousEndBytes && end.position === first) return null;
  return unreadable(
    link.path,
    end.offset,
    `expected records up to ${first} and byte ${previousEndBytes}, got ${end.position} and ${end.offset}`,
  );
}

function readFrames(
  bytes: Uint8Array,
  { header }: Link,
  limit: number,
  progress: Progress,
): { readonly offset: number; readonly position: number } {
  const end = walkFrames(
    bytes,
    { offset: headerBytes, position: progress.position, limit, salt: saltOf(header) },
    (offset, frame) => {
      for (const record of recordsOf(bytes, offset, frame)) progress.records.push(record);
    },
  );
  progress.position = end.position;
  progress.endBytes = end.offset;
  progress.sinceSnapshotBytes += Math.max(0, end.offset - header.sealedBytes);
  return end;
}

/** Reads the whole journal and judges it. Changes nothing. Throws only what the file system throws. */
export function recoverJournal(
  files: FileSystem,
  directory: string,
  tag: string,
): RecoveredJournal | Unreadable {
  const mark = readCloseMark(files, directory, files.list(directory));
  if (mark !== null && "kind" in mark) return mark;
  const chain = findChain(files, directory, { kind: "journal", tag });
  if (chain.kind === "unreadable") return chain;
  const { links, obsolete } = chain;
  const progress: Progress = {
    records: [],
    position: links[0]?.header.first ?? 0,
    endBytes: 0,
    sinceSnapshotBytes: 0,
  };
  const last = links.at(-1) ?? null;
  let tornBytes = 0;
  for (const [index, link] of links.entries()) {
    const bytes = readWhole(files, link.path);
    if (bytes.length !== link.header.sizeBytes) {
      const reason = `expected ${link.header.sizeBytes} bytes, got ${bytes.length}`;
      return unreadable(link.path, Math.min(bytes.length, link.header.sizeBytes), reason);
    }
    const next = links[index + 1];
    if (next) {
      const bad = readSealed(bytes, link, next, progress);
      if (bad) return bad;
    } else {
      const end = readFrames(bytes, link, bytes.length, progress);
      const tail = judgeTail(bytes, end.offset, end.position, saltOf(link.header));
      if (tail.kind === "damage") return unreadable(link.path, end.offset, tail.reason);
      if (end.offset < link.header.sealedBytes) {
        return unreadable(link.path, end.offset, "a record of the snapshot fails its checksum");
      }
      if (tail.kind === "torn") tornBytes = tail.tornBytes;
    }
  }
  if (mark) {
    const found = { ...progress, lineage: last?.header.lineage ?? 0, number: last?.header.number ?? 0 };
    const reason = tornBytes > 0 ? "closed cleanly, yet a frame behind the end" : brokenPromise(mark, found);
    if (reason) return unreadable(last?.path ?? `${directory}/${closeMarkName}`, progress.endBytes, reason);
  }
  return {
    kind: "recovered",
    ...progress,
    tornBytes,
    last,
    older: links.slice(0, -1),
    closed: mark !== null,
    obsolete,
  };
}
