import { Reader } from "@eunomia/codec";
import type { Authenticator, NodeId, Transport } from "@eunomia/engine";
import {
  authenticity,
  calmProfile,
  checksumSeal,
  drawLiars,
  forging,
  type Life,
  type RunPlan,
  type RunResult,
  type System,
  simulate,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import { echoPeers, echoSystem } from "./support/echo-system.ts";

/** The echo system on bytes, under a watch for forgeries. */
function watched(authenticator?: (self: string) => Authenticator): System<null> {
  const system = echoSystem();
  return {
    ...system,
    wire: "bytes",
    ...(authenticator !== undefined && { authenticator }),
    build: (config, scene) => {
      const cluster = system.build(config, scene);
      return { ...cluster, watches: [...cluster.watches, authenticity(scene.faulty, cluster.nodeOf)] };
    },
  };
}

const plan = (seed: string, authenticator?: (self: string) => Authenticator): RunPlan<null> => ({
  system: watched(authenticator),
  seed,
  profile: calmProfile,
  adversary: (_config, draw, cluster) => forging(drawLiars(draw, cluster), echoPeers, 0.5, authenticator),
  limits: { virtualMs: 400 },
});

test("forged, stripped, damaged and misdirected frames are refused and counted, and no state changes by them", async () => {
  const sum: Record<string, number> = {};
  for (let seed = 0; seed < 8; seed += 1) {
    const { outcome, counts, marks, wire } = await simulate(plan(`${seed}`));
    expect(outcome).toEqual({ kind: "ok" });
    expect(wire).toBe("bytes");
    expect(marks["an honest broadcast is delivered"]).toBe(3 * 3 * 6);
    // Nobody else sends what does not open: the network is calm.
    const ignored = Object.entries(counts).filter(([name]) => /^ignored: (seal|packet|frame)/.test(name));
    expect(ignored.reduce((all, [, count]) => all + count, 0)).toBeGreaterThanOrEqual(
      counts["frames injected"]!,
    );
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  for (const name of ["impersonation", "seal stripped", "seal damaged", "other receiver"])
    expect(sum[`byzantine: ${name}`]).toBeGreaterThan(8);
  expect(sum["ignored: packet: sender is not a process of that node"]).toBeGreaterThan(8);
});

/** Believes what stands in a seal. */
function credulous(self: string): Authenticator {
  const sound = checksumSeal(self);
  return {
    ...sound,
    open: (sealed) => {
      const opened = sound.open(sealed);
      if (opened.ok) return opened;
      try {
        const reader = new Reader(sealed);
        reader.arrayHeader();
        const from = reader.text();
        reader.text();
        reader.uint();
        return { ok: true, from, bytes: reader.bytes(), convinces: "receiver" };
      } catch {
        return opened;
      }
    },
  };
}

test("an authenticator that does not check lets a forgery change a state, which the watch tells", async () => {
  const results: RunResult[] = [];
  for (let seed = 0; seed < 4; seed += 1) results.push(await simulate(plan(`${seed}`, credulous)));
  for (const { outcome } of results)
    expect(outcome).toMatchObject({ kind: "violated", property: "messages come from their senders" });
});

/** The process that the first packet under a sound seal names. */
function namedIn(seal: Authenticator, sealed: Uint8Array): NodeId | null {
  const opened = seal.open(sealed);
  if (!opened.ok) return null;
  const reader = new Reader(opened.bytes);
  reader.arrayHeader();
  reader.text();
  return reader.text();
}

/** Whoever a packet names is taken for the one who sealed it. */
function unchecked(self: string): Authenticator {
  const sound = checksumSeal(self);
  return {
    ...sound,
    open: (sealed) => {
      const opened = sound.open(sealed);
      return opened.ok ? { ...opened, from: namedIn(sound, sealed)! } : opened;
    },
  };
}

/** A driver that does not check whether the peer of a connection, and who sealed a frame, may speak for the process that a packet names. */
function believing(system: System<null>): System<null> {
  return {
    ...system,
    build: (config, scene) => {
      const cluster = system.build(config, scene);
      const nodes = cluster.nodes.map(({ id, start }) => ({
        id,
        start: (life: Life) => {
          const { transport } = life.ports;
          const sound = transport.listen.bind(transport);
          const seal = checksumSeal(id);
          const listen: Transport["listen"] = (receive) =>
            sound((claimed, sealed) => receive(namedIn(seal, sealed) ?? claimed, sealed));
          Object.assign(transport, { listen });
          return start(life);
        },
      }));
      return { ...cluster, nodes };
    },
  };
}

test("without the driver's check of senders, packets of others under a liar's own seal change states, which the watch tells", async () => {
  let [tried, found] = [0, 0];
  for (let seed = 0; seed < 4; seed += 1) {
    const given = plan(`${seed}`, unchecked);
    const { outcome, counts } = await simulate({ ...given, system: believing(given.system) });
    tried += counts["byzantine: impersonation"] ?? 0;
    if (outcome.kind === "violated" && outcome.property === "messages come from their senders") found += 1;
  }
  expect(tried).toBeGreaterThan(0);
  expect(found).toBe(4);
});

test("liars are drawn within the budget, and an adversary that would see nothing is refused", async () => {
  let liars: readonly string[] = [];
  const drawn = new Set<string>();
  for (let seed = 0; seed < 16; seed += 1) {
    await simulate({
      ...plan(`${seed}`),
      adversary: (_config, draw, cluster) => {
        liars = drawLiars(draw, cluster);
        return forging(liars, echoPeers);
      },
      limits: { virtualMs: 1 },
    });
    expect(liars.length).toBe(1);
    drawn.add(liars[0]!);
  }
  expect(drawn.size).toBeGreaterThan(1);
  await expect(simulate({ ...plan("1"), wire: "value" })).rejects.toThrow(
    /expected frames to travel, got values/,
  );
  const silent = { name: "silent", nodes: ["a"], intercept: () => {} };
  await expect(simulate({ ...plan("1"), adversary: () => silent })).rejects.toThrow(
    /messages travel as values/,
  );
});
