import type { Expr } from "@eunomia/quorum-algebra";
import { nameTroubles } from "../check/names.ts";
import { stagesTowards } from "../check/relays.ts";
import { Setting } from "../check/setting.ts";
import { PolicyError } from "../errors.ts";
import type { Selected } from "../model/selection.ts";
import type { Stage, Suite, SuiteClause } from "../text/ast.ts";
import { parseDeployment } from "../text/parse.ts";

/** What a deployment decides, for whoever carries it out. */
export interface Decisions {
  /** The individuals that a name stands for; null: the deployment does not know it. */
  members(name: string): readonly string[] | null;
  /** Suites of [Authentication], of which any one may be used; null: no clause applies, or two tie. */
  authentication(issuer: string, target: string, type: string): readonly Suite[] | null;
  /** The same of [Non-repudiation]. */
  evidence(issuer: string, target: string, type: string): readonly Suite[] | null;
  /** How statements spread, in the order of the attempts, the built-in fall-back with them. */
  stages(issuer: string, target: string, type: string): readonly Stage[];
  /** Who must pass a statement on, of the relays in a stage, over individuals. */
  relays(text: string): Expr;
  /** How long evidence is kept, in milliseconds; null: for good. */
  readonly retentionMs: number | null;
}

/**
 * What the clauses of a deployment decide, by name: a deployment is to be checked with its flows first (`checkDeployment`).
 *
 * @example
 * decisionsOf("[Principals] a, b : mac; [Authentication] a -> b : HMAC-SHA256").authentication("a", "b", "T"); // [[{ name: "HMAC-SHA256", of: null }]]
 * @throws PolicySyntaxError for a text that cannot be read; PolicyError `unknown` where names mean nothing.
 */
export function decisionsOf(text: string): Decisions {
  const deployment = parseDeployment(text);
  const setting = new Setting(deployment);
  const [trouble] = nameTroubles(setting, deployment, [], []);
  if (trouble !== undefined)
    throw new PolicyError("unknown", "deployment", "names with a meaning", trouble.message);
  return {
    members: (name) => setting.principals.members(name),
    authentication: (...asked) => suitesOf(setting.authentication.of(...asked)),
    evidence: (...asked) => suitesOf(setting.nonRepudiation.of(...asked)),
    stages: (issuer, target, type) => stagesTowards(setting, { issuer, type }, target),
    relays: (of) => setting.goodQuorum(of),
    retentionMs: setting.retentionMs,
  };
}

const suitesOf = (selected: Selected<SuiteClause>): readonly Suite[] | null =>
  selected.is === "one" ? selected.clause.alternatives : null;
