import { fromHex } from "@eunomia/codec";
import { parse } from "@eunomia/quorum-algebra";
import { type Bundle, type Core, decodeBundle, encodeBundle, statementId } from "@eunomia/statement-pool";
import { bundleId, onlyFor, relaySets, type Stage, spreadConfig } from "@eunomia/statement-pool/spread";
import { describe, expect, test } from "vitest";
import { Net, type Weather } from "./support/net.ts";
import { mac, principal, sign } from "./support/schemes.ts";
import { content, core, idOf, poolOf, signed, vote } from "./support/world.ts";

const names = ["a", "b", "c", "d", "e", "f"];
const ids = names.map(principal);
const [a, b, c, d, e, f] = ids as [string, string, string, string, string, string];
const direct: Stage = { kind: "direct", withinMs: 0 };
const optimistic = (relays: string[][], withinMs = 400): Stage => ({ kind: "optimistic", relays, withinMs });

function netOf(weather?: Weather, options: Parameters<Net["add"]>[1] = {}): Net {
  const net = new Net(weather);
  for (const name of names) net.add(poolOf(name), { peers: ids, ...options });
  return net;
}

const bundleOf = (what = vote(1), by = "a", more: Partial<Core> = {}): Bundle => {
  const one = core(by, what, more);
  return { core: one, evidence: signed(one) };
};
const has = (net: Net, one: Bundle) =>
  ids.filter((id) => net.nodes.get(id)!.pool.get(statementId(one.core))?.core !== undefined);

