import { gatewayEngine, replicaDefaults, replicaEngine } from "@eunomia/aneris-switch";
import {
  ClientMessage,
  Controllers,
  DeliveredSlot,
  membershipOf,
  Operation,
  Run,
} from "@eunomia/aneris-switch/messages";
import { KeyBundle, type Schema, sha256 } from "@eunomia/codec";
import type { AnyEngine } from "@eunomia/engine";
import { paxosBinding } from "@eunomia/paxos";
import { exprSchema } from "@eunomia/quorum-algebra";
import { twoThirdsBinding } from "@eunomia/two-thirds";
import { type FuzzTarget, schemaTarget } from "./target.ts";

const nodes = ["a", "b", "c", "d"];

/** Every engine of the house once; the configuration does not matter for the schemas. */
function everyEngine(): readonly AnyEngine[] {
  const of = (binding: ReturnType<typeof paxosBinding>): AnyEngine[] =>
    binding
      .epoch({ epoch: 0, from: 1, params: new Uint8Array(), nodes, f: 1 })
      .processes.map(({ engine }) => engine);
  const replica = replicaEngine(
    {
      ...replicaDefaults,
      cluster: "fuzz",
      self: "a",
      membership: membershipOf(nodes, 1),
      alpha: 1,
      staticClients: 1,
      initial: { name: "paxos", params: new Uint8Array() },
      controllers: { threshold: 1, principals: [{ id: "operator", key: new Uint8Array(32) }] },
    },
    { sha256, verify: () => false, validate: () => null },
  );
  return [...of(paxosBinding({ self: "a" })), ...of(twoThirdsBinding({ self: "a" })), replica, gatewayEngine];
}

const parts = ["config", "state", "command", "message", "record", "output"] as const;

/** Schemas that travel or lie on disks by themselves. */
const others: Readonly<Record<string, Schema<unknown>>> = {
  "client/message": ClientMessage as Schema<unknown>,
  "client/operation": Operation as Schema<unknown>,
  "client/controllers": Controllers as Schema<unknown>,
  "client/run": Run as Schema<unknown>,
  "log/delivered-slot": DeliveredSlot as Schema<unknown>,
  "codec/key-bundle": KeyBundle as Schema<unknown>,
  "quorum/expression": exprSchema as Schema<unknown>,
};

/** Peers send messages and disks give records back; states and configurations are read less often, and are much longer. */
function costOf(part: (typeof parts)[number], schema: Schema<unknown>): number {
  if (schema.form.kind === "nil") return 64;
  return part === "state" || part === "config" ? 4 : 1;
}

/** A target for each schema of each engine, and for those outside of engines. */
export function schemaTargets(): readonly FuzzTarget[] {
  const ofEngines = everyEngine().flatMap(({ name, schema }) =>
    parts.map((part) => {
      const inner = schema[part] as Schema<unknown>;
      return { ...schemaTarget(`${name}/${part}`, inner), cost: costOf(part, inner) };
    }),
  );
  return [...ofEngines, ...Object.entries(others).map(([name, schema]) => schemaTarget(name, schema))];
}
