import type { ClientMessage } from "@eunomia/aneris-switch/messages";
import { equalBytes } from "@eunomia/codec";
import type { Random } from "@eunomia/engine";

/** A request for a session: the same nonce however often it is asked, so that the answer can be told. */
export class Registration {
  /** How often it was asked. */
  attempts = 0;
  /** When to ask again. */
  dueAt = Number.NEGATIVE_INFINITY;
  readonly #nonce = new Uint8Array(32);

  constructor(random: Random) {
    const view = new DataView(this.#nonce.buffer);
    for (let i = 0; i < 32; i += 4) view.setUint32(i, random.next());
  }

  ask(dueAt: number): ClientMessage {
    this.attempts += 1;
    this.dueAt = dueAt;
    return { kind: "register", nonce: this.#nonce };
  }

  /** Whether this nonce was asked for. */
  asked(nonce: Uint8Array): boolean {
    return this.attempts > 0 && equalBytes(nonce, this.#nonce);
  }
}
