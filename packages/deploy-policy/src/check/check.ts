import { PolicySyntaxError } from "../errors.ts";
import { checkedFlows, type Flow, type Wait } from "../model/flows.ts";
import type { Deployment } from "../text/ast.ts";
import { parseDeployment } from "../text/parse.ts";
import { printLink } from "../text/print.ts";
import { deployedScheme } from "../text/schemes.ts";
import { type Ask, asksOf, others } from "./ask.ts";
import { auditorTroubles, verifierTrouble } from "./convince.ts";
import { type Diagnostic, Findings, tied } from "./diagnostics.ts";
import { disseminationTroubles, isCutOff } from "./dissemination.ts";
import { nameTroubles } from "./names.ts";
import { Setting } from "./setting.ts";
import { certificateTroubles, waitTrouble } from "./spec.ts";

/** The verdict on a deployment. It is `reject` if and only if there is an error. */
export interface Report {
  readonly verdict: "accept" | "reject";
  readonly diagnostics: readonly Diagnostic[];
}

const dayMs = 86_400_000;

/**
 * Does the deployment keep what the flows ask for: is every verifier convinced, can every auditor be, does every statement
 * arrive, and are certificates for those who get them? The codes are explained by `explainCode`.
 *
 * @param waits what rules of the spec wait for, if it is known.
 * @example
 * const order = { type: "Order", issuer: "p", verifier: "q", auditor: "NOONE" };
 * checkDeployment([order], "[Principals] p, q : mac; [Authentication] p -> q : HMAC-SHA256"); // accept
 * @throws PolicyError `shape` or `quantity` for flows that are none. A text that cannot be read is a diagnostic.
 */
export function checkDeployment(
  flows: readonly Flow[],
  text: string,
  { waits = [] }: { readonly waits?: readonly Wait[] } = {},
): Report {
  checkedFlows(flows);
  const findings = new Findings();
  try {
    checkParsed(findings, flows, parseDeployment(text), waits);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    findings.add({ code: "E101", message: error.message, at: { line: error.line, column: error.column } });
  }
  return { verdict: findings.hasErrors ? "reject" : "accept", diagnostics: findings.list() };
}

function checkParsed(
  findings: Findings,
  flows: readonly Flow[],
  deployment: Deployment,
  waits: readonly Wait[],
): void {
  const setting = new Setting(deployment);
  for (const trouble of nameTroubles(setting, deployment, flows, waits)) findings.add(trouble);
  if (findings.hasErrors) return;
  for (const flow of flows) {
    for (const ask of asksOf(setting, flow)) checkAsk(findings, setting, ask);
    for (const trouble of certificateTroubles(setting, flow, flows)) findings.add(trouble, flow.type);
    const days = flow.auditDays ?? 0;
    if (setting.retentionMs !== null && days * dayMs > setting.retentionMs)
      findings.add(
        {
          code: "N309",
          message: `${flow.type} must stay auditable for ${days} days; evidence is kept ${setting.retentionMs / dayMs} days`,
        },
        flow.type,
      );
  }
  for (const wait of waits) {
    const trouble = waitTrouble(setting, wait, flows);
    if (trouble !== null) findings.add(trouble, wait.type);
  }
  for (const { issuer, target, type, clauses } of setting.channels.ties)
    findings.add(tied(clauses, issuer, target, type), type);
  warn(findings, setting, deployment);
}

function checkAsk(findings: Findings, setting: Setting, ask: Ask): void {
  for (const verifier of others(ask.verifiers, ask.issuer)) {
    const trouble = verifierTrouble(setting, ask, verifier);
    if (trouble !== null) findings.add(trouble, ask.type);
    for (const found of disseminationTroubles(setting, ask, verifier)) findings.add(found, ask.type);
  }
  for (const auditor of others(ask.auditors, ask.issuer)) {
    for (const trouble of auditorTroubles(setting, ask, auditor)) findings.add(trouble, ask.type);
    if (isCutOff(setting, ask, auditor))
      findings.add(
        {
          code: "N308",
          message: `no verifier of ${ask.type}, nor ${ask.issuer}, has a channel to auditor ${auditor}`,
        },
        ask.type,
      );
  }
}

/** What is allowed and still worth a look. */
function warn(findings: Findings, setting: Setting, { authentication, nonRepudiation }: Deployment): void {
  for (const { alternatives, at } of [...authentication, ...nonRepudiation])
    for (const { name, of } of alternatives.flat()) {
      if (name === "RSA") findings.add({ code: "W601", message: "RSA read as RSA-PSS", at });
      if (deployedScheme(name)?.kind === "notary")
        findings.add({ code: "W603", message: `assumption: everyone trusts ${of} for attribution`, at });
    }
  const { authentication: a, nonRepudiation: n, dissemination: d, channels: c } = setting;
  for (const { link, at } of [...a.unused, ...n.unused, ...d.unused, ...c.unused])
    findings.add({ code: "W602", message: `clause never used: ${printLink(link)}`, at });
}
