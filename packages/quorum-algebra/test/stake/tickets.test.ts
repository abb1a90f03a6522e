import {
  fraction,
  reduceWeights,
  type TicketRule,
  type Tickets,
  type ValidatorSet,
  validatorSet,
  verifyTickets,
} from "@eunomia/quorum-algebra/stake";
import fc from "fast-check";
import { expect, test } from "vitest";
import { handOut } from "../../src/stake/tickets.ts";
import { refuted, seeded, subsets } from "../naive.ts";
import { anySet, ids } from "./twins.ts";

const names = ids(6);
const anyRule: fc.Arbitrary<TicketRule> = fc
  .tuple(
    fc.constantFrom("restriction", "qualification", "separation"),
    fc.constantFrom(["1/4", "1/3"], ["1/3", "1/2"], ["1/3", "2/3"], ["1/2", "2/3"], ["2/7", "3/5"]),
  )
  .map(([kind, [low, high]]) =>
    kind === "qualification"
      ? { kind, a: high!, b: low! }
      : { kind: kind as "restriction", a: low!, b: high! },
  );

/** The rule word for word, for every group (and every two of them). */
function keeps(set: ValidatorSet, tickets: ReadonlyMap<string, number>, { kind, a, b }: TicketRule): boolean {
  const [[p, q], [r, s]] = [fraction(a), fraction(b)];
  const groups = [...subsets(set.validators.map(({ id }) => id))].map((group) => ({
    stake: set.validators.reduce((sum, { id, stake }) => (group.has(id) ? sum + stake : sum), 0n),
    tickets: BigInt([...group].reduce((sum, id) => sum + tickets.get(id)!, 0)),
  }));
  const total = groups.at(-1)!.tickets;
  if (kind === "restriction")
    return groups.every((group) => q * group.stake >= p * set.total || s * group.tickets < r * total);
  if (kind === "qualification")
    return groups.every((group) => q * group.stake <= p * set.total || s * group.tickets > r * total);
  const light = groups.filter(({ stake }) => q * stake < p * set.total);
  const heavy = groups.filter(({ stake }) => s * stake > r * set.total);
  return light.every((one) => heavy.every((other) => one.tickets < other.tickets));
}

let fewer = 0;
const areReduced = (reduce: (set: ValidatorSet, rule: TicketRule) => Tickets) =>
  fc.property(anySet(names), anyRule, (set, rule) => {
    const tickets = reduce(set, rule);
    const counts = [...tickets.of.values()];
    expect([...tickets.of.keys()].sort()).toEqual(set.validators.map(({ id }) => id).sort());
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(tickets.total);
    expect(tickets.total).toBeLessThanOrEqual(tickets.bound);
    expect(keeps(set, tickets.of, rule)).toBe(true);
    expect(tickets.verify().holds).toBe(true);
    if (tickets.total < tickets.bound) fewer++;
  });

test("tickets keep what they must, for every group, and are at most as many as the theorem says", () => {
  fewer = 0;
  fc.assert(areReduced(reduceWeights), seeded(400));
  expect(fewer).toBeGreaterThan(200);
});

test("a twin with one ticket less is refused", () => {
  const short = (set: ValidatorSet, rule: TicketRule): Tickets => {
    const tickets = reduceWeights(set, rule);
    const of = new Map(tickets.of);
    const [id, count] = [...of].find(([, count]) => count > 0)!;
    return { ...tickets, of: of.set(id, count - 1), total: tickets.total - 1 };
  };
  expect(refuted(areReduced(short))).toBe(true);
});

let kept = 0;
let broken = 0;
const verifies = (verify: typeof verifyTickets) =>
  fc.property(
    anySet(names),
    anyRule,
    fc.array(fc.nat(4), { minLength: 6, maxLength: 6 }),
    fc.boolean(),
    (set, rule, random, near) => {
      // Random tickets, or good ones with a slip.
      const tickets = near
        ? new Map([...reduceWeights(set, rule).of].map(([id, n], i) => [id, random[i] === 4 ? n + 1 : n]))
        : new Map(set.validators.map(({ id }, i) => [id, random[i]!]));
      const verdict = verify(set, tickets, rule);
      expect(verdict.holds).toBe(keeps(set, tickets, rule));
      if (verdict.holds === true) kept++;
      if (verdict.holds !== false) return;
      broken++;
      checkViolation(set, tickets, rule, verdict.witness);
    },
  );

