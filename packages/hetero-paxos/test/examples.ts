import type { GraphInput } from "@eunomia/learner-graph";

/** A worked example of the definition: a graph, a history in delivery order, and what follows from it. */
export interface Example {
  readonly name: string;
  readonly graph: GraphInput;
  /** Rows of id, kind, prev, refs, ballot, expected. What is not expected is empty; `Con` is as with nobody caught. */
  readonly rows: string;
  /** By learner: the value decided, its ballot number, and the first message with which that can be. */
  readonly decided: Readonly<Record<string, readonly [string, number, string]>>;
}

const edge = (a: string, b: string, label: string) => ({ between: [a, b] as const, label });
const chains: GraphInput = {
  learners: { red: "{r, s1, s2, s3} >= 3", blue: "{b, s1, s2, s3} >= 3" },
  edges: [
    edge("red", "red", "{r, s1, s2, s3} >= 3"),
    edge("red", "blue", "s1 & s2 & s3"),
    edge("blue", "blue", "{b, s1, s2, s3} >= 3"),
  ],
};

/** The fifth example is a graph that is not valid. */
export const invalid: GraphInput = {
  learners: { red: "u & v", blue: "v & w", green: "w & x" },
  edges: [
    edge("red", "red", "u | v"),
    edge("red", "blue", "v"),
    edge("blue", "blue", "v | w"),
    edge("blue", "green", "w"),
    edge("green", "green", "w | x"),
  ],
};

