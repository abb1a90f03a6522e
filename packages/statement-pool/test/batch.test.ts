import type { Evidence, Scheme } from "@eunomia/engine";
import { encodeBundle, statementId } from "@eunomia/statement-pool";
import { expect, test } from "vitest";
import { principal, schemesOf, sign } from "./support/schemes.ts";
import { core, idOf, poolOf, signed, vote } from "./support/world.ts";

const from = principal("peer");
type Items = Parameters<NonNullable<Scheme["checkAll"]>>[0];

/** The schemes of the tests, which check several pieces at once in the given way. */
function together(checkAll: (scheme: Scheme, items: Items) => ReturnType<Scheme["check"]>[]) {
  let asked = 0;
  const schemes = schemesOf(principal("me")).map((scheme) => ({
    ...scheme,
    make: scheme.make.bind(scheme),
    check: scheme.check.bind(scheme),
    checkAll: (items: Items) => {
      asked += 1;
      return checkAll(scheme, items);
    },
  }));
  return { schemes, asked: () => asked };
}
const oneByOne = (scheme: Scheme, items: Items) =>
  items.map(({ statement, evidence }) => scheme.check(statement, evidence));

/** Good ones, forged ones, evidence of another statement, repeated, cut off, of a round before. */
function mixed(seed: number): Uint8Array[] {
  const bundles: Uint8Array[] = [];
  for (let i = 0; i < 24; i++) {
    const one = core(`i${i % 5}`, vote((seed * 7 + i) % 19, "X", i % 11 === 10 ? 3 : 7));
    const kind = (seed * 13 + i * 5) % 7;
    const forged: Evidence = sign(principal("liar"), idOf(one));
    const other = sign(principal(`i${i % 5}`), idOf(core("i9", vote(99))));
    const evidence =
      kind === 1 ? [forged] : kind === 2 ? [other] : kind === 3 ? [other, ...signed(one)] : signed(one);
    const bytes = encodeBundle({ core: one, evidence });
    bundles.push(kind === 4 ? bytes.subarray(0, bytes.length - 2) : bytes);
    if (kind === 5) bundles.push(bytes);
  }
  return bundles;
}

/** Whether many at once get the answers, the statements and the counts of one after the other. */
function isEqual(schemes: readonly Scheme[], seed: number): boolean {
  const [batch, single] = [poolOf("me", { schemes }), poolOf("me")];
  const bundles = mixed(seed);
  const told = [...batch.admitAllBytes(bundles, from)];
  const expected = bundles.map((bytes) => single.admitBytes(bytes, from));
  const held = (pool: typeof batch) =>
    pool
      .query({ type: "Vote", atLeast: "received" })
      .map(({ id, status, evidence }) => [id, status, evidence.length]);
  return (
    JSON.stringify([told, held(batch), [...batch.counts]]) ===
    JSON.stringify([expected, held(single), [...single.counts]])
  );
}

test("many at once get the answers of one after the other", () => {
  const { schemes, asked } = together(oneByOne);
  for (let seed = 0; seed < 60; seed++) expect(isEqual(schemes, seed), `seed ${seed}`).toBe(true);
  expect(asked()).toBeGreaterThanOrEqual(60);
});

test("a scheme that mixes up its answers is seen through", () => {
  const shifted = together((scheme, items) => {
    const findings = oneByOne(scheme, items);
    return [...findings.slice(1), findings[0]!];
  });
  const differ = Array.from({ length: 60 }, (_, seed) => isEqual(shifted.schemes, seed)).filter(
    (same) => !same,
  );
  expect(differ.length).toBeGreaterThan(50);
});

test("a finding counts for the statement that it was made about, and for no other with the same evidence", () => {
  const pool = poolOf("me");
  const good = core("a", vote(1));
  const [evidence] = signed(good);
  expect(pool.admitAllBytes([encodeBundle({ core: good, evidence: [evidence!] })], from)).toMatchObject([
    { ok: true, id: statementId(good), status: "auditable" },
  ]);
  expect(pool.admit(core("a", vote(2)), [evidence!], from)).toMatchObject({ ok: true, status: "received" });
});
