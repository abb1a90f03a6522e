import * as fs from "node:fs";

/** Called when work on the thread pool ended; null: it succeeded. */
export type Done = (error: Error | null) => void;

/** An open file. Offsets and sizes in bytes. Whatever fails throws (or reports) an `Error` with a system `code`. */
export interface OpenFile {
  sizeBytes(): number;
  /** Fills `target` from `offset` on; answers how many bytes there were. */
  read(target: Uint8Array, offset: number): number;
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array, offset: number): void;
  /** As fdatasync: everything written to the file is durable afterwards. */
  sync(): void;
  /** The same two away from this thread. The caller leaves `bytes` alone until `done`. */
  writeLater(bytes: Uint8Array, offset: number, done: Done): void;
  syncLater(done: Done): void;
  truncate(sizeBytes: number): void;
  close(): void;
}

/**
 * How a file is opened: `read`; `write`, an existing file; `write-through`, an existing file whose every write is durable
 * when it returns (O_DSYNC); `create`, a new file, or `EEXIST`.
 */
export type OpenMode = "read" | "write" | "write-through" | "create";

/** All that this package asks of a file system. Paths are joined with `/`. */
export interface FileSystem {
  createDirectory(path: string): void;
  list(directory: string): readonly string[];
  open(path: string, mode: OpenMode): OpenFile;
  rename(from: string, to: string): void;
  /** A second name for the file; `EEXIST` if the name is taken. */
  link(from: string, to: string): void;
  remove(path: string): void;
  /** Makes names created, changed and removed in the directory durable. */
  syncDirectory(path: string): void;
  syncDirectoryLater(path: string, done: Done): void;
}

const flags: Readonly<Record<OpenMode, number>> = {
  read: fs.constants.O_RDONLY,
  write: fs.constants.O_RDWR,
  // Windows has no O_DSYNC: nobody asks for this mode there, see `writesThrough`.
  "write-through": fs.constants.O_RDWR | (fs.constants.O_DSYNC ?? 0),
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
};

/**
 * Does the platform have a `write-through` worth its name? On macOS it does not empty the disk's own cache, whereas Node's
 * `fdatasync` does.
 */
export const writesThrough = fs.constants.O_DSYNC !== undefined && process.platform !== "darwin";

/** A short write is continued where it stopped; a write of nothing is an error rather than an endless loop. */
function writeAll(fd: number, bytes: Uint8Array, offset: number): void {
  let written = 0;
  while (written < bytes.length) {
    const count = fs.writeSync(fd, bytes, written, bytes.length - written, offset + written);
    if (count === 0) throw Object.assign(new Error("nothing was written"), { code: "EIO" });
    written += count;
  }
}

function writeAllLater(fd: number, bytes: Uint8Array, from: number, offset: number, done: Done): void {
  fs.write(fd, bytes, from, bytes.length - from, offset + from, (error, count) => {
    if (error) done(error);
    else if (from + count === bytes.length) done(null);
    else if (count === 0) done(Object.assign(new Error("nothing was written"), { code: "EIO" }));
    else writeAllLater(fd, bytes, from + count, offset, done);
  });
}

function openFile(fd: number): OpenFile {
  return {
    sizeBytes: () => fs.fstatSync(fd).size,
    read: (target, offset) => {
      let got = 0;
      while (got < target.length) {
        const count = fs.readSync(fd, target, got, target.length - got, offset + got);
        if (count === 0) break;
        got += count;
      }
      return got;
    },
    write: (bytes, offset) => writeAll(fd, bytes, offset),
    sync: () => fs.fdatasyncSync(fd),
    writeLater: (bytes, offset, done) => writeAllLater(fd, bytes, 0, offset, done),
    syncLater: (done) => fs.fdatasync(fd, done),
    truncate: (sizeBytes) => fs.ftruncateSync(fd, sizeBytes),
    close: () => fs.closeSync(fd),
  };
}

/** The real one, on `node:fs`. */
export const nodeFileSystem: FileSystem = {
  createDirectory: (path) => {
    fs.mkdirSync(path, { recursive: true });
  },
  list: (directory) => fs.readdirSync(directory),
  open: (path, mode) => openFile(fs.openSync(path, flags[mode], 0o600)),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  syncDirectory: (path) => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY);
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  syncDirectoryLater: (path, done) => {
    fs.open(path, fs.constants.O_RDONLY, (failed, fd) => {
      if (failed) return done(failed);
      fs.fsync(fd, (error) => fs.close(fd, () => done(error)));
    });
  },
};
