import { readFileSync } from "node:fs";
import { cosmosValidators } from "@eunomia/quorum-algebra/import";
import {
  attackFront,
  type ChainPair,
  type JoinRule,
  leastCommonFraction,
  moreThan,
  mustAgree,
  reduceWeights,
  sameAccount,
  sameIdentity,
  sameMoniker,
  share,
  stakeReport,
  twoChains,
  worstCase,
} from "@eunomia/quorum-algebra/stake";
import { expect, test } from "vitest";

const read = (name: string, chain: string) =>
  cosmosValidators(readFileSync(new URL(`../../data/${name}.json`, import.meta.url), "utf8"), { chain }).set;
const hub = read("cosmoshub-4-2022-10", "cosmoshub-4");
const osmosis = read("osmosis-1-2021-07-23", "osmosis-1");
const pairAt = (part: string, join: readonly JoinRule[] = [sameAccount, sameIdentity]): ChainPair =>
  twoChains(hub, osmosis, join, moreThan(part));
const percent = (part: bigint, total: bigint): string => (100 * share(part, total)).toFixed(1);

test("Nakamoto coefficients", () => {
  expect([hub.validators.length, osmosis.validators.length]).toEqual([175, 100]);
  expect(stakeReport(hub).nakamoto.map(({ count }) => count)).toEqual([7, 12, 24]);
  expect(stakeReport(osmosis).nakamoto.map(({ count }) => count)).toEqual([4, 6, 11]);
});

test("who runs validators on both chains depends on how one tells them apart", () => {
  const overlap = (...join: JoinRule[]): [number, string, string] => {
    const { shared, overlap, totals } = pairAt("2/3", join);
    return [shared.length, percent(overlap[0], totals[0]), percent(overlap[1], totals[1])];
  };
  expect(overlap(sameAccount, sameIdentity)).toEqual([53, "35.6", "69.9"]);
  expect(overlap(sameAccount)).toEqual([31, "28.5", "46.5"]);
  expect(overlap(sameIdentity)).toEqual([49, "33.7", "66.6"]);
  // The moniker alone adds Sentinel.
  expect(overlap(sameAccount, sameIdentity, sameMoniker)).toEqual([54, "35.7", "85.3"]);
});

test("no agreement can be promised up to 17/20, even if everybody is honest", () => {
  for (const part of ["2/3", "3/4", "4/5", "17/20"]) {
    expect(mustAgree(pairAt(part)).holds).toBe(false);
    expect(worstCase(pairAt(part), "count").least).toMatchObject({ kind: "exact", value: 0n });
  }
  const least = leastCommonFraction(pairAt("2/3"));
  if (least.kind !== "exact") throw new Error("expected an exact fraction");
  expect(share(...least.value)).toBeCloseTo(0.86163, 5);
});

test("at 9/10 breaking it takes 6.6 % of the Hub, 10.4 % of Osmosis, or two operators", () => {
  const pair = pairAt("9/10");
  expect(mustAgree(pair).holds).toBe(true);
  const count = worstCase(pair, "count");
  expect(count.least).toMatchObject({ kind: "exact", value: 2n });
  expect(mustAgree(pair, count.attack.byzantine).holds).toBe(false);
  for (const id of count.attack.byzantine) expect(mustAgree(pair, [id]).holds).toBe(true);

  const bounds = (side: "left" | "right"): string[] => {
    const { least } = worstCase(pair, side);
    const ends = least.kind === "exact" ? [least.value, least.value] : [least.low, least.high];
    return ends.map((end) => percent(end, pair.totals[side === "left" ? 0 : 1]));
  };
  expect(bounds("left")).toEqual(["6.6", "6.6"]);
  expect(bounds("right")).toEqual(["10.4", "10.4"]);

  const { corners } = attackFront(pair, { maxSteps: 2_000_000 });
  expect(corners.length).toBeGreaterThan(2);
  for (const { attack } of corners) expect(mustAgree(pair, attack.byzantine).holds).toBe(false);
});

test("a few tickets stand for the stake of a chain", () => {
  const tickets = reduceWeights(hub, { kind: "restriction", a: "1/3", b: "1/2" });
  expect(tickets.total).toBe(71);
  expect(tickets.minimal).toBe(true);
  expect(tickets.verify()).toMatchObject({ holds: true });
});
