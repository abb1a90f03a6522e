import { appliedClauses, appliedText, checkDeployment, decisionsOf, type Flow } from "@eunomia/deploy-policy";
import { expect, test } from "vitest";
import { backupFlows, t, transferFlows, u, v } from "./fixtures/flows.ts";
import { people, primaryBackup, slides, slidesRepaired, witnessedTransfer } from "./fixtures/texts.ts";

/** The codes of the errors, each once; empty: accepted. */
function errors(flows: readonly Flow[], text: string): readonly string[] {
  const { verdict, diagnostics } = checkDeployment(flows, text);
  const found = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
  expect(verdict).toBe(found.length === 0 ? "accept" : "reject");
  return [...new Set(found)];
}

const withAuditor = (flows: readonly Flow[], type: string, auditor: string): readonly Flow[] =>
  flows.map((flow) => (flow.type === type ? { ...flow, auditor } : flow));

test("the slides as they are: the notary has no way to authenticate x", () => {
  expect(errors([t], people + slides)).toEqual(["N303"]);
  const { diagnostics } = checkDeployment([t], people + slides);
  expect(diagnostics[0]).toMatchObject({
    message: "notary z has no way to authenticate x; add x -> z under [Authentication]",
    where: { line: 4, flow: "T" },
  });
});

test("the slides as they are: SHA-1 is legacy, and accepted where it is allowed", () => {
  expect(errors([u], people + slides)).toEqual(["E106"]);
  expect(errors([u], `${people}${slides}[Options] allow-legacy`)).toEqual([]);
});

test("the slides as they are: a signature for auditors authenticates, too", () => {
  expect(errors([v], people + slides)).toEqual([]);
});

test("the slides repaired serve all three", () => {
  expect(errors([t, u, v], slidesRepaired)).toEqual([]);
});

test("primary-backup", () => {
  expect(errors(backupFlows, primaryBackup)).toEqual([]);
  expect(checkDeployment(backupFlows, primaryBackup).diagnostics).toEqual([]);
});

test("primary-backup: a MAC shown to another client", () => {
  const flows = backupFlows.map(
    (flow): Flow => (flow.type === "Reply" ? { ...flow, verifier: "c0", auditor: "c1" } : flow),
  );
  expect(errors(flows, primaryBackup)).toEqual(["N301"]);
});

test("primary-backup: TLS behind a relay", () => {
  const { diagnostics } = checkDeployment(backupFlows, primaryBackup.replace("HMAC-SHA256", "TLS13"));
  expect(diagnostics.map(({ code, where }) => [code, where.flow])).toEqual([["A203", "Request"]]);
});

test("primary-backup: a lone relay without a fall-back", () => {
  expect(errors(backupFlows, primaryBackup.replace("WITHIN 50ms", "FINAL"))).toEqual(["D402"]);
});

test("witnessed transfer", () => {
  expect(errors(transferFlows, witnessedTransfer)).toEqual([]);
});

test("witnessed transfer: witnesses that do not sign", () => {
  const text = witnessedTransfer.replace("  W -> * on Witness : Ed25519;\n", "");
  expect(errors(transferFlows, text)).toEqual(["N301"]);
});

test("witnessed transfer: a certificate shown to those who cannot audit it", () => {
  const flows = withAuditor(transferFlows, "Witness", "AUD");
  expect(errors(flows, witnessedTransfer)).toEqual(["S501"]);
  expect(checkDeployment(flows, witnessedTransfer).diagnostics[0]).toMatchObject({
    message:
      "Receipt carries Witness as a certificate, but w1 is not an auditor of Witness; write [.., .., w1] Witness in the spec",
    more: 3,
  });
});

test("which clauses apply to whom", () => {
  expect(appliedClauses([t, v], slidesRepaired).map(appliedText)).toEqual([
    "T: x to verifier b: authentication none; evidence TrustedThirdParty(z) (line 11); spread OPTIMISTIC(a); OPTIMISTIC({a, b, c} >= 2); DIRECT",
    "T: x to auditor c: authentication none; evidence TrustedThirdParty(z) (line 11)",
    "V: y to verifier b: authentication none; evidence RSA (line 13); spread OPTIMISTIC(a); OPTIMISTIC({a, b, c} >= 2); DIRECT",
    "V: y to auditor c: authentication none; evidence RSA (line 13)",
  ]);
  expect(() => appliedClauses([t], "[Principals] x : mac")).toThrow("unknown principal b");
});

test("what primary-backup decides, for whoever carries it out", () => {
  const decisions = decisionsOf(primaryBackup);
  expect(decisions.members("REPLICAS")).toEqual(["r0", "r1", "r2"]);
  expect(decisions.members("NOBODY")).toBeNull();
  expect(decisions.authentication("r0", "r1", "Order")).toEqual([[{ name: "HMAC-SHA256", of: null }]]);
  expect(decisions.evidence("r0", "r1", "Order")).toBeNull();
  const direct = { policy: "DIRECT", withinMs: null, final: false };
  expect(decisions.stages("r0", "r1", "Order")).toEqual([direct]);
  expect(decisions.stages("c0", "r1", "Request")).toEqual([
    { policy: "OPTIMISTIC", relays: "r0", withinMs: 50, final: false },
    direct,
  ]);
  expect(decisions.relays("r0")).toEqual({ t: "node", id: "r0" });
  expect(decisions.retentionMs).toBeNull();
  expect(() => decisionsOf(primaryBackup.replace("REPLICAS = {r0", "REPLICAS = {r9"))).toThrow(
    "unknown principal r9",
  );
});
