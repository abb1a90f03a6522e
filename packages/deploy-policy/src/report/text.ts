import type { Report } from "../check/check.ts";
import { type Diagnostic, explainCode } from "../check/diagnostics.ts";

/**
 * A report for people: the verdict, and each diagnostic with its place, what it means and what to do.
 *
 * @example
 * console.log(reportText(checkDeployment(flows, text), "deployment.txt"));
 */
export function reportText({ verdict, diagnostics }: Report, file = "deployment"): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const head = `${verdict}: ${counted(errors, "error")}, ${counted(warnings, "warning")}`;
  return [head, ...diagnostics.map((diagnostic) => told(diagnostic, file))].join("\n");
}

function told({ code, severity, message, where, more }: Diagnostic, file: string): string {
  const place = where.line === undefined ? file : `${file}:${where.line}:${where.column}`;
  const flow = where.flow === undefined ? "" : ` (${where.flow})`;
  const { meaning, remedy } = explainCode(code);
  const others = more === 0 ? "" : `\n    and ${more} more like it`;
  return `${place} ${severity} ${code}${flow}: ${message}${others}\n    ${meaning}: ${remedy}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
