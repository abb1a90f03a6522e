import { fromHex, utf8Encode } from "@eunomia/codec";
import type { Evidence } from "@eunomia/engine";
import {
  type Content,
  type Core,
  type PoolOptions,
  type Program,
  program,
  StatementPool,
  statementId,
  type Value,
} from "@eunomia/statement-pool";
import { principal, schemesOf, sign } from "./schemes.ts";

/** Types that the tests speak of. */
export const types: Program = program([
  { name: "Door", fields: [{ name: "state", type: { k: "text" } }] },
  {
    name: "Vote",
    fields: [
      { name: "round", type: { k: "nat" } },
      { name: "value", type: { k: "text" } },
    ],
    unique: [["round"]],
  },
  { name: "Log", fields: [{ name: "log", type: { k: "seq", of: { k: "text" } } }], monotone: true },
  { name: "Seen", fields: [{ name: "seen", type: { k: "set", of: { k: "nat" } } }], monotone: true },
  {
    name: "Reply",
    fields: [
      { name: "to", type: { k: "ref", to: "Vote" } },
      { name: "text", type: { k: "text" } },
    ],
    unique: [["to", "round"]],
  },
  { name: "Entry", fields: [{ name: "text", type: { k: "text" } }], chained: true },
  { name: "Proof", fields: [{ name: "round", type: { k: "nat" } }], cert: ["Vote"], unique: [["round"]] },
]);

export const content = (type: string, body: readonly Value[], epoch = 7, instance = "i"): Content => ({
  type,
  ctx: { manifest: types.manifest, epoch, instance: utf8Encode(instance) },
  body,
});

export const door = (state = "open"): Content => content("Door", [state]);
export const vote = (round: number, value = "X", epoch = 7): Content =>
  content("Vote", [round, value], epoch);

/** A statement to anyone, unless it says otherwise. */
export const core = (issuer: string, what: Content, more: Partial<Core> = {}): Core => ({
  v: 1,
  issuer: principal(issuer),
  verifiers: "ANYONE",
  auditors: [],
  content: what,
  cert: [],
  ...more,
});

export const idOf = (one: Core): Uint8Array => fromHex(statementId(one));
export const signed = (one: Core): Evidence[] => [sign(one.issuer as string, idOf(one))];

/** The pool of a principal that listens in epoch 7. */
export const poolOf = (owner: string, more: Partial<PoolOptions> = {}): StatementPool =>
  new StatementPool({
    owner: principal(owner),
    program: types,
    schemes: schemesOf(principal(owner)),
    epoch: 7,
    ...more,
  });

/** Puts a signed statement of somebody into a pool. */
export function tell(pool: StatementPool, issuer: string, what: Content, more: Partial<Core> = {}) {
  const one = core(issuer, what, more);
  return pool.admit(one, signed(one), principal(issuer));
}
