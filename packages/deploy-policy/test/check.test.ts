import { checkDeployment, type Flow, parseDeployment, type Report } from "@eunomia/deploy-policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { naiveCheck } from "./naive.ts";

const runs = Number(process.env.DEPLOY_POLICY_RUNS ?? 200);

const people = ["a", "b", "c", "d", "e"];
const endpoint = fc.constantFrom("*", "*", ...people, "G", "H", "R");
const endpoints = fc.array(endpoint, { minLength: 1, maxLength: 2 }).map((names) => names.join(", "));
const types = fc.constantFrom("", "", " on T", " on U", " on T, U");
const link = fc
  .tuple(endpoints, fc.constantFrom("->", "->", "<->"), endpoints, types)
  .map(([from, arrow, to, on]) => `${from} ${arrow} ${to}${on}`);
const quorum = fc.constantFrom("G >= 2", "{a, b} >= 1", "c & d", "{a, c, e} >= 2", "H >= 1", "G >= 1 & e");
const scheme = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("HMAC-SHA256", "Ed25519", "TLS13", "PlainTxt", "HMAC-SHA1", "BLS"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("HMAC-GROUP(G)", "HMAC-GROUP(H)", "MAC-MATRIX(S)", "MAC-MATRIX(H)"),
  },
  { weight: 1, arbitrary: quorum.map((text) => `FROST-ED25519(${text})`) },
  { weight: 2, arbitrary: fc.constantFrom(...people, "R").map((z) => `TrustedThirdParty(${z})`) },
);
const suite = fc.array(scheme, { minLength: 1, maxLength: 2 }).map((uses) => uses.join(", "));
const suites = fc.oneof(
  { weight: 3, arbitrary: suite },
  { weight: 1, arbitrary: fc.tuple(suite, suite).map((both) => both.join(" | ")) },
);
const stage = fc.oneof(
  fc.constantFrom("DIRECT", "PULL", "GOSSIP(2)"),
  fc.constantFrom(...people).map((relay) => `OPTIMISTIC(${relay})`),
  quorum.map((text) => `OPTIMISTIC(${text})`),
);
/** At most one for each type, so that none tie: what is asked about channels is no part of the obligations. */
const channel = (type: string): fc.Arbitrary<string> =>
  fc
    .option(fc.tuple(endpoints, endpoints, fc.constantFrom("none", "local", "open")), { nil: null })
    .map((one) => (one === null ? "" : `${one[0]} -> ${one[1]} on ${type} : ${one[2]};\n`));
const stages = fc
  .tuple(fc.array(stage, { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([list, final]) => list.join("; ") + (final ? " FINAL" : ""));
const clauses = (says: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(link, says), { maxLength })
    .map((list) => list.map(([ends, right]) => `${ends} : ${right};\n`).join(""));
const fault = fc
  .tuple(fc.constantFrom("G", "H", "S", "{a, b}", "{c}"), fc.constantFrom("crash", "byzantine"), fc.nat(2))
  .map(([of, kind, most]) => `${of} : ${kind} <= ${most};\n`);
const keys = fc.oneof(
  fc.constant("mac, ed25519, bls-pop"),
  fc
    .uniqueArray(fc.constantFrom("mac", "ed25519", "bls", "bls-pop"), { minLength: 1 })
    .map((list) => list.join(", ")),
);

const text = fc
  .record({
    keys: fc.tuple(keys, keys, keys, keys, keys),
    faults: fc.array(fault, { maxLength: 2 }),
    channels: fc.tuple(channel("T"), channel("U")).map((both) => both.join("")),
    authentication: clauses(suites, 4),
    nonRepudiation: clauses(suites, 3),
    dissemination: clauses(stages, 2),
    legacy: fc.boolean(),
  })
  .map(
    (d) => `[Principals] ${people.map((name, at) => `${name} : ${d.keys[at]};`).join(" ")}
G = {a, b, c}; H = {c, d}; S = {a, b, c, d}; R = e;
[Faults] ${d.faults.join("")} [Channels] ${d.channels} [Authentication] ${d.authentication}
[Non-repudiation] ${d.nonRepudiation} [Dissemination] ${d.dissemination} [Options] ${d.legacy ? "allow-legacy" : ""}`,
  );

const place = fc.constantFrom("a", "b", "c", "G", "H", "R", "d + e", "ANYONE");
const flow = (type: string): fc.Arbitrary<Flow> =>
  fc.record({
    type: fc.constant(type),
    issuer: fc.oneof(
      { weight: 3, arbitrary: place },
      { weight: 1, arbitrary: quorum.map((q) => `joint:${q}`) },
    ),
    verifier: place,
    auditor: fc.oneof(place, fc.constant("NOONE")),
  });
const question = fc.tuple(fc.tuple(flow("T"), flow("U")), text);

const errorsOf = ({ diagnostics }: Report): ReadonlySet<string> =>
  new Set(
    diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ code, where }) => `${where.flow} ${code}`),
  );

