import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { LocalCluster } from "../local/cluster.ts";
import { freePorts } from "../local/ports.ts";
import type { NodeAddress } from "../node/config.ts";
import type { TroubleOrder } from "../node/troubles.ts";
import { inNamespaces, mountSmallDisk, NamespaceNetwork } from "./namespaces.ts";
import { ballastName } from "./samples.ts";

/** By what a trouble is brought about. */
export interface Means {
  readonly trouble: string;
  readonly by: string;
}

/** The node on a disk of its own, where the machine allows that, and the room there. */
export interface SmallDisk {
  readonly node: string;
  readonly bytes: number;
}

/**
 * What nodes stand on, and how it fails them: the network and the disk of the machine where it lets them fail, else doors in the
 * nodes that pretend to.
 */
export class Surroundings {
  /** Where all nodes listen that there are or will be. */
  readonly places: readonly NodeAddress[];
  /** The node whose disk is full at times, where that is a real one; null: anybody's can be. */
  readonly smallDisk: string | null;
  readonly means: readonly Means[];
  readonly #network: NamespaceNetwork | null;
  readonly #smallDiskBytes: number;
  readonly #orders = new Map<string, TroubleOrder>();
  #cluster: LocalCluster | null = null;

  private constructor(
    places: readonly NodeAddress[],
    network: NamespaceNetwork | null,
    small: SmallDisk | null,
    why: string,
  ) {
    this.places = places;
    this.#network = network;
    this.smallDisk = small?.node ?? null;
    this.#smallDiskBytes = small?.bytes ?? 0;
    const told = (real: string, pretended: string): string =>
      network === null ? `${pretended} (${why})` : real;
    this.means = [
      { trouble: "kill, pause", by: "SIGKILL, SIGSTOP and SIGCONT" },
      {
        trouble: "isolate, one-way cut, split",
        by: told(
          "network namespaces: packets are lost between the nodes' network stacks",
          "messages are dropped inside of the nodes; connections stay",
        ),
      },
      {
        trouble: "full disk",
        by: told(
          `a file system of ${this.#smallDiskBytes >> 20} MiB in memory, filled up`,
          "writes inside of the node fail with ENOSPC",
        ),
      },
      { trouble: "slow disk", by: "syncs inside of the node are delayed" },
      { trouble: "slow network", by: "messages inside of the nodes are delayed" },
      {
        trouble: "clock jump",
        by: "the clock inside of the node is put forward: it is monotonic, so that it never goes back, and the time of day is not asked",
      },
    ];
  }

  /** @param why Why there are no namespaces, where there are none. */
  static async open(ids: readonly string[], small: SmallDisk, why: string): Promise<Surroundings> {
    if (inNamespaces()) {
      const network = await NamespaceNetwork.open(ids);
      return new Surroundings(network.places, network, small, why);
    }
    const ports = await freePorts(ids.length);
    return new Surroundings(
      ids.map((id, i) => ({ id, host: "127.0.0.1", port: ports[i]! })),
      null,
      null,
      why,
    );
  }

  get within(): { within(id: string): readonly string[] } | Record<string, never> {
    return this.#network === null ? {} : { within: this.#network.within };
  }

  /** Before any node starts. */
  async attach(cluster: LocalCluster): Promise<void> {
    this.#cluster = cluster;
    if (this.smallDisk !== null)
      await mountSmallDisk(cluster.dataDirectory(this.smallDisk), this.#smallDiskBytes);
  }

  /** Nothing comes through from the first of each pair to the second. */
  async cut(pairs: readonly (readonly [from: string, to: string])[]): Promise<void> {
    for (const [from, to] of pairs)
      if (this.#network !== null) await this.#network.cut(from, to);
      else this.#order(from, { muteTo: [...(this.#orders.get(from)?.muteTo ?? []), to] });
  }

  slowNetwork(ids: readonly string[], networkDelayMs: number): void {
    for (const id of ids) this.#order(id, { networkDelayMs });
  }

  slowDisk(id: string, diskDelayMs: number): void {
    this.#order(id, { diskDelayMs });
  }

  putForward(id: string, byMs: number): void {
    this.#order(id, { clockAheadMs: (this.#orders.get(id)?.clockAheadMs ?? 0) + byMs });
  }

  fill(id: string): void {
    if (this.smallDisk === null) return this.#order(id, { diskFull: true });
    const file = openSync(this.#ballast, "a", 0o600);
    for (let piece = 1 << 20; piece >= 1; )
      try {
        writeSync(file, Buffer.alloc(piece));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        piece >>= 1; // No room for so much: the rest is filled with less.
      }
    closeSync(file);
  }

  /** Everything is as it should be, but for clocks: they stay where they are. */
  async heal(): Promise<void> {
    await this.#network?.heal();
    if (this.smallDisk !== null) rmSync(this.#ballast, { force: true });
    for (const [id, { clockAheadMs = 0 }] of this.#orders) {
      this.#orders.set(id, { clockAheadMs });
      this.#cluster?.trouble(id, { clockAheadMs });
    }
  }

  get #ballast(): string {
    return join(this.#cluster!.dataDirectory(this.smallDisk!), ballastName);
  }

  #order(id: string, more: TroubleOrder): void {
    const order = { ...this.#orders.get(id), ...more };
    this.#orders.set(id, order);
    this.#cluster?.trouble(id, order);
  }
}
