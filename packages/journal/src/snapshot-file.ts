import { createHash } from "node:crypto";
import {
  chunkLength,
  decodeManifest,
  encodeManifest,
  type SnapshotChunk,
  type SnapshotManifest,
  sealManifest,
} from "@eunomia/engine";
import type { FileSystem, OpenFile } from "./file-system.ts";
import { onPool, withFile } from "./files.ts";
import { checksum, getInteger, headerBytes, setInteger, viewOf } from "./segment.ts";

/** The native one. */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(bytes).digest());

/**
 * A snapshot is one file: header, the chunks end to end, the manifest, and a footer. It is the same in a store and on its way
 * between clusters.
 *
 *     header, 512 bytes: 0 magic (8) · 8 version (2) · 508 checksum of the 508 bytes before
 *     footer, 32 bytes: 0 magic · 4 bytes of the manifest · 8 where the manifest begins (8) · 16 checksum of the manifest
 *                       28 checksum of the 28 bytes before
 */
const magic = new TextEncoder().encode("EUNOMIAC");
const footerMagic = 0xc0d1f1e5;
const footerBytes = 32;
const formatVersion = 1;

const offsetOf = (chunkBytes: number, index: number): number => headerBytes + index * chunkBytes;

function encodeFileHeader(): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  bytes.set(magic);
  const view = viewOf(bytes);
  view.setUint16(8, formatVersion);
  view.setUint32(headerBytes - 4, checksum(bytes.subarray(0, headerBytes - 4), 0));
  return bytes;
}

/** Manifest and footer, as they stand behind the chunks. */
function encodeEnd(manifest: SnapshotManifest): Uint8Array {
  const encoded = encodeManifest(manifest);
  const bytes = new Uint8Array(encoded.length + footerBytes);
  bytes.set(encoded);
  const footer = bytes.subarray(encoded.length);
  const view = viewOf(footer);
  view.setUint32(0, footerMagic);
  view.setUint32(4, encoded.length);
  setInteger(view, 8, headerBytes + manifest.sizeBytes);
  view.setUint32(16, checksum(encoded, 0));
  view.setUint32(28, checksum(footer.subarray(0, 28), 0));
  return bytes;
}

/** A snapshot file under way: chunks go where they belong, in any order. Not durable before `seal`. */
export class SnapshotFileWriter {
  readonly #file: OpenFile;
  readonly #chunkBytes: number;

  constructor(file: OpenFile, chunkBytes: number) {
    this.#file = file;
    this.#chunkBytes = chunkBytes;
  }

  put(index: number, bytes: Uint8Array): void {
    this.#file.write(bytes, offsetOf(this.#chunkBytes, index));
  }

  putLater(index: number, bytes: Uint8Array): Promise<void> {
    return onPool((done) => this.#file.writeLater(bytes, offsetOf(this.#chunkBytes, index), done));
  }

  /** What was put there; fewer bytes where the file ends. */
  read(index: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, this.#file.read(bytes, offsetOf(this.#chunkBytes, index)));
  }

  /** Completes the file durably and closes it. */
  async seal(manifest: SnapshotManifest): Promise<void> {
    const end = encodeEnd(manifest);
    const at = headerBytes + manifest.sizeBytes;
    await onPool((done) => this.#file.writeLater(encodeFileHeader(), 0, done));
    await onPool((done) => this.#file.writeLater(end, at, done));
    if (this.#file.sizeBytes() > at + end.length) this.#file.truncate(at + end.length);
    await onPool((done) => this.#file.syncLater(done));
    this.#file.close();
  }

  abandon(): void {
    this.#file.close();
  }
}

/** Writes all chunks to a new file, durable when it answers. Stops between chunks when `stopped` throws. */
export async function writeSnapshotFile(
  files: FileSystem,
  path: string,
  head: { readonly cluster: string; readonly slot: number; readonly chunkBytes: number },
  chunks: Iterable<Uint8Array>,
  stopped: () => void,
): Promise<SnapshotManifest> {
  const writer = new SnapshotFileWriter(files.open(path, "create"), head.chunkBytes);
  try {
    const digests: Uint8Array[] = [];
    let sizeBytes = 0;
    for (const chunk of chunks) {
      await writer.putLater(digests.length, chunk);
      stopped();
      digests.push(sha256(chunk));
      sizeBytes += chunk.length;
    }
    const manifest = sealManifest(sha256, { ...head, sizeBytes }, digests);
    await writer.seal(manifest);
    return manifest;
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** The manifest of a snapshot file, or why it is none. Chunks are not read. */
export function readFileManifest(files: FileSystem, path: string): SnapshotManifest | string {
  return withFile(files, path, (file) => {
    const header = new Uint8Array(headerBytes);
    if (file.read(header, 0) < headerBytes) return "the file ends within its header";
    const view = viewOf(header);
    if (magic.some((byte, at) => header[at] !== byte)) return "the file is not a snapshot";
    if (view.getUint16(8) > formatVersion)
      return `written by a newer version of the format, ${view.getUint16(8)}; this one reads ${formatVersion}`;
    if (checksum(header.subarray(0, headerBytes - 4), 0) !== view.getUint32(headerBytes - 4))
      return "the header fails its checksum";
    const sizeBytes = file.sizeBytes();
    const footer = new Uint8Array(footerBytes);
    if (sizeBytes < headerBytes + footerBytes) return "the file ends before its footer";
    file.read(footer, sizeBytes - footerBytes);
    const end = viewOf(footer);
    if (end.getUint32(0) !== footerMagic || checksum(footer.subarray(0, 28), 0) !== end.getUint32(28))
      return "the footer fails its checksum: the file was cut short or damaged";
    const at = getInteger(end, 8);
    const encoded = new Uint8Array(end.getUint32(4));
    if (at + encoded.length + footerBytes !== sizeBytes) return "the file is not as long as its footer says";
    file.read(encoded, at);
    if (checksum(encoded, 0) !== end.getUint32(16)) return "the manifest fails its checksum";
    const manifest = decodeManifest(sha256, encoded);
    if (typeof manifest === "string") return `the manifest does not hold together: ${manifest}`;
    return headerBytes + manifest.sizeBytes === at
      ? manifest
      : "the chunks are not as long as the manifest says";
  });
}

/** One chunk of a snapshot file, if it is what the manifest says. */
export function readFileChunk(
  files: FileSystem,
  path: string,
  manifest: SnapshotManifest,
  index: number,
): SnapshotChunk {
  const digest = manifest.digests[index];
  if (digest === undefined) return { ok: false, reason: "no such chunk" };
  return withFile(files, path, (file): SnapshotChunk => {
    const bytes = new Uint8Array(chunkLength(manifest, index));
    const got = file.read(bytes, offsetOf(manifest.chunkBytes, index));
    const intact = got === bytes.length && Buffer.compare(sha256(bytes), digest) === 0;
    return intact ? { ok: true, bytes } : { ok: false, reason: `${path}: chunk ${index} fails its digest` };
  });
}
