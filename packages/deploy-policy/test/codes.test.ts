import { checkDeployment, codes, explainCode, type Flow, type Wait } from "@eunomia/deploy-policy";
import { expect, test } from "vitest";

/** A deployment that shows a code, and one next to it that avoids it. */
interface Fixture {
  readonly code: string;
  readonly shows: string;
  readonly avoids: string;
  readonly flow?: Partial<Flow>;
  readonly more?: readonly Flow[];
  readonly waits?: readonly Wait[];
  /** What the message has to say. */
  readonly says: string;
  /** Other than in the text: what the flow has to be so that nothing is wrong. */
  readonly avoidsFlow?: Partial<Flow>;
  readonly avoidsWaits?: readonly Wait[];
}

const base: Flow = { type: "T", issuer: "i", verifier: "v", auditor: "NOONE" };
const people = "[Principals] i, v, w, u, z : mac, ed25519; k : bls; G = {i, v}; S = {i, v, w, u};";
const audited = { auditor: "u" };
const on = (clauses: string): string => `${people} [Authentication] ${clauses}`;
const shown = (clauses: string): string =>
  `${people} [Authentication] i -> v : HMAC-SHA256; i -> z : HMAC-SHA256; [Non-repudiation] ${clauses}`;
const spread = (clauses: string, faults = ""): string =>
  `${people} ${faults} [Authentication] * -> * : HMAC-SHA256; [Dissemination] ${clauses}`;

