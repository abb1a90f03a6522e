import { parse, thresholdOf } from "@eunomia/quorum-algebra";
import {
  type ExpressionOptions,
  expressionDot,
  expressionMermaid,
  expressionSvg,
  failureCurveSvg,
  graphDot,
  graphMermaid,
  graphSvg,
  heatMapSvg,
  loadBarsSvg,
  type NodeState,
  type PicturedGraph,
  stakeTreemapSvg,
} from "@eunomia/quorum-algebra/svg";

const organisations = parse(
  "{majority(a1..a3), majority(b1..b3), majority(c1..c3), {x*10, y*5, z*1} >= 11, w} >= 3",
);
const options: ExpressionOptions = {
  states: new Map<string, NodeState>([
    ["a1", "byzantine"],
    ["b2", "failed"],
    ["b3", "failed"],
    ["w", "failed"],
  ]),
  groups: new Map(["a1", "a2", "a3"].map((id) => [id, "Alpha & sons"])),
  names: new Map([["w", "watcher"]]),
};

const trust: PicturedGraph = {
  learners: [
    { id: "hub", live: true, accurate: true },
    { id: "osmosis", live: false, accurate: true },
    { id: "juno <test>", live: true, accurate: false },
  ],
  edges: [
    { a: "hub", b: "hub", breaks: 7 },
    { a: "hub", b: "osmosis", breaks: 2 },
    { a: "osmosis", b: "juno <test>", breaks: null },
  ],
  unit: "operators",
};

/** Every kind of picture once, with what it has to say: the files beside this one. */
export const pictures: Readonly<Record<string, () => string>> = {
  "expression.svg": () => expressionSvg(organisations, { ...options, size: 480 }),
  "expression-without-states.svg": () => expressionSvg(parse("a & {b, c, a} >= 2 | d"), { size: 320 }),
  "expression-closed.svg": () =>
    expressionSvg(thresholdOf(2, [parse("majority(a1..a9)"), parse("majority(b1..b9)"), parse("c")]), {
      size: 320,
      maxCircles: 14,
    }),
  "expression.dot": () => expressionDot(organisations, options),
  "expression.mmd": () => expressionMermaid(organisations, options),
  "graph.svg": () => graphSvg(trust),
  "graph.dot": () => graphDot(trust),
  "graph.mmd": () => graphMermaid(trust),
  "heat.svg": () =>
    heatMapSvg({
      title: "Least Byzantine operators that break a pair",
      rows: ["hub", "osmosis", "juno"],
      columns: ["hub", "osmosis", "juno"],
      values: [
        [7, 2, null],
        [2, 4, 1.25],
        [null, 1.25, 0],
      ],
      unit: "operators",
      absent: "no agreement can be promised",
    }),
  "load.svg": () =>
    loadBarsSvg({
      title: "Load at 80 % reads",
      bars: [
        { id: "a", load: 0.3, capacity: 1 },
        { id: "b", label: "a name that is too long to be shown whole", load: 1.2, capacity: 1 },
        { id: "c", load: 0.5 },
        { id: "d", load: 0.1 },
      ],
      maxBars: 3,
    }),
  "failure.svg": () =>
    failureCurveSvg({
      title: "Unavailability",
      mark: 0.03,
      lines: [
        {
          label: "majority of 3",
          points: [
            [0.001, 3e-6],
            [0.01, 3e-4],
            [0.1, 0.028],
          ],
        },
        {
          label: "one node",
          points: [
            [0.001, 0.001],
            [0.1, 0.1],
          ],
        },
      ],
    }),
  "stake.svg": () =>
    stakeTreemapSvg({
      title: "Two chains",
      chains: [
        {
          name: "first",
          validators: [40n, 30n, 20n, 5n, 4n, 1n].map((stake, at) => ({ id: `v${at}`, stake })),
        },
        { name: "second", validators: [{ id: "v0", label: "Zero & Co", stake: 10n ** 20n }] },
      ],
      shared: ["v0"],
      maxTiles: 4,
    }),
};
