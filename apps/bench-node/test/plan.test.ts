import { SeededRandom } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { addressFrom } from "../src/cli/addresses.ts";
import { planChange, planSwap, type Standing, type Wish } from "../src/cli/change/plan.ts";
import { CliError } from "../src/cli/exits.ts";
import { type ClusterConfig, mostDown, type NodeAddress } from "../src/node/config.ts";
import { addressOf, addressProblem } from "../src/node/members.ts";
import { registry } from "../src/node/protocols.ts";

const at = (n: number): NodeAddress => ({ id: `n${n}`, host: "h", port: 7000 + n });
const nodes = (...numbers: number[]): NodeAddress[] => numbers.map(at);
const config = { protocols: { paxos: {}, "two-thirds": {} } } as ClusterConfig;
const three: Standing = { members: nodes(1, 2, 3), retired: ["n0"], f: 1, protocol: "paxos" };
const wish = (over: Partial<Wish>): Wish => ({ add: [], remove: [], replace: [], ...over });
const ids = (members: readonly NodeAddress[]): string => members.map(({ id }) => id).join(" ");

describe("a change comes to", () => {
  const cases: [what: string, over: Partial<Wish>, members: string, f: number, protocol?: string][] = [
    ["two more, and one failure more", { add: nodes(4, 5) }, "n1 n2 n3 n4 n5", 2],
    ["one less", { remove: ["n2"] }, "n1 n3", 0],
    ["one for another", { replace: [{ old: "n1", by: at(4) }] }, "n2 n3 n4", 1],
    ["all for others", { replace: [1, 2, 3].map((n) => ({ old: `n${n}`, by: at(n + 3) })) }, "n4 n5 n6", 1],
    ["the same members with another f", { f: 0 }, "n1 n2 n3", 0],
    [
      "more members and another protocol",
      { add: nodes(4), protocol: "two-thirds" },
      "n1 n2 n3 n4",
      1,
      "two-thirds",
    ],
    ["quorums of other sizes", { sizes: { phase1: 3, phase2: 1 }, f: 0 }, "n1 n2 n3", 0],
  ];
  test.each(cases)("%s", (_what, over, members, f, protocol = "paxos") => {
    const plan = planChange(config, three, wish(over));
    expect(ids(plan.after.members)).toBe(members);
    expect(plan.after).toMatchObject({ f, protocol });
    expect(plan.operation).toMatchObject({
      kind: "reconfigure",
      membership: { f },
      protocol: { name: protocol },
    });
  });

  test("who joins and who leaves", () => {
    const plan = planChange(config, three, wish({ remove: ["n3"], replace: [{ old: "n1", by: at(4) }] }));
    expect([ids(plan.joining), plan.leaving]).toEqual(["n4", ["n1", "n3"]]);
  });

  test("a swap keeps the members and their f", () => {
    const four = { ...three, members: nodes(1, 2, 3, 4) };
    const { operation, after } = planSwap(config, four, "two-thirds");
    expect(operation).toMatchObject({ kind: "swap", protocol: { name: "two-thirds" } });
    expect(after).toEqual({ ...four, protocol: "two-thirds" });
  });
});

describe("is refused before anybody is asked:", () => {
  const cases: [what: string, over: Partial<Wish>, code: string, said: string][] = [
    [
      "an unknown one removed",
      { remove: ["n7"] },
      "no-member",
      "expected one of the members (n1, n2, n3), got n7",
    ],
    ["one removed twice", { remove: ["n1", "n1"] }, "no-member", "got n1"],
    ["an unknown one replaced", { replace: [{ old: "n7", by: at(4) }] }, "no-member", "got n7"],
    ["a member added", { add: nodes(2) }, "taken", "no member yet, got n2"],
    ["one replaced by itself", { replace: [{ old: "n1", by: { ...at(1), port: 9 } }] }, "taken", "got n1"],
    ["one added twice", { add: nodes(4, 4) }, "taken", "got n4"],
    ["a name that was used before", { add: nodes(0) }, "taken", "n0, which was a member once"],
    ["that name in a replacement", { replace: [{ old: "n1", by: at(0) }] }, "taken", "eunomia join"],
    [
      "the address of another one",
      { add: [{ ...at(4), port: 7001 }] },
      "taken",
      "h:7001, which is that of n1",
    ],
    ["one address for two", { add: [at(4), { ...at(5), port: 7004 }] }, "taken", "which is that of n4"],
    [
      "the address of the one that goes",
      { replace: [{ old: "n1", by: { ...at(4), port: 7001 } }] },
      "taken",
      "that of n1, which has to go on until it is replaced",
    ],
    [
      "more failures than paxos bears",
      { f: 2 },
      "f",
      "expected at most 1 of 3 nodes to be down with paxos, got 2",
    ],
    ["more than two-thirds bears", { protocol: "two-thirds", f: 1 }, "f", "at most 0 of 3"],
    ["nobody left", { remove: ["n1", "n2", "n3"] }, "f", "of 0 nodes"],
    ["quorums that would not meet", { sizes: { phase1: 1, phase2: 2 }, f: 1 }, "quorums", "paxos cannot run"],
    [
      "quorums larger than who is left",
      { sizes: { phase1: 3, phase2: 2 }, f: 1 },
      "quorums",
      "paxos cannot run",
    ],
    [
      "sizes for two-thirds",
      { protocol: "two-thirds", sizes: { phase1: 2, phase2: 2 } },
      "quorums",
      "of paxos",
    ],
    [
      "a protocol that is not configured",
      { protocol: "raft" },
      "no-protocol",
      "(paxos, two-thirds), got raft",
    ],
    ["no change at all", {}, "no-change", "are n1, n2, n3 already"],
  ];
  test.each(cases)("%s", (_what, over, code, said) => {
    expect(() => planChange(config, three, wish(over))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(said) }),
    );
  });

  test("a swap that the members are too few for, and one to what runs already", () => {
    expect(() => planSwap(config, three, "two-thirds")).toThrow(
      /at most 0 of 3 nodes to be down with two-thirds, got 1/,
    );
    expect(() => planSwap(config, three, "paxos")).toThrow(/with paxos and f = 1/);
  });

  test("what is no replacement or no node", () => {
    expect(() => addressFrom("n4")).toThrow(CliError);
    expect(() => addressFrom("n4=host:70000")).toThrow(/expected a node as name=host:port/);
  });
});