const fixtures: readonly Fixture[] = [
  {
    code: "E101",
    shows: on("i => v : HMAC-SHA256"),
    avoids: on("i -> v : HMAC-SHA256"),
    says: 'line 1: expected , or -> or <->, found "="',
  },
  {
    code: "E102",
    shows: on("i -> vv : HMAC-SHA256"),
    avoids: on("i -> v : HMAC-SHA256"),
    says: "[Authentication]: unknown principal vv",
  },
  {
    code: "E103",
    shows: on("i -> v : HMAC-SHA512"),
    avoids: on("i -> v : HMAC-SHA256"),
    says: "[Authentication]: unknown scheme HMAC-SHA512",
  },
  {
    code: "E104",
    shows: on("i -> v : RSA-PSS"),
    avoids: `[Principals] i : rsa; ${on("i -> v : RSA-PSS")}`,
    says: "i holds no rsa key, which RSA-PSS needs",
  },
  {
    code: "E105",
    shows: on("i -> * : HMAC-SHA256; * -> v : Ed25519"),
    avoids: on("i -> v : HMAC-SHA256; * -> v : Ed25519"),
    says: "two equally specific clauses apply to i -> v on T: (line 1) and (line 1)",
  },
  {
    code: "E106",
    shows: on("i -> v : HMAC-SHA1"),
    avoids: `${on("i -> v : HMAC-SHA1")} [Options] allow-legacy`,
    says: "HMAC-SHA1 is a legacy scheme; write HMAC-SHA256 or set allow-legacy",
  },
  {
    code: "E107",
    shows: spread("i -> v : OPTIMISTIC({w, u} >= 3)"),
    avoids: spread("i -> v : OPTIMISTIC({w, u} >= 2)"),
    says: "quorum {w, u} >= 3 can never be met",
  },
  {
    code: "A201",
    shows: on("v -> i : HMAC-SHA256"),
    avoids: on("v <-> i : HMAC-SHA256"),
    says: "no [Authentication] clause covers i -> v on T, and no evidence clause does either",
  },
  {
    code: "A202",
    shows: on("i -> v : PlainTxt"),
    avoids: `${on("i -> v : PlainTxt")} [Channels] i -> v : local`,
    says: "PlainTxt does not authenticate i to v over an open channel",
  },
  {
    code: "A203",
    shows: `${on("i -> v : TLS13")} [Dissemination] i -> v : OPTIMISTIC(w)`,
    avoids: `${on("i -> v : TLS13")} [Dissemination] i -> v : OPTIMISTIC(v)`,
    says: "TLS13 authenticates the last hop only; T by i reaches v through relay w, so v would be trusting w",
  },
  {
    code: "A204",
    shows: on("i -> v : HMAC-GROUP(S)"),
    avoids: on("i -> v : HMAC-GROUP(G)"),
    says: "any of the 4 holders of the key of S could have made it; the spec names i",
  },
  {
    code: "A205",
    shows: on("i -> v : HMAC-SHA256 | PlainTxt"),
    avoids: on("i -> v : HMAC-SHA256 | Ed25519"),
    says: "alternative 2 of the clause fails: PlainTxt does not authenticate i to v over an open channel; negotiation could be forced down to it",
  },
  {
    code: "A206",
    flow: { issuer: "k" },
    shows: on("k -> v : BLS"),
    avoids: `[Principals] k : bls-pop; ${on("k -> v : BLS")}`,
    says: "the BLS key of k has no proof of possession (rogue-key attack)",
  },
  {
    code: "N301",
    flow: audited,
    shows: on("i -> v : HMAC-SHA256"),
    avoids: on("i -> v : Ed25519"),
    says: "HMAC-SHA256 by i convinces only the holders of its key: v could have made it itself, so v cannot show it to auditor u. Use a signature or TrustedThirdParty",
  },
  {
    code: "N301",
    flow: { auditor: "u", verifier: "u + v" },
    shows: on("i -> * : HMAC-SHA256"),
    avoids: on("i -> * : HMAC-SHA256"),
    avoidsFlow: { auditor: "u", verifier: "u" },
    says: "so v cannot show it to auditor u",
  },
  {
    code: "N302",
    flow: audited,
    shows: on("i -> v : TLS13"),
    avoids: on("i -> v : TLS13, Ed25519"),
    says: "TLS13 leaves nothing behind that auditor u could be shown",
  },
  {
    code: "N303",
    flow: audited,
    shows: `${people} [Authentication] i -> v : HMAC-SHA256; [Non-repudiation] i -> u : TrustedThirdParty(z); z -> * : Ed25519`,
    avoids: shown("i -> u : TrustedThirdParty(z); z -> * : Ed25519"),
    says: "notary z has no way to authenticate i; add i -> z under [Authentication]",
  },
  {
    code: "N304",
    flow: audited,
    shows: shown("i -> u : TrustedThirdParty(z); z -> v : Ed25519"),
    avoids: shown("i -> u : TrustedThirdParty(z); z -> v, u : Ed25519"),
    says: "notary z has no signature scheme towards u",
  },
  {
    code: "N304",
    flow: audited,
    shows: shown("i -> u : TrustedThirdParty(z); z -> u on Other : Ed25519").replace(
      "[Non-repudiation]",
      "z -> u : Ed25519; [Non-repudiation]",
    ),
    avoids: shown("i -> u : TrustedThirdParty(z); z -> u, v : Ed25519"),
    says: "verifier v cannot check the confirmation of notary z",
  },
  {
    code: "N305",
    flow: audited,
    shows: shown("i -> u : TrustedThirdParty(i)"),
    avoids: shown("i -> u : TrustedThirdParty(u); u -> v : Ed25519").replace("i -> z", "i -> u"),
    says: "i cannot be its own notary",
  },
  {
    code: "N306",
    flow: { issuer: "joint:S >= 3", accountable: true },
    shows: on("* -> * : FROST-ED25519(S >= 3)"),
    avoids: on("* -> * : FROST-ED25519(S >= 3)"),
    avoidsFlow: { issuer: "joint:S >= 3", accountable: false },
    says: "a threshold signature does not say who signed; T needs named signers (accountable)",
  },
  {
    code: "N307",
    flow: { issuer: "joint:S >= 3" },
    shows: on("* -> * : FROST-ED25519(S >= 2)"),
    avoids: on("* -> * : FROST-ED25519(S >= 3)"),
    says: "the key needs only S >= 2, the spec asks for S >= 3",
  },
  {
    code: "N308",
    flow: audited,
    shows: `${on("* -> * : Ed25519")} [Channels] i, v -> u : none`,
    avoids: `${on("* -> * : Ed25519")} [Channels] i -> u : none`,
    says: "no verifier of T, nor i, has a channel to auditor u",
  },
  {
    code: "N309",
    flow: { ...audited, auditDays: 30 },
    shows: `${on("* -> * : Ed25519")} [Options] retention 29d`,
    avoids: `${on("* -> * : Ed25519")} [Options] retention 30d`,
    says: "T must stay auditable for 30 days; evidence is kept 29 days",
  },
  {
    code: "N310",
    shows: `${people} [Faults] S : byzantine <= 2; [Authentication] * -> * : MAC-MATRIX(S)`,
    avoids: `${people} [Faults] S : byzantine <= 1; [Authentication] * -> * : MAC-MATRIX(S)`,
    says: "MAC-MATRIX over 4 servers tolerates 2 only if 4 >= 3*2+1",
  },
  {
    code: "D401",
    shows: spread("i -> v : OPTIMISTIC(w)", "[Channels] w -> v : none;"),
    avoids: spread("i -> v : OPTIMISTIC(w)", "[Channels] v -> w : none;"),
    says: "stage 1 on T: no channel w -> v",
  },
  {
    code: "D402",
    shows: spread("i -> v : OPTIMISTIC(w) FINAL"),
    avoids: spread("i -> v : OPTIMISTIC(w) FINAL", "[Faults] {w, u} : crash <= 0;"),
    says: "relay w may fail and FINAL forbids the fall-back",
  },
  {
    code: "D403",
    shows: spread("i -> v : OPTIMISTIC({w, u, z} >= 2) FINAL", "[Faults] {w, u, z} : byzantine <= 2;"),
    avoids: spread("i -> v : OPTIMISTIC({w, u, z} >= 3) FINAL", "[Faults] {w, u, z} : byzantine <= 2;"),
    says: "relay set {u, w} may be wholly faulty under [Faults]",
  },
  {
    code: "S501",
    flow: { certs: ["C"] },
    more: [{ type: "C", issuer: "w", verifier: "i", auditor: "u" }],
    shows: on("* -> * : Ed25519"),
    avoids: on("* -> * : Ed25519"),
    avoidsFlow: { certs: ["C"], verifier: "u" },
    says: "T carries C as a certificate, but v is not an auditor of C; write [.., .., v] C in the spec",
  },
  {
    code: "S502",
    shows: on("* -> * : Ed25519"),
    avoids: on("* -> * : Ed25519"),
    waits: [{ rule: "book", type: "T", issuer: "i", verifier: "v", auditor: "u" }],
    avoidsWaits: [{ rule: "book", type: "T", issuer: "i", verifier: "v", auditor: "NOONE" }],
    says: "rule book waits for [i,v,u] T; no PUBLISH covers auditor u",
  },
  {
    code: "W601",
    flow: { issuer: "r" },
    shows: `[Principals] r : rsa; ${on("r -> v : RSA")}`,
    avoids: `[Principals] r : rsa; ${on("r -> v : RSA-PSS")}`,
    says: "RSA read as RSA-PSS",
  },
  {
    code: "W602",
    shows: on("i -> v : Ed25519; w -> v : Ed25519"),
    avoids: on("i -> v : Ed25519"),
    says: "clause never used: w -> v",
  },
  {
    code: "W603",
    flow: audited,
    shows: shown("i -> u : TrustedThirdParty(z); z -> * : Ed25519"),
    avoids: shown("i -> u : Ed25519"),
    says: "assumption: everyone trusts z for attribution",
  },
];

for (const {
  code,
  shows,
  avoids,
  flow,
  more = [],
  waits,
  avoidsFlow = flow,
  avoidsWaits = waits,
  says,
} of fixtures) {
  test(`${code}: ${says}`, () => {
    const found = checkDeployment([{ ...base, ...flow }, ...more], shows, { waits: waits ?? [] });
    const diagnostic = found.diagnostics.find((one) => one.code === code && one.message.includes(says));
    expect(diagnostic, JSON.stringify(found)).toBeDefined();
    expect(diagnostic!.severity).toBe(code.startsWith("W") ? "warning" : "error");
    const near = checkDeployment([{ ...base, ...avoidsFlow }, ...more], avoids, { waits: avoidsWaits ?? [] });
    expect(near.diagnostics.filter((one) => one.code === code)).toEqual([]);
    expect(near.verdict, JSON.stringify(near)).toBe("accept");
  });
}

test("every code has a fixture and an explanation", () => {
  expect(codes.filter((code) => !fixtures.some((fixture) => fixture.code === code))).toEqual([]);
  for (const code of codes) expect(explainCode(code).remedy).not.toBe("");
});
