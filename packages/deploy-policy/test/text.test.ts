import {
  checkDeployment,
  type Deployment,
  PolicySyntaxError,
  parseDeployment,
  printDeployment,
} from "@eunomia/deploy-policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { people, primaryBackup, slides, slidesRepaired, witnessedTransfer } from "./fixtures/texts.ts";

const at = { line: 1, column: 1 };
const name = fc
  .stringMatching(/^[A-Za-z_]([A-Za-z0-9_]|-[A-Za-z0-9]){0,6}$/)
  .filter(
    (word) =>
      !["DIRECT", "PULL", "GOSSIP", "OPTIMISTIC", "WITHIN", "FINAL", "on", "ME", "NOONE", "ANYONE"].includes(
        word,
      ),
  );
const names = fc.array(name, { minLength: 1, maxLength: 3 });
const endpoints = fc.array(fc.oneof(name, fc.constant("*")), { minLength: 1, maxLength: 3 });
const link = fc.record({
  from: endpoints,
  both: fc.boolean(),
  to: endpoints,
  on: fc.array(name, { maxLength: 2 }),
});
const quorum = fc.constantFrom("a", "{a, b} >= 2", "a & (b | c)", "G == 2", "{a*2, b} >= 2", "{a..d} > 1/2");
const scheme = fc.oneof(
  fc.record({ name: fc.constantFrom("PlainTxt", "HMAC-SHA256", "RSA"), of: fc.constant(null) }),
  fc.record({ name: fc.constantFrom("BLS-THRESHOLD", "TrustedThirdParty"), of: quorum }),
);
const ms = fc.oneof(
  fc.nat(100_000),
  fc.integer({ min: 1, max: 500 }).map((days) => days * 86_400_000),
);
const staged = { withinMs: fc.option(ms, { nil: null }), final: fc.constant(false) };
const stage = fc.oneof(
  fc.record({ policy: fc.constantFrom("DIRECT" as const, "PULL" as const), ...staged }),
  fc.record({ policy: fc.constant("GOSSIP" as const), fanout: fc.integer({ min: 1, max: 9 }), ...staged }),
  fc.record({ policy: fc.constant("OPTIMISTIC" as const), relays: quorum, ...staged }),
);
const stages = fc
  .tuple(fc.array(stage, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([list, final]) => list.map((one, index) => ({ ...one, final: final && index === list.length - 1 })));
const suiteClause = fc.record({
  link,
  alternatives: fc.array(fc.array(scheme, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  at: fc.constant(at),
});
const keyKind = fc.constantFrom("mac" as const, "ed25519" as const, "bls-pop" as const);
const deployment: fc.Arbitrary<Deployment> = fc.record({
  principals: fc.array(
    fc.oneof(
      fc.record({
        is: fc.constant("keys" as const),
        names,
        keys: fc.array(keyKind, { minLength: 1, maxLength: 3 }),
        at: fc.constant(at),
      }),
      fc.record({ is: fc.constant("role" as const), name, of: name, at: fc.constant(at) }),
      fc.record({ is: fc.constant("group" as const), name, of: names, at: fc.constant(at) }),
    ),
    { maxLength: 3 },
  ),
  faults: fc.array(
    fc.record({
      of: fc.oneof(fc.record({ name }), fc.record({ set: names })),
      kind: fc.constantFrom("crash" as const, "byzantine" as const),
      most: fc.nat(9),
      at: fc.constant(at),
    }),
    { maxLength: 2 },
  ),
  channels: fc.array(
    fc.record({
      link,
      channel: fc.constantFrom("open" as const, "local" as const, "none" as const),
      at: fc.constant(at),
    }),
    { maxLength: 2 },
  ),
  authentication: fc.array(suiteClause, { maxLength: 3 }),
  nonRepudiation: fc.array(suiteClause, { maxLength: 2 }),
  dissemination: fc.array(fc.record({ link, stages, at: fc.constant(at) }), { maxLength: 2 }),
  options: fc.array(
    fc.oneof(
      fc.record({ is: fc.constant("allow-legacy" as const), at: fc.constant(at) }),
      fc.record({ is: fc.constant("retention" as const), ms, at: fc.constant(at) }),
    ),
    { maxLength: 2 },
  ),
});

/** Where a clause stands is no part of what it says. */
const unplaced = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "at" ? undefined : part)));

