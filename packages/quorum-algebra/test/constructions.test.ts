import type { NodeId } from "@eunomia/engine";
import {
  cheapestQuorum,
  crashTolerance,
  dual,
  type Expr,
  equalQuorums,
  join,
  majority,
  maskingIntersection,
  parse,
  type ReadWrite,
  readWriteIntersection,
  support,
  threshold,
} from "@eunomia/quorum-algebra";
import {
  binaryTree,
  hierarchical,
  mGrid,
  paths,
  projectivePlane,
  recursiveMajority,
  rowAndColumn,
  rowCover,
  singleton,
  triangle,
  wall,
  wheel,
} from "@eunomia/quorum-algebra/constructions";
import { countMinimalQuorums } from "@eunomia/quorum-algebra/sets";
import { describe, expect, test } from "vitest";
import { naiveMask, sameMeaning } from "./naive.ts";

const names = (count: number): NodeId[] =>
  Array.from({ length: count }, (_, i) => `n${String(i).padStart(3, "0")}`);
const rowsOf = (...lengths: number[]): NodeId[][] => {
  const ids = names(lengths.reduce((a, b) => a + b));
  return lengths.map((length) => ids.splice(0, length));
};
const smallest = (expr: Expr): number => {
  const { cost } = cheapestQuorum(expr);
  return cost.kind === "exact" ? cost.value : Number.NaN;
};
const quorumCount = (expr: Expr): bigint => {
  const found = countMinimalQuorums(expr);
  return found.kind === "exact" ? found.value : -1n;
};
const isDominated = (expr: Expr): boolean => {
  const equal = equalQuorums(expr, dual(expr));
  if (equal.holds === null) throw new Error("unknown");
  return !equal.holds;
};

interface Figures {
  readonly expr: Expr;
  readonly nodes: number;
  readonly smallest: number;
  readonly count: number;
  readonly resilience: number;
  readonly dominated: boolean;
}

/** Sizes and counts from the papers; those of small systems can be counted by hand. */
const systems: Record<string, Figures> = {
  singleton: { expr: singleton("a"), nodes: 1, smallest: 1, count: 1, resilience: 0, dominated: false },
  "majority of 5": {
    expr: majority(names(5)),
    nodes: 5,
    smallest: 3,
    count: 10,
    resilience: 2,
    dominated: false,
  },
  "majority of 4": {
    expr: majority(names(4)),
    nodes: 4,
    smallest: 3,
    count: 4,
    resilience: 1,
    dominated: true,
  },
  "3 organisations of 3": {
    expr: hierarchical(rowsOf(3, 3, 3)),
    nodes: 9,
    smallest: 4,
    count: 27,
    resilience: 3,
    dominated: false,
  },
  "recursive majority of 9": {
    expr: recursiveMajority(names(9)),
    nodes: 9,
    smallest: 4,
    count: 27,
    resilience: 3,
    dominated: false,
  },
  "recursive majority of 27": {
    expr: recursiveMajority(names(27)),
    nodes: 27,
    smallest: 8,
    count: 2187,
    resilience: 7,
    dominated: false,
  },
  "tree of 7": {
    expr: binaryTree(names(7)),
    nodes: 7,
    smallest: 3,
    count: 15,
    resilience: 2,
    dominated: false,
  },
  "tree of 15": {
    expr: binaryTree(names(15)),
    nodes: 15,
    smallest: 4,
    count: 255,
    resilience: 3,
    dominated: false,
  },
  "row and column 3x3": {
    expr: rowAndColumn(rowsOf(3, 3, 3)),
    nodes: 9,
    smallest: 5,
    count: 9,
    resilience: 2,
    dominated: true,
  },
  "wheel of 5": {
    expr: wheel("hub", names(4)),
    nodes: 5,
    smallest: 2,
    count: 5,
    resilience: 1,
    dominated: false,
  },
  "wall 1-2-3": {
    expr: wall(rowsOf(1, 2, 3)),
    nodes: 6,
    smallest: 3,
    count: 10,
    resilience: 2,
    dominated: false,
  },
  "wall 1-3-2": {
    expr: wall(rowsOf(1, 3, 2)),
    nodes: 6,
    smallest: 2,
    count: 9,
    resilience: 1,
    dominated: false,
  },
  "wall 2-2": { expr: wall(rowsOf(2, 2)), nodes: 4, smallest: 2, count: 3, resilience: 1, dominated: true },
  "triangle of 10": {
    expr: triangle(names(10)),
    nodes: 10,
    smallest: 4,
    count: 41,
    resilience: 3,
    dominated: false,
  },
  "Fano plane": {
    expr: projectivePlane(names(7), 2),
    nodes: 7,
    smallest: 3,
    count: 7,
    resilience: 2,
    dominated: false,
  },
  "plane of order 3": {
    expr: projectivePlane(names(13), 3),
    nodes: 13,
    smallest: 4,
    count: 13,
    resilience: 3,
    dominated: true,
  },
};