/** Chance from a seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("DIRECT", () => {
  test("reaches everybody over a network that loses most, and stops when all have said so", () => {
    const chance = seeded(1);
    const net = netOf(() => (chance() < 0.6 ? null : 5 + chance() * 50));
    const one = bundleOf();
    net.spread(a, one, ids, []);
    net.run(60_000);
    expect(has(net, one)).toHaveLength(5);
    expect(net.outputs.filter(({ kind }) => kind === "reached")).toHaveLength(1);
    const pushes = net.sent.get("push");
    net.run(120_000);
    expect(net.sent.get("push")).toBe(pushes);
  });

  test("backs off while nobody answers, and drops what was collected", () => {
    const net = netOf(() => null);
    const one = bundleOf();
    net.spread(a, one, [b], []);
    net.run(60_000);
    expect(net.sent.get("push")).toBeLessThan(20);
    net.command(a, { kind: "drop", ids: [statementId(one.core)] });
    const pushes = net.sent.get("push");
    net.run(600_000);
    expect(net.sent.get("push")).toBe(pushes);
  });

  test("gives each receiver its own component of a MAC vector, and a relay the whole", () => {
    const one = core("a", vote(1));
    const bundle = { core: one, evidence: [mac(a, [b, c], idOf(one))] };
    const cut = decodeBundle(onlyFor(encodeBundle(bundle), b));
    expect(cut).toEqual({ core: one, evidence: [mac(a, [b], idOf(one))] });
    for (const stages of [[direct], [optimistic([[b]])]]) {
      const net = netOf();
      net.spread(a, bundle, [b, c], stages);
      net.run(1000);
      expect(has(net, bundle)).toEqual([b, c]);
      expect(net.nodes.get(c)!.pool.get(statementId(one))!.status).toBe("auditable");
    }
  });
});

describe("GOSSIP", () => {
  test("a few pushes and heartbeats reach all, also those that were away", () => {
    const net = netOf((from, to, nowMs) => ([from, to].includes(f) && nowMs < 5000 ? null : 10));
    const one = bundleOf();
    net.spread(a, one, [b], [{ kind: "gossip", fanout: 2, withinMs: 0 }], true);
    net.run(5000);
    expect(has(net, one)).toHaveLength(4);
    net.run(20_000);
    expect(has(net, one)).toHaveLength(5);
    expect(net.outputs.some(({ kind }) => kind === "reached")).toBe(true);
  });

  test("stops after the history window", () => {
    const net = netOf(undefined, { historyMs: 3000 });
    net.spread(a, bundleOf(), [b], [{ kind: "gossip", fanout: 2, withinMs: 0 }], true);
    net.run(20_000);
    const have = net.sent.get("have");
    expect(have).toBeGreaterThan(0);
    net.run(40_000);
    expect(net.sent.get("have")).toBe(have);
  });
});

describe("PULL", () => {
  test("names travel, and statements only to those who need them", () => {
    const net = netOf();
    const target = bundleOf();
    net.spread(a, target, [b, c], [{ kind: "pull", withinMs: 0 }], true);
    net.run(5000);
    expect(has(net, target)).toEqual([]);
    expect(net.outputs.filter(({ kind }) => kind === "offered").length).toBeGreaterThan(1);
    const reply = bundleOf(content("Reply", [fromHex(statementId(target.core)), "hm"]), "d");
    net.spread(d, reply, [b], []);
    net.run(10_000);
    expect(has(net, target)).toEqual([b]);
    expect([...net.nodes.get(b)!.pool.wanted()]).toEqual([]);
  });
});

describe("OPTIMISTIC", () => {
  test("one relay brings it to all, and the issuer sends one packet", () => {
    const net = netOf();
    const one = bundleOf();
    net.spread(a, one, [b, c, d], [optimistic([[e]])]);
    net.run(3000);
    expect(has(net, one)).toEqual(ids.filter((id) => [b, c, d].includes(id)));
    expect(net.sent.get("relay")).toBe(1);
    expect(net.sent.get("push")).toBe(3);
  });

  test("a relay that is a destination looks before it passes on", () => {
    const net = netOf();
    const one = bundleOf();
    const forged = { core: one.core, evidence: [sign(a, new Uint8Array(32))] };
    net.spread(a, forged, [b, c], [optimistic([[b]], 0)], true);
    net.run(3000);
    expect(net.sent.get("push")).toBeUndefined();
    expect(net.outputs.some((output) => output.kind === "gaveUp" && output.missing.length === 2)).toBe(true);
  });

  test("falls back for those that are missing only, and trusts the relay less until it is heard of", () => {
    let deaf = true;
    const net = netOf((_from, to) => (deaf && to === e ? null : 10));
    const one = bundleOf();
    net.spread(a, one, [b, c], [optimistic([[e], [f]])]);
    net.run(5000);
    expect(has(net, one)).toHaveLength(2);
    expect(net.nodes.get(a)!.state.suspects).toEqual([e]);
    const next = bundleOf(vote(2));
    net.spread(a, next, [b, c], [optimistic([[e], [f]])]);
    net.run(6000);
    expect(net.sent.get("relay")).toBe(2);
    expect(has(net, next)).toHaveLength(2);
    deaf = false;
    net.spread(a, bundleOf(vote(3)), [e], []);
    net.run(9000);
    net.spread(a, bundleOf(vote(4)), [e], [optimistic([[f]])]);
    net.run(12_000);
    // An acknowledgement of e shows that it lives: it is the first choice again.
    expect(net.nodes.get(a)!.state.suspects).toEqual([]);
  });

  test("passes on within a quota", () => {
    const net = netOf(undefined, { maxRelayed: 2 });
    net.spread(a, bundleOf(), [b, c, d], [optimistic([[e]])]);
    net.run(150);
    expect(net.sent.get("push")).toBe(2);
    expect(net.outputs.some((output) => output.kind === "refused" && output.at === e)).toBe(true);
    net.run(3000);
    expect(net.outputs.some(({ kind }) => kind === "reached")).toBe(true);
  });

  test("relay sets are minimal and the cheapest come first", () => {
    expect(relaySets(parse("{a, b, c} >= 2"))).toEqual([
      ["a", "b"],
      ["a", "c"],
      ["b", "c"],
    ]);
    expect(relaySets(parse("a | b & c"), (relay) => (relay === "a" ? 5 : 1))).toEqual([["b", "c"], ["a"]]);
  });
});

describe("safety never depends on it", () => {
  test("garbage under a statement's name keeps nobody from the good evidence", () => {
    const net = netOf();
    const one = bundleOf();
    const junk = { core: one.core, evidence: [sign(a, new Uint8Array(32))] };
    net.deliver(f, b, { kind: "push", bundle: encodeBundle(junk), origin: f, fanout: 3 });
    net.deliver(f, b, { kind: "push", bundle: new Uint8Array([1, 2]), origin: f, fanout: 0 });
    net.run(1000);
    expect(net.sent.get("ack")).toBeUndefined();
    net.spread(a, one, [b], []);
    net.run(2000);
    expect(net.nodes.get(b)!.pool.get(statementId(one.core))!.status).toBe("auditable");
    expect(net.outputs.filter(({ kind }) => kind === "refused")).toHaveLength(1);
  });

  test("an acknowledgement counts for who sends it only", () => {
    const net = netOf(() => null);
    const one = bundleOf();
    net.spread(a, one, [b, c], []);
    net.deliver(f, a, { kind: "ack", id: statementId(one.core) });
    net.deliver(b, a, { kind: "ack", id: statementId(one.core) });
    expect(net.nodes.get(a)!.state.sending.values[0]!.missing).toEqual([c]);
  });

  test("later evidence reaches a pool that has the statement already", () => {
    const net = netOf();
    const one = core("a", vote(1), { auditors: [principal("Judge")] });
    net.spread(a, { core: one, evidence: [mac(a, [b], idOf(one))] }, [b], []);
    net.run(1000);
    expect(net.nodes.get(b)!.pool.get(statementId(one))!.status).toBe("verified");
    net.spread(a, { core: one, evidence: signed(one) }, [b], []);
    net.run(2000);
    expect(net.nodes.get(b)!.pool.get(statementId(one))!.status).toBe("auditable");
  });

  test("one peer can make only so much wait", () => {
    const net = new Net();
    net.add(poolOf("b"), { maxPending: 1 });
    const node = net.nodes.get(b)!;
    node.state.pending = {
      keys: ["00".repeat(32)],
      values: [
        { from: f, bundle: new Uint8Array(), origins: [], fanout: 0, relay: { keys: [], values: [] } },
      ],
    };
    net.deliver(f, b, { kind: "push", bundle: encodeBundle(bundleOf()), origin: f, fanout: 0 });
    expect(net.outputs).toMatchObject([{ kind: "refused", reason: "too many waiting" }]);
    net.deliver(a, b, { kind: "push", bundle: encodeBundle(bundleOf()), origin: a, fanout: 0 });
    expect(net.outputs.at(-1)).toMatchObject({ kind: "arrived" });
  });
});

test.each([
  ["DIRECT", [direct]],
  ["GOSSIP", [{ kind: "gossip", fanout: 2, withinMs: 0 }]],
  ["OPTIMISTIC, then DIRECT", [optimistic([[b], [e]])]],
] as const)("pools that were apart for an hour converge: %s", (_name, stages) => {
  for (let seed = 1; seed <= 3; seed++) {
    const chance = seeded(seed);
    const hour = 3_600_000;
    const left = ids.slice(0, 3);
    const apart = (from: string, to: string) => left.includes(from) !== left.includes(to);
    const net = netOf(
      (from, to, nowMs) => ((nowMs < hour && apart(from, to)) || chance() < 0.2 ? null : 5 + chance() * 100),
      { tickMs: 5000, historyMs: 2 * hour },
    );
    const told: Bundle[] = [];
    for (let minute = 5; minute < 60; minute += 10) {
      net.run(minute * 60_000);
      for (const name of ["a", "f"]) {
        const one = bundleOf(vote(minute), name);
        net.nodes.get(principal(name))!.pool.admit(one.core, one.evidence, principal(name));
        told.push(one);
        net.spread(principal(name), one, ids, [...stages]);
      }
    }
    net.run(hour - 1);
    expect(told.every((one) => has(net, one).length < 6)).toBe(true);
    net.run(hour + 1_800_000);
    expect(told.map((one) => has(net, one).length)).toEqual(told.map(() => 6));
    // A process that forgot what it spread says so again, and learns that all have it.
    net.restart(a);
    net.spread(a, told[0]!, ids, [...stages]);
    net.run(5 * hour);
    expect(net.nodes.get(a)!.state.sending.keys).toEqual([]);
  }
});

test("a caller's mistake is told", () => {
  expect(() => spreadConfig({ self: "a", tickMs: 0 })).toThrow(
    expect.objectContaining({ code: "bad-option" }),
  );
  expect(bundleId(new Uint8Array([7]))).toBeNull();
});
