import type { Done, FileSystem, OpenFile, OpenMode } from "../src/file-system.ts";

const sectorBytes = 512;

interface Node {
  /** What readers see. */
  bytes: Uint8Array;
  /** What is on the platter. */
  durable: Uint8Array;
  /** Sectors written since the last sync. */
  readonly dirty: Set<number>;
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: asked for by a test`), { code });
}

function resized(bytes: Uint8Array, length: number): Uint8Array {
  const grown = new Uint8Array(length);
  grown.set(bytes.subarray(0, length));
  return grown;
}

/**
 * A disk in memory that keeps what was synced apart from what was only written. Any operation can be made to fail, or to be
 * the last one before a power cut; after a cut, each unsynced sector and each unsynced change of a name is there or not, as
 * `chance` says (names: a prefix of the changes, as journalling file systems do).
 */
export class SimulatedDisk implements FileSystem {
  #names = new Map<string, Node>();
  #durableNames = new Map<string, Node>();
  #nameChanges: ((names: Map<string, Node>) => void)[] = [];
  #life = 0;
  operations = 0;
  /** The operation with this number fails, and what it should have written is lost in part. */
  failAt = Number.POSITIVE_INFINITY;
  failCode = "EIO";
  /** From this operation on the machine is off: everything throws. */
  cutAt = Number.POSITIVE_INFINITY;

  /** A number from 0 below `limit`. */
  readonly #chance: (limit: number) => number;

  constructor(chance: (limit: number) => number = () => 0) {
    this.#chance = chance;
  }

  /** The power goes and comes back. */
  restart(): void {
    this.#life++;
    const names = new Map(this.#durableNames);
    const kept = this.#chance(this.#nameChanges.length + 1);
    for (const change of this.#nameChanges.slice(0, kept)) change(names);
    for (const node of new Set([...names.values()])) {
      const length = node.dirty.size === 0 ? node.durable.length : node.bytes.length;
      node.durable = resized(node.durable, length);
      for (const sector of node.dirty) {
        if (this.#chance(2) === 0) continue;
        const from = sector * sectorBytes;
        node.durable.set(node.bytes.subarray(from, Math.min(from + sectorBytes, length)), from);
      }
      node.bytes = node.durable.slice();
      node.dirty.clear();
    }
    this.#names = names;
    this.#durableNames = new Map(names);
    this.#nameChanges = [];
    this.failAt = Number.POSITIVE_INFINITY;
    this.cutAt = Number.POSITIVE_INFINITY;
  }

  /** The process dies, the machine does not: everything written stays, nothing more is synced than was. */
  kill(): void {
    this.#life++;
    this.failAt = Number.POSITIVE_INFINITY;
    this.cutAt = Number.POSITIVE_INFINITY;
  }

  /** The disk as one process sees it: dead with the next `restart` or `kill`, whatever it still has in flight. */
  session(): FileSystem {
    const life = this.#life;
    const alive = <T>(work: () => T): T => {
      if (life !== this.#life) throw failure("EDEAD");
      return work();
    };
    const guard = (file: OpenFile): OpenFile => ({
      sizeBytes: () => alive(() => file.sizeBytes()),
      read: (target, offset) => alive(() => file.read(target, offset)),
      write: (bytes, offset) => alive(() => file.write(bytes, offset)),
      sync: () => alive(() => file.sync()),
      writeLater: (bytes, offset, done) => later(done, () => alive(() => file.write(bytes, offset))),
      syncLater: (done) => later(done, () => alive(() => file.sync())),
      truncate: (sizeBytes) => alive(() => file.truncate(sizeBytes)),
      close: () => file.close(),
    });
    return {
      createDirectory: (path) => this.createDirectory(path),
      list: (directory) => alive(() => this.list(directory)),
      open: (path, mode) => alive(() => guard(this.open(path, mode))),
      rename: (from, to) => alive(() => this.rename(from, to)),
      link: (from, to) => alive(() => this.link(from, to)),
      remove: (path) => alive(() => this.remove(path)),
      syncDirectory: (path) => alive(() => this.syncDirectory(path)),
      syncDirectoryLater: (path, done) => later(done, () => alive(() => this.syncDirectory(path))),
    };
  }

  /** A copy of everything as readers see it, durable; tests change bytes in copies. */
  copy(): SimulatedDisk {
    const copy = new SimulatedDisk(this.#chance);
    for (const [path, node] of this.#names) {
      const same: Node = { bytes: node.bytes.slice(), durable: node.bytes.slice(), dirty: new Set() };
      copy.#names.set(path, same);
      copy.#durableNames.set(path, same);
    }
    return copy;
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  bytesOf(path: string): Uint8Array {
    return this.#node(path).bytes;
  }

  /** Replaces a file's content behind everybody's back. */
  put(path: string, bytes: Uint8Array): void {
    const node = { bytes, durable: bytes.slice(), dirty: new Set<number>() };
    this.#names.set(path, node);
    this.#durableNames.set(path, node);
  }

  createDirectory(_path: string): void {}

  list(directory: string): string[] {
    return this.paths()
      .filter((path) => path.startsWith(`${directory}/`))
      .map((path) => path.slice(directory.length + 1));
  }

  open(path: string, mode: OpenMode): OpenFile {
    if (mode === "create") {
      if (this.#names.has(path)) throw failure("EEXIST");
      const node: Node = { bytes: new Uint8Array(0), durable: new Uint8Array(0), dirty: new Set() };
      this.#step();
      this.#change((names) => names.set(path, node));
    }
    return this.#file(this.#node(path), mode === "write-through");
  }

  rename(from: string, to: string): void {
    const node = this.#node(from);
    this.#step();
    this.#change((names) => {
      names.delete(from);
      names.set(to, node);
    });
  }

  link(from: string, to: string): void {
    if (this.#names.has(to)) throw failure("EEXIST");
    const node = this.#node(from);
    this.#step();
    this.#change((names) => names.set(to, node));
  }

  remove(path: string): void {
    this.#node(path);
    this.#step();
    this.#change((names) => names.delete(path));
  }

  syncDirectory(_path: string): void {
    this.#step();
    this.#durableNames = new Map(this.#names);
    this.#nameChanges = [];
  }

  syncDirectoryLater(path: string, done: Done): void {
    later(done, () => this.syncDirectory(path));
  }

  #file(node: Node, writeThrough: boolean): OpenFile {
    let closed = false;
    const write = (bytes: Uint8Array, offset: number) => {
      if (closed) throw failure("EBADF");
      try {
        this.#step();
      } catch (error) {
        // A write that fails or is cut short may have happened in part: a number of whole sectors.
        const end = Math.floor((offset + this.#chance(bytes.length + 1)) / sectorBytes) * sectorBytes;
        this.#write(node, bytes.subarray(0, Math.max(0, end - offset)), offset);
        throw error;
      }
      this.#write(node, bytes, offset);
      if (writeThrough) settle(node);
    };
    const sync = () => {
      if (closed) throw failure("EBADF");
      this.#step();
      settle(node);
    };
    return {
      sizeBytes: () => node.bytes.length,
      read: (target, offset) => {
        const there = node.bytes.subarray(offset, offset + target.length);
        target.set(there);
        return there.length;
      },
      write,
      sync,
      writeLater: (bytes, offset, done) => later(done, () => write(bytes, offset)),
      syncLater: (done) => later(done, sync),
      truncate: (sizeBytes) => {
        this.#step();
        node.bytes = resized(node.bytes, sizeBytes);
        node.dirty.add(Math.floor(sizeBytes / sectorBytes));
      },
      close: () => {
        closed = true;
      },
    };
  }

  #write(node: Node, bytes: Uint8Array, offset: number): void {
    if (bytes.length === 0) return;
    if (offset + bytes.length > node.bytes.length) node.bytes = resized(node.bytes, offset + bytes.length);
    node.bytes.set(bytes, offset);
    const last = Math.floor((offset + bytes.length - 1) / sectorBytes);
    for (let sector = Math.floor(offset / sectorBytes); sector <= last; sector++) node.dirty.add(sector);
  }

  #change(change: (names: Map<string, Node>) => void): void {
    change(this.#names);
    this.#nameChanges.push(change);
  }

  #node(path: string): Node {
    const node = this.#names.get(path);
    if (!node) throw failure("ENOENT");
    return node;
  }

  #step(): void {
    this.operations++;
    if (this.operations >= this.cutAt) throw failure("ECUT");
    if (this.operations === this.failAt) throw failure(this.failCode);
  }
}

function settle(node: Node): void {
  node.durable = node.bytes.slice();
  node.dirty.clear();
}

function later(done: Done, work: () => void): void {
  setImmediate(() => {
    try {
      work();
    } catch (error) {
      return done(error as Error);
    }
    done(null);
  });
}