test("printing and reading again gives the same clauses, with and without line ends and semicolons", () => {
  let clauses = 0;
  fc.assert(
    fc.property(deployment, (written) => {
      const text = printDeployment(written);
      expect(unplaced(parseDeployment(text))).toEqual(unplaced(written));
      expect(unplaced(parseDeployment(text.replace(/;\n/g, " ").replace(/\n/g, " ")))).toEqual(
        unplaced(written),
      );
      clauses += Object.values(written).flat().length;
    }),
    { seed: 20_261_127, numRuns: 300 },
  );
  expect(clauses).toBeGreaterThan(1_000);
});

test("the round trip refuses a printer that loses the types of a link", () => {
  const broken = (written: Deployment): string => printDeployment(written).replace(/ on [^:]*:/g, " :");
  const lost = fc
    .sample(deployment, { seed: 1, numRuns: 100 })
    .filter(
      (written) =>
        JSON.stringify(unplaced(parseDeployment(broken(written)))) !== JSON.stringify(unplaced(written)),
    );
  expect(lost.length).toBeGreaterThan(20);
});

test.each([
  ["the slides", people + slides],
  ["the slides, repaired", slidesRepaired],
  ["primary-backup", primaryBackup],
  ["witnessed transfer", witnessedTransfer],
])("%s: printed and read again", (_, text) => {
  const read = parseDeployment(text);
  expect(unplaced(parseDeployment(printDeployment(read)))).toEqual(unplaced(read));
});

test("the slides' text parses as it stands", () => {
  const { authentication, nonRepudiation, dissemination } = parseDeployment(slides);
  expect(authentication[0]).toMatchObject({
    link: { both: true },
    alternatives: [[{ name: "PlainTxt" }, {}]],
  });
  expect(nonRepudiation.map(({ link }) => link.from)).toEqual([["x"], ["y"]]);
  expect(dissemination[0]!.stages.map((one) => "relays" in one && one.relays)).toEqual([
    "a",
    "{a, b, c} >= 2",
  ]);
});

test.each([
  ["[Prinzipals]", 1, 2, "Principals", '"Prinzipals"'],
  ["[Principals] a : mac,", 1, 22, "mac", "the end of the text"],
  ["[Principals]\n  a : dsa", 2, 7, "ed25519", '"dsa"'],
  ["[Principals] ME : mac", 1, 14, "a principal", '"ME"'],
  ["[Faults] a : crash < 1", 1, 20, "a name", '"<"'],
  ["[Channels] a -> b : shut", 1, 21, "open", '"shut"'],
  ["[Authentication] a -> b HMAC", 1, 25, ":", '"HMAC"'],
  ["[Authentication] a -> b : BLS-THRESHOLD", 1, 40, "(", "the end of the text"],
  ["[Authentication] a -> b : Ed25519(c)", 1, 34, "the next clause", '"("'],
  ["[Dissemination] a -> b : GOSSIP(0)", 1, 33, "a number of at least 1", '"0"'],
  ["[Dissemination] a -> b : DIRECT FINAL PULL", 1, 39, "no stage after FINAL", '"PULL"'],
  ["[Dissemination] a -> b : OPTIMISTIC({a, b >= 2; c)", 1, 47, ")", '";"'],
  ["[Dissemination] a -> b : DIRECT WITHIN 50", 1, 40, "a duration, as 50ms", '"50"'],
  ["[Options] retention 4y", 1, 21, "a name", '"4"'],
  ["/* no end", 1, 1, "*/", "the end of the text"],
])("%s is refused with its place", (text, line, column, expected, got) => {
  try {
    parseDeployment(text);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(PolicySyntaxError);
    const { line: l, column: c, expected: e, got: g } = error as PolicySyntaxError;
    expect([l, c, g]).toEqual([line, column, got]);
    expect(e).toContain(expected);
  }
  const { verdict, diagnostics } = checkDeployment([], text);
  expect([verdict, diagnostics[0]!.code, diagnostics[0]!.where.column]).toEqual(["reject", "E101", column]);
});

test("whatever the text, it is read or refused", () => {
  const word = fc.constantFrom(
    ..."[ ] { } ( ) -> <-> : ; , | & * >= <= 3 50ms a b on FINAL DIRECT Ed25519 OPTIMISTIC".split(" "),
  );
  const section = fc.constantFrom(
    "[Principals]",
    "[Authentication]",
    "[Dissemination]",
    "[Faults]",
    "[Options]",
  );
  let read = 0;
  fc.assert(
    fc.property(section, fc.array(fc.oneof(word, fc.string()), { maxLength: 12 }), (head, words) => {
      const { diagnostics } = checkDeployment([], `${head} ${words.join(" ")}`);
      if (diagnostics[0]?.code !== "E101") read++;
    }),
    { seed: 2, numRuns: 1_000 },
  );
  expect(read).toBeGreaterThan(20);
});
