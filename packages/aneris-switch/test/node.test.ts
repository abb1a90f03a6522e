import type { Address, ConsensusBinding, Driver, SlotLog } from "@eunomia/engine";
import { expect, test } from "vitest";
import { BroadcastNode, type GatewayConfig, gatewayDefaults, gatewayEngine } from "../src/index.ts";
import { configOf, oracles } from "./support/lab.ts";

const emptyLog: SlotLog = {
  first: 1,
  last: 0,
  truncate: () => {},
  reset: () => {},
  open: () => ({ kind: "absent" }),
  append: () => {},
  sync: async () => 0,
  read: () => [],
  close: async () => {},
};

/** Never begins an epoch: nothing is delivered here. */
const binding: ConsensusBinding = {
  validate: () => null,
  epoch: () => ({ learner: "", processes: [] }),
};

/** Where and how a node starts its gateway. */
function gatewayOf(gateway?: GatewayConfig): { address: Address; config: unknown } {
  const replica = configOf();
  const node = new BroadcastNode({
    replica,
    ...(gateway && { gateway }),
    oracles,
    nodeOf: () => "n0",
    protocols: { [replica.initial.name]: binding },
    log: emptyLog,
    clock: { now: () => 0, after: () => () => {} },
    onFault: (error) => {
      throw error;
    },
  });
  const started: { address: Address; engine: unknown; config: unknown }[] = [];
  const driver: Pick<Driver, "start"> = {
    start: (address, engine, config) => void started.push({ address, engine, config }),
  };
  node.start(driver as Driver);
  const { address, config } = started.find(({ engine }) => engine === gatewayEngine)!;
  return { address, config };
}

test("a node without a configuration of its gateway has the defaults, under a name made from its replica's", () => {
  const self = `${configOf().self}/gateway`;
  expect(gatewayOf()).toEqual({
    address: { process: self, instance: "" },
    config: { ...gatewayDefaults, self },
  });
  expect(gatewayDefaults).toEqual({
    maxSubscribers: 1024,
    maxClients: 65_536,
    readBytes: 1 << 20,
    ownerUntil: "",
  });
});

test("a configuration of the gateway is taken whole", () => {
  const config = { self: "elsewhere", maxSubscribers: 1, maxClients: 2, readBytes: 3, ownerUntil: "" };
  expect(gatewayOf(config)).toEqual({ address: { process: "elsewhere", instance: "" }, config });
});