test("finds what the obligations say, on random flows and deployments", () => {
  const seen = new Map<string, number>();
  let accepted = 0;
  fc.assert(
    fc.property(question, ([flows, deployment]) => {
      const report = checkDeployment(flows, deployment);
      const expected = naiveCheck(flows, parseDeployment(deployment));
      expect(errorsOf(report)).toEqual(expected);
      if (expected.size === 0) accepted++;
      for (const entry of expected) seen.set(entry.slice(2), (seen.get(entry.slice(2)) ?? 0) + 1);
    }),
    { seed: 20_261_127, numRuns: runs },
  );
  expect(accepted).toBeGreaterThan(runs / 100);
  const rare =
    "E104 E105 E106 A201 A202 A203 A204 A205 A206 N301 N302 N303 N304 N305 N306 N307 N308 N310 D401 D402 D403";
  for (const code of rare.split(" "))
    expect(seen.get(code) ?? 0, `${code} of ${[...seen]}`).toBeGreaterThan(0);
});

/** What a check would find that takes the first clause that matches. */
function byFirstClause(flows: readonly Flow[], deployment: string): ReadonlySet<string> {
  const parsed = parseDeployment(deployment);
  return naiveCheck(flows, { ...parsed, authentication: parsed.authentication.slice(0, 1) });
}

/** What a check would find that does not ask about auditors. */
const withoutAuditors = (flows: readonly Flow[], deployment: string): ReadonlySet<string> =>
  naiveCheck(
    flows.map((one) => ({ ...one, auditor: "NOONE" })),
    parseDeployment(deployment),
  );

test("channels about which two clauses disagree are told", () => {
  const flows = [{ type: "T", issuer: "a", verifier: "b", auditor: "NOONE" }];
  const text =
    "[Principals] a, b : mac; [Channels] a -> * : none; * -> b : local; [Authentication] a -> b : HMAC-SHA256";
  const codes = checkDeployment(flows, text).diagnostics.map(({ code }) => code);
  expect(codes).toEqual(["D401", "E105"]);
});

test.each([
  [33, []],
  [34, ["D403"]],
])(
  "34 relays of 100, of whom %i may be faulty, are judged without listing their sets",
  (faulty, expected) => {
    const names = Array.from({ length: 100 }, (_, at) => `r${at}`).join(", ");
    const text = `[Principals] a, b, ${names} : mac; R = {${names}}; [Faults] R : byzantine <= ${faulty};
[Authentication] * -> * : HMAC-SHA256; [Dissemination] a -> b : OPTIMISTIC(R >= 34) FINAL`;
    const { diagnostics } = checkDeployment(
      [{ type: "T", issuer: "a", verifier: "b", auditor: "NOONE" }],
      text,
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(expected);
  },
);

test.each([
  ["takes the first clause that matches", byFirstClause],
  ["does not ask about auditors", withoutAuditors],
])("the comparison refuses a check that %s", (_, twin) => {
  const differs = fc.sample(question, { seed: 1, numRuns: 100 }).filter(([flows, deployment]) => {
    const [a, b] = [errorsOf(checkDeployment(flows, deployment)), twin(flows, deployment)];
    return a.size !== b.size || [...a].some((entry) => !b.has(entry));
  });
  expect(differs.length).toBeGreaterThan(20);
});
