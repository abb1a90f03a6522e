import type { Deployment, FaultClause, Link, PrincipalClause, SchemeUse, Stage, Suite } from "./ast.ts";
import { units } from "./lexer.ts";

/**
 * The text of a deployment, one clause a line. `parseDeployment` reads it back to the same clauses.
 *
 * @example
 * printDeployment(parseDeployment("[Authentication] a <-> b : PlainTxt,HMAC-SHA256"));
 * // "[Authentication]\n  a <-> b : PlainTxt, HMAC-SHA256;\n"
 */
export function printDeployment(deployment: Deployment): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["Principals", deployment.principals.map(principal)],
    ["Faults", deployment.faults.map(fault)],
    ["Channels", deployment.channels.map(({ link, channel }) => `${printLink(link)} : ${channel}`)],
    ["Authentication", deployment.authentication.map(suites)],
    ["Non-repudiation", deployment.nonRepudiation.map(suites)],
    [
      "Dissemination",
      deployment.dissemination.map(({ link, stages }) => `${printLink(link)} : ${printStages(stages)}`),
    ],
    [
      "Options",
      deployment.options.map((option) =>
        option.is === "allow-legacy" ? option.is : `retention ${duration(option.ms)}`,
      ),
    ],
  ];
  return sections
    .filter(([, clauses]) => clauses.length > 0)
    .map(([name, clauses]) => `[${name}]\n${clauses.map((clause) => `  ${clause};\n`).join("")}`)
    .join("");
}

function principal(clause: PrincipalClause): string {
  if (clause.is === "keys") return `${clause.names.join(", ")} : ${clause.keys.join(", ")}`;
  return `${clause.name} = ${clause.is === "role" ? clause.of : `{${clause.of.join(", ")}}`}`;
}

function fault({ of, kind, most }: FaultClause): string {
  return `${"name" in of ? of.name : `{${of.set.join(", ")}}`} : ${kind} <= ${most}`;
}

export function printLink({ from, both, to, on }: Link): string {
  const types = on.length === 0 ? "" : ` on ${on.join(", ")}`;
  return `${from.join(", ")} ${both ? "<->" : "->"} ${to.join(", ")}${types}`;
}

const suites = ({ link, alternatives }: { link: Link; alternatives: readonly Suite[] }): string =>
  `${printLink(link)} : ${printSuites(alternatives)}`;

export function printSuites(alternatives: readonly Suite[]): string {
  return alternatives.map((suite) => suite.map(printScheme).join(", ")).join(" | ");
}

export function printScheme({ name, of }: SchemeUse): string {
  return of === null ? name : `${name}(${of})`;
}

export function printStages(stages: readonly Stage[]): string {
  return stages.map(printStage).join("; ");
}

function printStage(stage: Stage): string {
  const of =
    stage.policy === "OPTIMISTIC"
      ? `(${stage.relays})`
      : stage.policy === "GOSSIP"
        ? `(${stage.fanout})`
        : "";
  const within = stage.withinMs === null ? "" : ` WITHIN ${duration(stage.withinMs)}`;
  return `${stage.policy}${of}${within}${stage.final ? " FINAL" : ""}`;
}

function duration(ms: number): string {
  const [unit, scale] = units.find(([, size]) => ms % size === 0 && ms >= size) ?? units.at(-1)!;
  return `${ms / scale}${unit}`;
}
