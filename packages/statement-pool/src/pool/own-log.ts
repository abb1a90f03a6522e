import {
  bytes,
  DecodeError,
  decode,
  encode,
  fromHex,
  nat,
  type PrincipalId,
  record,
  toHex,
  variant,
} from "@eunomia/codec";
import { PoolError } from "../errors.ts";
import type { StatementType } from "../program/program.ts";
import { decodeBundle, encodeBundle } from "../statement/evidence.ts";
import type { Core, Id } from "../statement/types.ts";
import type { Value } from "../statement/value.ts";

const Record = variant({
  /** The statement names the slot that it takes; it stands there without evidence. */
  issued: record({ slot: bytes(32), cid: bytes(32), id: bytes(32), bundle: bytes() }),
  /** Epochs below are over for good. */
  floor: record({ epoch: nat() }),
});

/** A statement of the owner that is in the log. */
export interface Issued {
  readonly id: Id;
  readonly cid: Id;
  readonly slot: Id | null;
  readonly core: Core;
}

interface Taken {
  cid: Id;
  /** Of a monotone type: the greatest value so far. */
  value: Value | null;
}

/** Reads one record of the log. @throws PoolError `bad-log` for bytes that are none. */
function readRecord(bytesOfRecord: Uint8Array): Issued | number {
  try {
    const found = decode(Record, bytesOfRecord);
    if (found.kind === "floor") return found.epoch;
    const { core } = decodeBundle(found.bundle);
    const slot = found.slot.length === 0 ? null : toHex(found.slot);
    return { id: toHex(found.id), cid: toHex(found.cid), slot, core };
  } catch (error) {
    if (error instanceof DecodeError)
      throw new PoolError("bad-log", "records", "what this package wrote", error.message);
    throw error;
  }
}

const issuedRecord = ({ slot, cid, id, core }: Issued): Uint8Array =>
  encode(Record, {
    kind: "issued",
    slot: slot === null ? new Uint8Array(0) : fromHex(slot),
    cid: fromHex(cid),
    id: fromHex(id),
    bundle: encodeBundle({ core, evidence: [] }),
  });

/**
 * What the owner has said, in every life. A slot is taken when its record is appended, and evidence is made only once that record is
 * durable: a crash in between loses evidence, never a slot.
 */
export class OwnLog {
  readonly owner: PrincipalId;
  readonly #slots = new Map<Id, Taken>();
  readonly #issued = new Map<Id, Issued>();
  #waiting: { readonly position: number; readonly issued: Issued }[] = [];
  floor = 0;

  constructor(owner: PrincipalId) {
    this.owner = owner;
  }

  /** @throws PoolError `bad-log` */
  restore(
    records: readonly Uint8Array[],
    typeOf: (name: string) => StatementType | undefined,
  ): readonly Issued[] {
    for (const bytesOfRecord of records) {
      const found = readRecord(bytesOfRecord);
      if (typeof found === "number") this.dropBelow(found);
      else this.#take(found, typeOf(found.core.content.type));
    }
    return [...this.#issued.values()];
  }

  #take(issued: Issued, type: StatementType | undefined): void {
    this.#issued.set(issued.id, issued);
    const value = type?.cstruct ? issued.core.content.body[0]! : null;
    if (issued.slot !== null) this.#slots.set(issued.slot, { cid: issued.cid, value });
  }

  has(id: Id): boolean {
    return this.#issued.has(id);
  }

  /** Whether the slot is free for this statement: empty, holding the same content, or a value that this one extends. */
  isFree({ slot, cid, core }: Issued, type: StatementType): boolean {
    const taken = slot === null ? undefined : this.#slots.get(slot);
    if (taken === undefined || taken.cid === cid) return true;
    const { value } = taken;
    return value !== null && type.cstruct?.leq(value, core.content.body[0]!) === true;
  }

  /** The statement's slot is taken from now on, durable or not. Answers the record to append. */
  reserve(issued: Issued, type: StatementType): Uint8Array {
    this.#take(issued, type);
    return issuedRecord(issued);
  }

  /** The record ended at this position of the log. */
  wait(issued: Issued, position: number): void {
    this.#waiting.push({ position, issued });
  }

  /** Statements whose records are durable now: only these may get evidence. */
  release(position: number): readonly Issued[] {
    const ready = this.#waiting.filter((one) => one.position <= position);
    this.#waiting = this.#waiting.filter((one) => one.position > position);
    return ready.map(({ issued }) => issued);
  }

  /** Forgets statements and slots of epochs that are over: nothing of these is ever issued again. */
  dropBelow(epoch: number): void {
    if (epoch <= this.floor) return;
    this.floor = epoch;
    for (const [id, { core, slot }] of this.#issued) {
      if (core.content.ctx.epoch >= epoch) continue;
      this.#issued.delete(id);
      if (slot !== null) this.#slots.delete(slot);
    }
    this.#waiting = this.#waiting.filter(({ issued }) => issued.core.content.ctx.epoch >= epoch);
  }

  /** Records that stand for all so far. */
  compact(): readonly Uint8Array[] {
    return [
      encode(Record, { kind: "floor", epoch: this.floor }),
      ...[...this.#issued.values()].map(issuedRecord),
    ];
  }
}