describe("constructions have the sizes, counts and properties of their papers", () => {
  test.each(Object.entries(systems))(
    "%s",
    (_, { expr, nodes, smallest: least, count, resilience, dominated }) => {
      expect(support(expr)).toHaveLength(nodes);
      expect(smallest(expr)).toBe(least);
      expect(quorumCount(expr)).toBe(BigInt(count));
      expect(crashTolerance(expr)).toMatchObject({ kind: "exact", value: resilience });
      expect(isDominated(expr)).toBe(dominated);
      expect(readWriteIntersection(expr, expr).holds).toBe(true);
    },
  );
  test("a broken twin is refused: a wall that asks the rows above", () => {
    const rows = rowsOf(1, 2, 3);
    const upward = parse(
      `any(${rows.map((row, i) => [...row, ...rows.slice(0, i).map((above) => `any(${above.join()})`)].join(" & ")).join()})`,
    );
    expect(quorumCount(upward)).toBe(1n);
  });
  test("the wheel is the wall of a hub above its spokes", () => {
    const [hub, spokes] = rowsOf(1, 4);
    expect(sameMeaning(wheel(hub![0]!, spokes!), wall([hub!, spokes!]))).toBe(true);
    expect(sameMeaning(wheel("h", ["s"]), wall([["h"], ["s"]]))).toBe(true);
  });
  test("lines of a plane meet in one point, every point is on q + 1 of them", () => {
    for (const q of [2, 3, 5]) {
      const plane = projectivePlane(names(q * q + q + 1), q);
      const lines = plane.t === "thr" ? plane.of.map(support) : [];
      expect(lines).toHaveLength(q * q + q + 1);
      for (const line of lines) {
        expect(line).toHaveLength(q + 1);
        for (const other of lines)
          if (other !== line) expect(line.filter((id) => other.includes(id))).toHaveLength(1);
      }
      for (const id of names(q * q + q + 1))
        expect(lines.filter((line) => line.includes(id))).toHaveLength(q + 1);
    }
  });
});

describe("for two phases", () => {
  const meets = ({ phase1, phase2 }: ReadWrite): boolean | null =>
    readWriteIntersection(phase1, phase2).holds;
  test("row cover: each phase is the dual of the other", () => {
    const system = rowCover(rowsOf(2, 3));
    expect(sameMeaning(dual(system.phase1), system.phase2)).toBe(true);
    expect([quorumCount(system.phase1), quorumCount(system.phase2)]).toEqual([2n, 6n]);
    expect(meets(system)).toBe(true);
  });
  test("paths are the connected sets of edges, both ways; all meet", () => {
    for (const d of [1, 2, 3]) {
      const ids = names(2 * d * d + 2 * d + 1);
      const system = paths(ids, d);
      expect(support(system.phase1)).toEqual(ids);
      expect([smallest(system.phase1), smallest(system.phase2)]).toEqual([d + 1, d + 1]);
      if (d > 2) continue;
      expect(meets(system)).toBe(true);
      expect(smallest(join(system.phase1, system.phase2))).toBe(2 * d + 1);
      const [across, down] = [naiveMask(system.phase1, ids), naiveMask(system.phase2, ids)];
      let differing = 0;
      for (let set = 0; set < 1 << ids.length; set++)
        if (across(set) !== connected(set, d, "across") || down(set) !== connected(set, d, "down"))
          differing++;
      expect(differing).toBe(0);
    }
    // The five nodes of Whittaker et al., in whose words the paths are a*b + a*c*e + d*e + d*c*b.
    const bridge = paths(["a", "b", "d", "e", "c"], 1).phase1;
    expect(sameMeaning(bridge, parse("a & b | a & c & e | d & e | d & c & b"))).toBe(true);
  });
  test("a broken twin is refused: paths of two steps fewer", () => {
    const ids = names(13);
    const direct = parse([0, 3, 6].map((at) => ids.slice(at, at + 3).join(" & ")).join(" | "));
    const across = naiveMask(direct, ids);
    expect(
      Array.from({ length: 1 << 13 }, (_, set) => set).some(
        (set) => across(set) !== connected(set, 2, "across"),
      ),
    ).toBe(true);
  });
  test("M-grids survive b Byzantine nodes with unsigned data", () => {
    const system = mGrid(rowsOf(5, 5, 5, 5, 5), 2);
    expect(smallest(system)).toBe(2 * 5 * 2 - 4);
    expect(quorumCount(system)).toBe(100n);
    const tooMany = threshold(support(system), 3);
    expect(maskingIntersection(system, tooMany).holds).toBe(true);
    expect(maskingIntersection(rowAndColumn(rowsOf(5, 5, 5, 5, 5)), tooMany).holds).toBe(false);
  });
});