/** What every plan must hold that is let through, told without the planner's means. */
function objections(standing: Standing, { after, operation }: ReturnType<typeof planChange>): string[] {
  if (operation.kind !== "reconfigure") return ["kind"];
  const { members, f } = operation.membership;
  const seen = members.map(addressOf);
  return [
    ...(addressProblem(operation.membership) === null ? [] : ["addresses"]),
    ...(new Set(members.map(({ replica }) => replica)).size === members.length ? [] : ["twice"]),
    ...(seen.some((node) => node !== null && standing.retired.includes(node.id)) ? ["used before"] : []),
    ...(f <= mostDown(members.length, operation.protocol.name) ? [] : ["f"]),
    ...(after.members.every(({ id }, i) => seen[i]?.id === id) ? [] : ["told otherwise"]),
    ...(registry(config, "n1")[operation.protocol.name]!.validate({
      params: operation.protocol.params,
      nodes: seen.map((node) => node!.id),
      f,
    }) === null
      ? []
      : ["quorums"]),
  ];
}

test("whatever is wished, what is let through can be", () => {
  const random = new SeededRandom(5);
  let [passed, refused] = [0, 0];
  for (let run = 0; run < 4000; run += 1) {
    const standing: Standing = {
      members: nodes(1, 2, 3, 4, 5).slice(0, 1 + random.below(5)),
      retired: ["n8", "n9"],
      f: 0,
      protocol: random.pick(["paxos", "two-thirds"]),
    };
    // Few names and fewer ports, so that they often meet.
    const draw = (): NodeAddress => ({
      id: `n${1 + random.below(9)}`,
      host: "h",
      port: 7001 + random.below(8),
    });
    const old = (): string => (random.chance(0.9) ? random.pick(standing.members) : draw()).id;
    const some = <T>(one: () => T): T[] =>
      Array.from({ length: random.chance(0.1) ? 2 : random.below(2) }, one);
    const over = wish({
      add: some(draw),
      remove: some(old),
      replace: some(() => ({ old: old(), by: draw() })),
      ...(random.chance(0.3) && { f: random.below(3) }),
      ...(random.chance(0.3) && { protocol: random.pick(["paxos", "two-thirds"]) }),
      ...(random.chance(0.3) && { sizes: { phase1: 1 + random.below(4), phase2: 1 + random.below(4) } }),
    });
    let plan: ReturnType<typeof planChange>;
    try {
      plan = planChange(config, standing, over);
    } catch (error) {
      expect(error).toBeInstanceOf(CliError);
      refused += 1;
      continue;
    }
    passed += 1;
    expect(objections(standing, plan), JSON.stringify({ standing, over })).toEqual([]);
  }
  expect(passed).toBeGreaterThan(400);
  expect(refused).toBeGreaterThan(1000);
});

test("plans that must not be let through are found", () => {
  const plan = planChange(config, three, wish({ add: nodes(4) }));
  const spoilt = (membership: object): string[] =>
    objections(three, { ...plan, operation: { ...plan.operation, membership } } as typeof plan);
  if (plan.operation.kind !== "reconfigure") throw new Error("a reconfiguration");
  const { members, f } = plan.operation.membership;
  expect(spoilt({ members, f })).toEqual([]);
  expect(spoilt({ members, f: 2 })).toContain("f");
  expect(spoilt({ members: [...members, members[0]], f })).toContain("twice");
  const { operation: old } = planChange(config, { ...three, retired: [] }, wish({ add: nodes(0) }));
  expect(spoilt((old as typeof plan.operation).membership)).toContain("used before");
});
