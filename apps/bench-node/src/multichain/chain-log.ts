import { join } from "node:path";
import { DecodeError, decode, encode } from "@eunomia/codec";
import type { SlotLog } from "@eunomia/engine";
import {
  certificateProblem,
  HeteroPaxosMessage,
  lawOf,
  nodeConfig,
  type Scheme,
} from "@eunomia/hetero-paxos";
import { openFileSlotLog } from "@eunomia/journal/file";
import { folderOf, type Setup } from "./setup.ts";
import type { Chain, Laws } from "./stake.ts";
import { type Law, lawOptions } from "./voting.ts";

/** What was decided: the value, and the votes that convince everybody who has the public keys. */
export type Decision = Extract<HeteroPaxosMessage, { readonly kind: "decision" }>;

/** A log on disk that cannot be read, or holds what was never decided. */
export class ChainLogError extends Error {
  readonly code: "unreadable" | "not-decided";
  constructor(code: ChainLogError["code"], message: string) {
    super(message);
    this.name = "ChainLogError";
    this.code = code;
  }
}

/** @throws ChainLogError `unreadable`; JournalError. */
function openedLog(directory: string, cluster: string, id: string, chain: Chain): SlotLog {
  const log = openFileSlotLog({ directory, tag: `${cluster}/${id}/${chain}`, segmentBytes: 1 << 20 });
  const found = log.open();
  if (found.kind === "unreadable")
    throw new ChainLogError(
      "unreadable",
      `${found.file}: expected the log of ${chain}, got damage at byte ${found.offset} (${found.reason})`,
    );
  return log;
}

/** The log of one chain at one validator: decisions from height 1 on, each with its certificate. */
export class ChainLog {
  readonly #log: SlotLog;
  /** Decided above the next height. */
  readonly #early = new Map<number, Decision>();
  #syncing = false;

  constructor(directory: string, cluster: string, id: string, chain: Chain) {
    this.#log = openedLog(join(folderOf(directory, id), chain), cluster, id, chain);
  }

  get height(): number {
    return this.#log.last;
  }

  /**
   * Takes a decision of any height. Durable soon after: what is lost with the process is learned again.
   *
   * @returns what follows in the log now, in order; null: it was no news.
   */
  take(decision: Decision): Decision[] | null {
    const { slot } = decision.certificate.instance;
    if (slot <= this.height || this.#early.has(slot)) return null;
    this.#early.set(slot, decision);
    const taken: Decision[] = [];
    for (;;) {
      const next = this.#early.get(this.height + 1);
      if (next === undefined) break;
      this.#log.append(this.height + 1, encode(HeteroPaxosMessage, next));
      this.#early.delete(this.height);
      taken.push(next);
    }
    this.#sync();
    return taken;
  }

  #sync(): void {
    if (this.#syncing) return;
    this.#syncing = true;
    this.#log.sync().finally(() => {
      this.#syncing = false;
    });
  }

  /** Heights that are missing below one that is known. */
  gaps(): number[] {
    const top = Math.max(this.height, ...this.#early.keys());
    const above = Array.from({ length: top - this.height }, (_, i) => this.height + 1 + i);
    return above.filter((height) => !this.#early.has(height));
  }

  /** All of it, from the first height on. */
  read(): Decision[] {
    const decisions: Decision[] = [];
    for (let from = this.#log.first; from <= this.#log.last; ) {
      const entries = this.#log.read(from, 1 << 20);
      decisions.push(...entries.map(({ bytes }) => decode(HeteroPaxosMessage, bytes) as Decision));
      from = entries.at(-1)!.slot + 1;
    }
    return decisions;
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

/** What stands under everything that is signed for a law. */
export function lawBytes(
  setup: Pick<Setup, "cluster"> & { readonly laws: Laws },
  scheme: Scheme,
  law: Law,
): Uint8Array {
  const options = lawOptions(setup, law);
  return lawOf(scheme, nodeConfig({ ...options, self: options.watchers![0]! }));
}

/**
 * The values of a chain as a validator has them on disk, from height 1 on. Every one of them is checked with public keys alone: that
 * validators with more than the quorum's part of the stake signed it.
 *
 * @throws ChainLogError, JournalError while the validator runs.
 */
export async function provenLog(
  directory: string,
  setup: Pick<Setup, "cluster"> & { readonly laws: Laws },
  scheme: Scheme,
  { id, chain }: { readonly id: string; readonly chain: Chain },
): Promise<Uint8Array[]> {
  const log = new ChainLog(directory, setup.cluster, id, chain);
  const law = lawBytes(setup, scheme, chain);
  try {
    return log.read().map(({ certificate, value }, i) => {
      const problem =
        certificateProblem(setup.laws[chain], scheme, law, certificate) ??
        (certificate.learner === chain && certificate.instance.slot === i + 1 ? null : "another slot") ??
        (Buffer.compare(scheme.digest(value), certificate.ballot.value) === 0 ? null : "another value");
      if (problem === null) return value;
      throw new ChainLogError(
        "not-decided",
        `the log of ${chain} at ${id}: expected height ${i + 1} to be decided, got a certificate that does not hold (${problem})`,
      );
    });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new ChainLogError(
      "unreadable",
      `the log of ${chain} at ${id}: expected decisions, got ${error.message}`,
    );
  } finally {
    await log.close();
  }
}
