import {
  type JoinRule,
  joinOperators,
  operatorSet,
  sameAccount,
  sameId,
  sameIdentity,
  sameKey,
  sameMoniker,
  sameOperator,
  type Validator,
  validatorSet,
} from "@eunomia/quorum-algebra/stake";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readBech32 } from "../../src/stake/bech32.ts";
import { refuted, seeded } from "../naive.ts";

const rules = [sameKey, sameIdentity, sameOperator];
const tag = fc.option(
  fc.constantFrom(..."ABCD").map((letter) => letter.repeat(16)),
  { nil: undefined },
);
const anyChain = (chain: string) =>
  fc.array(fc.tuple(fc.bigInt(1n, 9n), tag, tag, tag), { minLength: 1, maxLength: 5 }).map((list) =>
    validatorSet({
      chain,
      validators: list.map(
        ([stake, key, identity, operator], i): Validator => ({
          id: `${chain}${i}`,
          stake,
          ...(key === undefined ? {} : { key }),
          ...(identity === undefined ? {} : { identity }),
          ...(operator === undefined ? {} : { operator }),
        }),
      ),
    }),
  );

/** Whoever can be reached by shared keys, by walking. */
function reached(all: readonly Validator[], from: Validator): string[] {
  const found = new Set([from]);
  for (const one of found)
    for (const other of all)
      if (rules.some(({ keyOf }) => keyOf(one) !== null && keyOf(one) === keyOf(other))) found.add(other);
  return [...found].map(({ id }) => id).sort();
}

let several = 0;
const joins = (join: typeof joinOperators) =>
  fc.property(anyChain("x"), anyChain("y"), anyChain("z"), (x, y, z) => {
    const chains = [x, y, z];
    const { operators } = join(chains, rules);
    const all = chains.flatMap(({ validators }) => validators);
    const named = operators.map(({ validators }) => validators.flat().sort());
    expect(named.map((ids) => ids.length).reduce((sum, count) => sum + count, 0)).toBe(all.length);
    for (const { id, validators, stakes, by } of operators) {
      const own = validators.flat().sort();
      expect(own).toEqual(reached(all, all.find((validator) => validator.id === id)!));
      expect(by.length > 0).toBe(own.length > 1);
      chains.forEach((chain, i) => {
        const weight = chain.validators
          .filter((v) => own.includes(v.id))
          .reduce((sum, v) => sum + v.stake, 0n);
        expect(stakes[i]).toBe(weight);
      });
      if (own.length > 2) several++;
    }
    chains.forEach((chain, i) => {
      const set = operatorSet({ chains, operators, rules: [], warnings: [] }, i);
      expect(set).toMatchObject({ chain: chain.chain, total: chain.total });
      expect(set.validators.length).toBe(
        operators.filter(({ validators }) => validators[i]!.length > 0).length,
      );
    });
  });

test("operators are whoever is linked by any key, over any number of steps", () => {
  several = 0;
  fc.assert(joins(joinOperators), seeded(200));
  expect(several).toBeGreaterThan(100);
});

test("a twin that goes one step only is refused", () => {
  const first: JoinRule = {
    name: "first key",
    keyOf: (validator) => rules.map(({ keyOf }) => keyOf(validator)).find((key) => key !== null) ?? null,
  };
  expect(refuted(joins((chains) => joinOperators(chains, [first])))).toBe(true);
});

test("ids that mean two operators are refused, monikers are joined with a warning", () => {
  const chain = (name: string, moniker: string) =>
    validatorSet({ chain: name, validators: [{ id: "v1", stake: 1n, moniker }] });
  const [x, y] = [chain("x", "Sentinel"), chain("y", " sentinel ")];
  expect(() => joinOperators([x, y], [sameKey])).toThrow(
    expect.objectContaining({ code: "duplicate-member" }),
  );
  expect(joinOperators([x, y], [sameId]).warnings).toEqual([]);
  const joined = joinOperators([x, y], [sameMoniker]);
  expect(joined.operators).toMatchObject([{ id: "v1", stakes: [1n, 1n], by: ["same moniker"] }]);
  expect(joined.warnings).toHaveLength(1);
  expect(() => joinOperators([], [sameId])).toThrow(/validator set/);
  expect(() => joinOperators([x], [])).toThrow(/join rule/);
});

test("an identity that is none joins nobody", () => {
  const keyOf = (identity: string): string | null => sameIdentity.keyOf({ id: "v", stake: 1n, identity });
  expect(keyOf("48608633f99d1b60")).toBe("48608633F99D1B60");
  for (const none of ["", "none", "N/A", "48608633F99D1B6", "https://keybase.io/x"])
    expect(keyOf(none)).toBeNull();
});

test("addresses of one account on two chains", () => {
  const hub = "cosmosvaloper196ax4vc0lwpxndu9dyhvca7jhxp70rmcvrj90c";
  const osmosis = "osmovaloper196ax4vc0lwpxndu9dyhvca7jhxp70rmcmmarz7";
  expect(readBech32(hub)).toEqual({ prefix: "cosmosvaloper", data: "96ax4vc0lwpxndu9dyhvca7jhxp70rmc" });
  expect(sameAccount.keyOf({ id: hub, stake: 1n })).toBe(sameAccount.keyOf({ id: osmosis, stake: 1n }));
  expect(readBech32(hub.toUpperCase())?.data).toBe(readBech32(hub)!.data);
  // Every single slip of the pen is noticed.
  for (let at = hub.length - 1; at > hub.indexOf("1"); at--)
    expect(readBech32(hub.slice(0, at) + (hub[at] === "q" ? "p" : "q") + hub.slice(at + 1))).toBeNull();
  for (const wrong of ["", "1", "abc", "1qqqqqq", `${hub}q`, hub.replace("c", "C")])
    expect(readBech32(wrong)).toBeNull();
  // Test vectors of BIP 173 and BIP 350.
  for (const right of [
    "a12uel5l",
    "A12UEL5L",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "?1ezyfcl",
    "a1lqfn3a",
  ])
    expect(readBech32(right)).not.toBeNull();
});
