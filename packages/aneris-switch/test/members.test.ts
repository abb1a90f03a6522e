import { utf8Encode } from "@eunomia/codec";
import type { ConsensusBinding } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { EpochKeeper, replicaEngine, SwitchError } from "../src/index.ts";
import { type Membership, membershipOf } from "../src/messages.ts";
import { command, configOf, Life, oracles, protocol, reconfigure, swap } from "./support/lab.ts";

const two = membershipOf(["r0", "r1"], 0);

/** Slots are decided as they are proposed. */
function lifeOf(...changes: Membership[]): Life {
  const life = new Life({ membership: two });
  for (const [i, membership] of changes.entries()) {
    life.submit(reconfigure(i + 1, "paxos", membership));
    life.decideAll(1);
  }
  return life;
}
const refusals = (life: Life): string[] => life.outputsOf("controlRejected").map(({ reason }) => reason);

describe("a membership that cannot be is refused before anything changes, with the reason", () => {
  const cases: [string, Membership[], string][] = [
    ["nobody", [membershipOf([], 0)], "membership: expected at least one member"],
    ["a member twice", [membershipOf(["r0", "r1", "r0"], 0)], "membership: a member is listed twice: r0"],
    [
      "more crashes than others",
      [membershipOf(["r0", "r1"], 2)],
      "membership: expected f of at most 1, got 2",
    ],
    [
      "one that left",
      [membershipOf(["r0"], 0), membershipOf(["r0", "r1"], 0)],
      "membership: used before, come back under a new identity: r1",
    ],
    [
      "one that left long ago",
      [membershipOf(["r0"], 0), membershipOf(["r0", "r2"], 0), membershipOf(["r0", "r1"], 0)],
      "membership: used before, come back under a new identity: r1",
    ],
  ];
  for (const [name, memberships, reason] of cases)
    test(name, () => {
      const life = lifeOf(...memberships);
      expect(refusals(life)).toEqual([reason]);
      expect(life.state.nextControl).toBe(memberships.length);
    });

  test("decided all the same, it does nothing at any replica", () => {
    const life = new Life({ membership: two });
    life.decided(1, [reconfigure(1, "paxos", membershipOf(["r0", "r0"], 0))]);
    expect(life.deliveries[0]!.count).toBe(0);
    expect(life.state.epochs).toHaveLength(1);
  });

  test("a protocol that does not fit the members, also by a swap", () => {
    const picky = {
      ...oracles,
      validate: ({ name }: { name: string }, { members }: Membership) =>
        name === "paxos" && members.length < 3 ? "too few" : null,
    };
    const life = new Life({ membership: two }, replicaEngine, picky);
    life.submit(reconfigure(1, "paxos", membershipOf(["r0"], 0)));
    life.submit(swap(1, "paxos"));
    expect(refusals(life)).toEqual(["protocol: too few", "protocol: too few"]);
  });

  test("a reason is never longer than its message bears", () => {
    const life = lifeOf(membershipOf(["r0"], 0), membershipOf(["r0", `r1${"é".repeat(60)}`], 0));
    life.submit(reconfigure(3, "paxos", membershipOf(["r0", "é".repeat(60), "é".repeat(60)], 0)));
    for (const reason of refusals(life)) expect(utf8Encode(reason).length).toBeLessThanOrEqual(128);
    expect(refusals(life)).toHaveLength(1);
  });

  test("the first members too, when the replica is made", () => {
    const make = () => replicaEngine(configOf({ membership: membershipOf(["r0", "r0"], 0) }), oracles);
    expect(make).toThrow(SwitchError);
    expect(make).toThrow(/"membership" expected distinct members/);
  });
});

describe("one that joins", () => {
  const joiner = (): Life => new Life({ self: "r2", membership: two, contacts: ["r1"] });

  test("proposes nothing and runs nothing before it is a member", () => {
    const life = joiner();
    life.submit(command(1, 1));
    life.tick(20);
    expect(life.proposed).toEqual([]);
    expect(life.spawned).toEqual([]);
  });

  test("learns from those that the operator vouches for, and from nobody else", () => {
    const life = joiner();
    for (const from of ["r9", "r1"]) life.message(from, { kind: "head", delivered: 5, stable: 5, held: 0 });
    life.tick();
    expect(life.sent.filter(({ message }) => message.kind === "get").map(({ to }) => to)).toEqual([["r1"]]);
  });

  test("takes part from the slot on in which it is a member", () => {
    const life = joiner();
    life.submit(command(1, 1));
    const change = reconfigure(1, "paxos", membershipOf(["r0", "r2"], 0));
    const other = new Life({ membership: two });
    other.decided(1, [change]);
    const [slot] = other.deliveries;
    life.message("r1", { kind: "log", last: 1, slots: [{ ...slot!, slot: 1 }] });
    expect(life.spawned).toEqual(["paxos 1"]);
    expect(life.proposed).toEqual([[1, 2, ["c1:1"]]]);
  });
});