export const examples: readonly Example[] = [
  {
    name: "1: Homogeneous Byzantine, any 3 of 4",
    graph: { learners: { L: "{p1..p4} >= 3" }, edges: [edge("L", "L", "{p1..p4} >= 3")] },
    rows: `
1a@1A | 1a |  |  | 1:A | 
p1.1 | 1b | none | 1a@1A | 1:A | fresh {L}
p2.2 | 1b | none | 1a@1A | 1:A | fresh {L}
p3.3 | 1b | none | 1a@1A | 1:A | fresh {L}
p4.4 | 1b | none | 1a@1A | 1:A | fresh {L}
p1.5 | 2a | p1.1 | p1.1 p2.2 p3.3 | 1:A | q {p1,p2,p3}, lrns {L}
p2.6 | 2a | p2.2 | p1.1 p2.2 p3.3 | 1:A | q {p1,p2,p3}, lrns {L}
p3.7 | 2a | p3.3 | p1.1 p2.2 p3.3 | 1:A | q {p1,p2,p3}, lrns {L}
1a@2B | 1a |  |  | 2:B | 
p1.8 | 1b | p1.5 | 1a@2B p1.5 p2.6 p3.7 p4.4 | 2:B | fresh {}, Con2as {p1.5}
p4.9 | 1b | p4.4 | 1a@2B p4.4 | 2:B | fresh {L}
1a@3A | 1a |  |  | 3:A | 
p2.10 | 1b | p2.6 | 1a@3A p1.5 p2.6 p3.7 p4.4 | 3:A | fresh {L}, Con2as {p2.6}`,
    decided: { L: ["A", 1, "p3.7"] },
  },
  {
    name: "2: Crash-only majority, burying",
    graph: { learners: { L: "{p1, p2, p3} >= 2" }, edges: [edge("L", "L", "all(p1..p3)")] },
    rows: `
1a@1A | 1a |  |  | 1:A | 
p1.1 | 1b | none | 1a@1A | 1:A | fresh {L}
p2.2 | 1b | none | 1a@1A | 1:A | fresh {L}
p1.3 | 2a | p1.1 | p1.1 p2.2 | 1:A | q {p1,p2}, lrns {L}
1a@2B | 1a |  |  | 2:B | 
p2.4 | 1b | p2.2 | 1a@2B p2.2 | 2:B | fresh {L}
p3.5 | 1b | none | 1a@2B | 2:B | fresh {L}
p2.6 | 2a | p2.4 | p1.1 p2.2 p2.4 p3.5 | 2:B | q {p2,p3}, lrns {L}
p3.7 | 2a | p3.5 | p1.1 p2.2 p2.4 p3.5 | 2:B | q {p2,p3}, lrns {L}
p1.8 | 1b | p1.3 | 1a@2B p1.3 | 2:B | fresh {}, Con2as {p1.3}
1a@3B | 1a |  |  | 3:B | 
p1.9 | 2a | p1.8 | p1.8 p2.4 p3.5 | 2:B | q {p2,p3}, lrns {L}, Buried (L,p1.3)
p1.10 | 1b | p1.9 | 1a@3B p1.8 p1.9 p2.6 p3.7 | 3:B | fresh {L}, Con2as {p1.9}, Buried (L,p1.3)`,
    decided: { L: ["B", 2, "p3.7"] },
  },
  {
    name: "3: Two chains with shared validators",
    graph: chains,
    rows: `
1a@1A | 1a |  |  | 1:A | 
r.1 | 1b | none | 1a@1A | 1:A | fresh {red,blue}
s1.2 | 1b | none | 1a@1A | 1:A | fresh {red,blue}
s2.3 | 1b | none | 1a@1A | 1:A | fresh {red,blue}
b.4 | 1b | none | 1a@1A | 1:A | fresh {red,blue}
r.5 | 2a | r.1 | r.1 s1.2 s2.3 | 1:A | q {r,s1,s2}, lrns {red}
s1.6 | 2a | s1.2 | r.1 s1.2 s2.3 | 1:A | q {r,s1,s2}, lrns {red}
s2.7 | 2a | s2.3 | r.1 s1.2 s2.3 | 1:A | q {r,s1,s2}, lrns {red}
1a@2B | 1a |  |  | 2:B | 
b.8 | 1b | b.4 | 1a@2B b.4 | 2:B | fresh {red,blue}
s1.9 | 1b | s1.6 | 1a@2B r.5 s1.6 s2.7 | 2:B | fresh {}, Con2as red: {s1.6}; blue: {s1.6}
s3.10 | 1b | none | 1a@2B | 2:B | fresh {red,blue}
1a@3A | 1a |  |  | 3:A | 
b.11 | 1b | b.8 | 1a@3A b.4 b.8 r.1 r.5 s1.2 s1.6 s1.9 s2.3 s2.7 s3.10 | 3:A | fresh {red,blue}
s1.12 | 1b | s1.9 | 1a@3A s1.9 | 3:A | fresh {red,blue}, Con2as red: {s1.6}; blue: {s1.6}
s3.13 | 1b | s3.10 | 1a@3A b.4 b.8 r.1 r.5 s1.2 s1.6 s1.9 s2.3 s2.7 s3.10 | 3:A | fresh {red,blue}
b.14 | 2a | b.11 | b.11 s1.12 s3.13 | 3:A | q {b,s1,s3}, lrns {blue}
s1.15 | 2a | s1.12 | b.11 b.4 b.8 s1.12 s1.9 s3.10 s3.13 | 3:A | q {b,s1,s3}, lrns {blue}
s3.16 | 2a | s3.13 | b.11 s1.12 s3.13 | 3:A | q {b,s1,s3}, lrns {blue}`,
    decided: { red: ["A", 1, "s2.7"], blue: ["A", 3, "s3.16"] },
  },
  {
    name: "4: A pair that need not agree",
    graph: {
      learners: { x: "a & b", y: "b & c" },
      edges: [edge("x", "x", "a | b"), edge("y", "y", "b | c")],
    },
    rows: `
1a@1A | 1a |  |  | 1:A | 
a.1 | 1b | none | 1a@1A | 1:A | fresh {x,y}
b.2 | 1b | none | 1a@1A | 1:A | fresh {x,y}
a.3 | 2a | a.1 | a.1 b.2 | 1:A | q {a,b}, lrns {x}
b.4 | 2a | b.2 | a.1 b.2 | 1:A | q {a,b}, lrns {x}
1a@2B | 1a |  |  | 2:B | 
b.5 | 1b | b.4 | 1a@2B a.3 b.2 b.4 | 2:B | fresh {y}, Con2as x: {b.4}; y: {}
c.6 | 1b | none | 1a@2B | 2:B | fresh {x,y}
b.7 | 2a | b.5 | b.5 c.6 | 2:B | q x: {c}; y: {b,c}, lrns {y}
c.8 | 2a | c.6 | a.1 a.3 b.2 b.4 b.5 c.6 | 2:B | q x: {c}; y: {b,c}, lrns {y}`,
    decided: { x: ["A", 1, "b.4"], y: ["B", 2, "c.8"] },
  },
  {
    name: "6: Caught shrinks connection",
    graph: chains,
    rows: `
1a@1A | 1a |  |  | 1:A | 
r.1 | 1b | none | 1a@1A | 1:A | fresh {red,blue}
s2.2 | 1b | none | 1a@1A | 1:A | fresh {red,blue}
s1.x | 1b | none | 1a@1A | 1:A | fresh {red,blue}
r.3 | 2a | r.1 | r.1 s1.x s2.2 | 1:A | q {r,s1,s2}, lrns {red}
s2.4 | 2a | s2.2 | r.1 s1.x s2.2 | 1:A | q {r,s1,s2}, lrns {red}
1a@2B | 1a |  |  | 2:B | 
s1.y | 1b | none | 1a@2B | 2:B | fresh {red,blue}
s2.5 | 1b | s2.4 | 1a@2B r.3 s2.4 | 2:B | fresh {}, Con2as red: {s2.4}; blue: {s2.4}
1a@3B | 1a |  |  | 3:B | 
s2.6 | 1b | s2.5 | 1a@3B s1.y s2.5 | 3:B | fresh {blue}, Con2as red: {s2.4}; blue: {}, Caught {s1}, Con red: {red}; blue: {blue}`,
    decided: {},
  },
];
