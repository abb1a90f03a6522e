import type { Application, Delivery } from "@eunomia/aneris-switch";
import { readBatch } from "@eunomia/aneris-switch/messages";
import { bytes, compareBytes, concat, decode, encode, nat, record, toHex } from "@eunomia/codec";
import { sha256 } from "./simulated-node.ts";

const State = record({ slot: nat(), commands: nat(), digest: bytes(32) });

/** What an application of one node tells the run. */
export interface TallyEars {
  /** The digest of everything that was applied up to a slot: it is the same at every node. */
  applied(slot: number, digest: string): void;
  failed(what: string): void;
}

/**
 * The least application that notices any slot, or command, that is missing, repeated, changed or out of place: a hash over all of
 * them. `livesOn` is a twin: its snapshots say that they are frozen and are not.
 */
export class Tally implements Application {
  readonly frozenSnapshots: boolean;
  readonly #ears: TallyEars;
  readonly #livesOn: boolean;
  #slot = 0;
  #commands = 0;
  #digest: Uint8Array = new Uint8Array(32);

  constructor(ears: TallyEars, frozen: boolean, livesOn: boolean) {
    this.#ears = ears;
    this.frozenSnapshots = frozen || livesOn;
    this.#livesOn = livesOn;
  }

  apply({ slot, vector }: Delivery): void {
    if (slot !== this.#slot + 1) this.#ears.failed(`slot ${slot} was applied after slot ${this.#slot}`);
    this.#slot = slot;
    this.#commands += readBatch(vector)?.length ?? 0;
    this.#digest = sha256(concat(this.#digest, sha256(vector)));
    this.#ears.applied(slot, toHex(this.#digest));
  }

  snapshot(): Iterable<Uint8Array> {
    const now = encode(State, this.#state());
    const state = (): Uint8Array => (this.#livesOn ? encode(State, this.#state()) : now);
    // Many pieces, so that a snapshot has several chunks.
    return (function* () {
      for (let i = 0; i < 40; i += 1) yield state();
    })();
  }

  restore(pieces: Iterable<Uint8Array>): void {
    const all = [...pieces];
    const differ = all.some((piece) => compareBytes(piece, all[0]!) !== 0);
    if (all.length !== 40 || differ)
      this.#ears.failed(`a snapshot of ${all.length} pieces, or of several slots`);
    const { slot, commands, digest } = decode(State, all[0]!);
    this.#slot = slot;
    this.#commands = commands;
    this.#digest = Uint8Array.from(digest);
    this.#ears.applied(slot, toHex(this.#digest));
  }

  #state() {
    return { slot: this.#slot, commands: this.#commands, digest: this.#digest };
  }
}