/** Is there an open way through the grid? Fills from one side; "down" goes from field to field, across open edges. */
function connected(set: number, d: number, way: "across" | "down"): boolean {
  const isOpen = (edge: number): boolean => ((set >> edge) & 1) === 1;
  const horizontal = (x: number, y: number): number => y * (d + 1) + x;
  const vertical = (x: number, y: number): number => (d + 1) ** 2 + y * d + x - 1;
  const links: [string, string, number][] = [];
  for (let y = 0; y <= d; y++)
    for (let x = 0; x <= d; x++)
      links.push(
        way === "across"
          ? [`${x},${y}`, `${x + 1},${y}`, horizontal(x, y)]
          : [`${x},${y - 1}`, `${x},${y}`, horizontal(x, y)],
      );
  for (let y = 0; y < d; y++)
    for (let x = 1; x <= d; x++)
      links.push(
        way === "across"
          ? [`${x},${y}`, `${x},${y + 1}`, vertical(x, y)]
          : [`${x - 1},${y}`, `${x},${y}`, vertical(x, y)],
      );
  const reached = new Set(Array.from({ length: d + 1 }, (_, i) => (way === "across" ? `0,${i}` : `${i},-1`)));
  for (let round = 0; round < links.length; round++)
    for (const [from, to, edge] of links)
      if (isOpen(edge) && (reached.has(from) || reached.has(to))) reached.add(from).add(to);
  return Array.from({ length: d + 1 }, (_, i) => (way === "across" ? `${d + 1},${i}` : `${i},${d}`)).some(
    (end) => reached.has(end),
  );
}

test("what cannot be built is refused", () => {
  const refused = (make: () => unknown, code: string) =>
    expect(make).toThrow(expect.objectContaining({ code }));
  refused(() => recursiveMajority(names(8)), "shape");
  refused(() => recursiveMajority(names(8), 1), "quantity");
  refused(() => binaryTree(names(6)), "shape");
  refused(() => triangle(names(4)), "shape");
  refused(() => triangle([]), "empty");
  refused(() => projectivePlane(names(7), 3), "shape");
  refused(() => projectivePlane(names(21), 4), "quantity");
  refused(() => paths(names(5), 2), "shape");
  refused(() => paths(names(5), 0), "quantity");
  refused(() => mGrid(rowsOf(3, 3), 0), "shape");
  refused(() => mGrid(rowsOf(3, 3, 3), 2), "quantity");
  refused(() => wheel("a", ["a", "b"]), "duplicate-member");
  refused(() => wheel("a", []), "empty");
  refused(() => wall([["a"], []]), "empty");
  refused(() => rowCover([["a"], ["a"]]), "duplicate-member");
  refused(() => hierarchical([["a"], ["b"]], 3), "threshold");
  refused(() => hierarchical([["a"], ["b"]], 1, 2), "threshold");
  expect(hierarchical([["a", "b"], ["c"]], 2, (members) => members)).toEqual(
    hierarchical([["a", "b"], ["c"]], 2),
  );
});
