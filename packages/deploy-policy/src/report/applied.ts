import { asksOf, others } from "../check/ask.ts";
import { nameTroubles } from "../check/names.ts";
import { stagesTowards } from "../check/relays.ts";
import { Setting } from "../check/setting.ts";
import { PolicyError } from "../errors.ts";
import { checkedFlows, type Flow } from "../model/flows.ts";
import type { Selected } from "../model/selection.ts";
import type { SuiteClause } from "../text/ast.ts";
import { parseDeployment } from "../text/parse.ts";
import { printStages, printSuites } from "../text/print.ts";

/** What a deployment says about statements of a flow towards those for whom the same clauses apply. */
export interface Applied {
  readonly flow: string;
  readonly as: "verifier" | "auditor";
  readonly issuers: readonly string[];
  readonly targets: readonly string[];
  /** The suites with the line of their clause; null: no clause applies. */
  readonly authentication: string | null;
  readonly evidence: string | null;
  /** The stages in order, the built-in fall-back with them. Null for auditors, to whom nothing is sent. */
  readonly spread: string | null;
}

/**
 * Which clauses apply to whom: what to look at when a finding surprises.
 *
 * @example
 * appliedClauses(flows, text).map(appliedText).join("\n");
 * @throws PolicySyntaxError for a text that cannot be read; PolicyError `unknown` where names mean nothing, `shape` and `quantity` for
 * flows that are none.
 */
export function appliedClauses(flows: readonly Flow[], text: string): readonly Applied[] {
  checkedFlows(flows);
  const deployment = parseDeployment(text);
  const setting = new Setting(deployment);
  const [trouble] = nameTroubles(setting, deployment, flows, []);
  if (trouble !== undefined)
    throw new PolicyError("unknown", "deployment", "names with a meaning", trouble.message);
  const groups = new Map<string, { readonly said: Applied; issuers: Set<string>; targets: Set<string> }>();
  for (const flow of flows)
    for (const ask of asksOf(setting, flow)) {
      const { issuer, type } = ask;
      for (const as of ["verifier", "auditor"] as const)
        for (const target of others(as === "verifier" ? ask.verifiers : ask.auditors, issuer)) {
          const said: Applied = {
            flow: type,
            as,
            issuers: [],
            targets: [],
            authentication: suites(setting.authentication.of(issuer, target, type)),
            evidence: suites(setting.nonRepudiation.of(issuer, target, type)),
            spread: as === "auditor" ? null : printStages(stagesTowards(setting, ask, target)),
          };
          const key = JSON.stringify([flows.indexOf(flow), said]);
          const group = groups.get(key) ?? { said, issuers: new Set(), targets: new Set() };
          groups.set(key, group);
          group.issuers.add(issuer);
          group.targets.add(target);
        }
    }
  return [...groups.values()].map(({ said, issuers, targets }) => ({
    ...said,
    issuers: [...issuers],
    targets: [...targets],
  }));
}

function suites(selected: Selected<SuiteClause>): string | null {
  if (selected.is === "none") return null;
  if (selected.is === "one")
    return `${printSuites(selected.clause.alternatives)} (line ${selected.clause.at.line})`;
  const [a, b] = selected.clauses;
  return `ambiguous (lines ${a.at.line} and ${b.at.line})`;
}

/** One of them in words. */
export function appliedText({
  flow,
  as,
  issuers,
  targets,
  authentication,
  evidence,
  spread,
}: Applied): string {
  const parts = [
    `authentication ${authentication ?? "none"}`,
    `evidence ${evidence ?? "none"}`,
    ...(spread === null ? [] : [`spread ${spread}`]),
  ];
  return `${flow}: ${issuers.join(", ")} to ${as} ${targets.join(", ")}: ${parts.join("; ")}`;
}
