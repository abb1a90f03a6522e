/** Deployment policies: who authenticates, keeps evidence of and spreads which statements how, and whether that is enough. */

export { checkDeployment, type Report } from "./check/check.ts";
export { type Code, codes, type Diagnostic, explainCode, type Where } from "./check/diagnostics.ts";
export { PolicyError, type PolicyErrorCode, PolicySyntaxError } from "./errors.ts";
export { checkedFlows, type Flow, type Wait } from "./model/flows.ts";
export { type Applied, appliedClauses, appliedText } from "./report/applied.ts";
export { type Decisions, decisionsOf } from "./report/decisions.ts";
export { reportText } from "./report/text.ts";
export type {
  Channel,
  ChannelClause,
  Deployment,
  FaultClause,
  Link,
  OptionClause,
  Place,
  PrincipalClause,
  SchemeUse,
  Stage,
  StageClause,
  Suite,
  SuiteClause,
} from "./text/ast.ts";
export { parseDeployment } from "./text/parse.ts";
export { printDeployment } from "./text/print.ts";
