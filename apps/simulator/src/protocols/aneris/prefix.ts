import type { Application, Delivery } from "@eunomia/aneris-switch";
import { readBatch } from "@eunomia/aneris-switch/messages";
import { utf8Encode } from "@eunomia/codec";

/** How many commands were executed, and which was the last one: all that a reader needs to know which prefix it sees. */
export class Prefix implements Application {
  #count = 0;
  #last = "";

  apply({ vector }: Delivery): void {
    for (const entry of readBatch(vector) ?? []) {
      if (entry.kind !== "command") continue;
      this.#count += 1;
      this.#last = `${entry.client}:${entry.seq}`;
    }
  }

  query(): Uint8Array {
    return utf8Encode(`${this.#count} ${this.#last}`);
  }

  /** Nodes of these runs keep their whole logs. */
  snapshot(): Iterable<Uint8Array> {
    return [];
  }
  restore(): void {
    throw new Error("no snapshot was made");
  }
}