describe("one that is removed", () => {
  const removed = (): Life => {
    const life = new Life({ self: "r1", membership: two });
    life.decided(1, [reconfigure(1, "paxos", membershipOf(["r0", "r2"], 1))]);
    life.commands({ kind: "stable", slot: 1 });
    return life;
  };

  test("delivers nothing of the slots after it", () => {
    const life = removed();
    life.decided(2, [command(1, 1)], 1);
    expect(life.deliveries).toHaveLength(1);
  });

  test("stays until f + 1 of the new members hold everything before", () => {
    const life = removed();
    life.message("r0", { kind: "head", delivered: 1, stable: 1, held: 0 });
    life.message("r2", { kind: "head", delivered: 1, stable: 0, held: 0 });
    expect(life.outputsOf("removed")).toEqual([]);
    life.message("r2", { kind: "head", delivered: 1, stable: 1, held: 0 });
    expect(life.outputsOf("removed")).toEqual([{ kind: "removed", from: 2 }]);
    life.tick();
    expect(life.outputsOf("removed")).toHaveLength(1);
  });

  test("is told so when it slept through all of it", () => {
    const there = lifeOf(membershipOf(["r0"], 0));
    there.commands({ kind: "stable", slot: 1 });
    there.message("r1", { kind: "head", delivered: 0, stable: 0, held: 0 });
    const answer = there.sent.at(-1)!;
    expect(answer).toEqual({ to: ["r1"], message: { kind: "dismissed", from: 2 } });
    const sleeper = new Life({ self: "r1", membership: two });
    sleeper.message("r0", answer.message);
    expect(sleeper.outputsOf("removed")).toEqual([{ kind: "removed", from: 2 }]);
  });

  test("is not told so by one that does not know whether it is needed", () => {
    const there = lifeOf(membershipOf(["r0"], 0));
    // As one that goes on from a snapshot: old epochs are not in it, and nobody has said that they are over.
    there.state.epochs.shift();
    const before = there.sent.length;
    there.message("r1", { kind: "head", delivered: 0, stable: 0, held: 0 });
    expect(there.sent.slice(before)).toEqual([]);
  });
});

describe("a registry runs epochs for members", () => {
  const plans: unknown[] = [];
  const binding: ConsensusBinding = {
    validate: ({ nodes, f }) => (nodes.length > 2 * f ? null : "too few"),
    epoch: (plan) => {
      plans.push(plan);
      return { learner: "l", processes: [] };
    },
  };
  const keeper = new EpochKeeper({
    protocols: { paxos: binding },
    nodeOf: (process) => process.split("/")[0]!.replace("?", "") || null,
    membershipProblem: ({ members }) => (members.some(({ info }) => info.length > 0) ? "info" : null),
  });
  const verdict = (replicas: string[], f = 0, name = "paxos") =>
    keeper.validate(protocol(name), membershipOf(replicas, f));

  test("and says what it cannot run", () => {
    expect(verdict(["a/r", "b/r"])).toBeNull();
    expect(verdict(["a/r"], 0, "raft")).toBe('"raft" is not in the registry');
    expect(verdict(["a/r", "?"])).toBe("no node has a replica of this name: ?");
    expect(verdict(["a/r", "a/s"])).toBe("two members on one node: a");
    expect(verdict(["a/r", "b/r"], 1)).toBe("too few");
    const talkative = { f: 0, members: [{ replica: "a/r", info: Uint8Array.of(1) }] };
    expect(keeper.validate(protocol("paxos"), talkative)).toBe("info");
  });

  test("by nodes in the order of the membership, and finds who sits beside a process", () => {
    const driver = { spawn: () => {}, retire: () => {} } as never;
    const common = { from: 7, params: new Uint8Array(), infos: [Uint8Array.of(2), Uint8Array.of(1)], f: 0 };
    keeper.spawn(driver, "paxos", "3", { ...common, members: ["b/r", "a/r"] });
    expect(plans.at(-1)).toEqual({ ...common, epoch: 3, nodes: ["b", "a"] });
    expect(keeper.learnerOf(3)).toEqual({ process: "l", instance: "3" });
    expect(keeper.onDuty(3, "a/leader")).toBe("a/r");
    expect(keeper.onDuty(3, "c/leader")).toBeNull();
    expect(keeper.onDuty(3, null)).toBeNull();
    keeper.retire(driver, 3);
    expect(keeper.learnerOf(3)).toBeNull();
  });

  test("a binding names who proposes for all, where the protocol names nobody", () => {
    const driver = { spawn: () => {}, retire: () => {} } as never;
    const protocols = { it: { ...binding, epoch: () => ({ learner: "l", duty: "b", processes: [] }) } };
    const named = new EpochKeeper({ protocols, nodeOf: (process) => process.split("/")[0]! });
    const members = ["b/r", "a/r"];
    named.spawn(driver, "it", "3", { from: 7, params: new Uint8Array(), infos: [], f: 0, members });
    expect(named.onDuty(3, null)).toBe("b/r");
    expect(named.onDuty(3, "a/leader")).toBe("a/r");
    expect(named.onDuty(2, null)).toBeNull();
  });
});
