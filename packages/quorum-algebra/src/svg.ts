/** Pictures of quorums and trust as SVG text, their layouts as plain data, and Graphviz and Mermaid text. Sheets for further pictures. */

export { type LoadBar, type LoadBars, loadBarsSvg } from "./svg/bars.ts";
export { type FailureCurves, type FailureLine, failureCurveSvg } from "./svg/curve.ts";
export { dendrogramOrder } from "./svg/dendrogram.ts";
export {
  type DiagramOptions,
  expressionDot,
  expressionMermaid,
  graphDot,
  graphMermaid,
} from "./svg/diagrams.ts";
export { label, type Sheet, svgDocument } from "./svg/document.ts";
export { expressionSvg } from "./svg/expression.ts";
export {
  type ExpressionOptions,
  type PackedCircle,
  type PackedExpression,
  packExpression,
} from "./svg/expression-layout.ts";
export { type HeatLayout, type HeatMap, heatLayout, heatMapSvg } from "./svg/heat.ts";
export {
  type GraphLayout,
  graphLayout,
  graphSvg,
  type PicturedEdge,
  type PicturedGraph,
  type PicturedLearner,
} from "./svg/learners.ts";
export type { Circle } from "./svg/pack.ts";
export type { NodeState } from "./svg/states.ts";
export { coordinate, escaped } from "./svg/text.ts";
export {
  type StakeChain,
  type StakeTile,
  type StakeTreemap,
  stakeTreemapSvg,
} from "./svg/treemap.ts";