function checkViolation(
  set: ValidatorSet,
  tickets: ReadonlyMap<string, number>,
  { kind, a, b }: TicketRule,
  { more, other }: { more: readonly string[]; other: readonly string[] },
): void {
  const [[p, q], [r, s]] = [fraction(a), fraction(b)];
  const stake = (group: readonly string[]): bigint =>
    set.validators.reduce((sum, { id, stake }) => (group.includes(id) ? sum + stake : sum), 0n);
  const count = (group: readonly string[]): bigint =>
    BigInt(group.reduce((sum, id) => sum + tickets.get(id)!, 0));
  const total = count(set.validators.map(({ id }) => id));
  if (kind === "restriction")
    expect(q * stake(more) < p * set.total && s * count(more) >= r * total).toBe(true);
  if (kind === "qualification")
    expect(q * stake(more) > p * set.total && s * count(more) <= r * total).toBe(true);
  if (kind === "separation") {
    expect(q * stake(more) < p * set.total && s * stake(other) > r * set.total).toBe(true);
    expect(count(more) >= count(other)).toBe(true);
  }
}

test("verifying says what the rule says, and shows who breaks it", () => {
  kept = 0;
  broken = 0;
  fc.assert(verifies(verifyTickets), seeded(500));
  expect(kept).toBeGreaterThan(80);
  expect(broken).toBeGreaterThan(80);
});

test("a twin that takes tickets where they are cheapest, and no table, is refused", () => {
  const greedy: typeof verifyTickets = (set, tickets, rule, limits) => {
    const verdict = verifyTickets(set, tickets, rule, { ...limits, maxSteps: 12 });
    return verdict.holds === null ? { holds: true, method: "greedy" } : verdict;
  };
  expect(refuted(verifies(greedy))).toBe(true);
});

test("tickets are handed out as stake grows", () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt(1n, 50n), { minLength: 1, maxLength: 6 }),
      fc.nat(40),
      fc.constantFrom([1n, 3n] as const, [1n, 2n] as const, [5n, 12n] as const),
      (stakes, total, c) => {
        const counts = handOut(stakes, c, total);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
        // By the definition: when the m-th ticket of each falls due, in order.
        const due = stakes.flatMap((stake, i) =>
          Array.from({ length: total }, (_, m) => ({ i, top: BigInt(m + 1) * c[1] - c[0], stake })),
        );
        due.sort((x, y) => Number(x.top * y.stake - y.top * x.stake) || x.i - y.i);
        const expected = stakes.map((_, i) => due.slice(0, total).filter((ticket) => ticket.i === i).length);
        expect(counts).toEqual(expected);
      },
    ),
    seeded(200),
  );
});

test("limits leave good tickets, and rules that are none have a code", () => {
  const set = validatorSet({ validators: ids(6).map((id, i) => ({ id, stake: BigInt(i + 1) })) });
  const rule: TicketRule = { kind: "restriction", a: "1/3", b: "1/2" };
  const hurried = reduceWeights(set, rule, { maxSteps: 0 });
  expect(hurried).toMatchObject({ total: 8, bound: 8, minimal: false });
  expect(keeps(set, hurried.of, rule)).toBe(true);
  expect(hurried.verify({ maxSteps: 0 })).toMatchObject({ holds: null, reason: "limit" });
  for (const [kind, a, b] of [
    ["restriction", "1/2", "1/3"],
    ["qualification", "1/3", "1/2"],
    ["separation", "1/2", "1/2"],
    ["restriction", "0", "1/2"],
    ["restriction", "1/2", "1"],
  ] as const)
    expect(() => reduceWeights(set, { kind, a, b })).toThrow(expect.objectContaining({ code: "fraction" }));
  expect(() => verifyTickets(set, new Map(), rule)).toThrow(/tickets of f/);
});
