/** What one may begin with. */
export const examples: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: "Three organisations, two of which suffice",
    text: "{majority(a1..a3), majority(b1..b3), majority(c1..c3)} >= 2",
  },
  { name: "Majority of five", text: "majority(a..e)" },
  { name: "Two thirds of seven", text: "{n1, n2, n3, n4, n5, n6, n7} >= 5" },
  { name: "Weights", text: "{bank*4, fund*3, exchange*3, small1, small2} >= 8" },
  {
    name: "A grid, whole rows or whole columns",
    text: "a & b & c | d & e & f | g & h & i | a & d & g | b & e & h | c & f & i",
  },
  {
    name: "Two chains that share three validators",
    text: `group shared: {s1, s2, s3}
learner red: {r, shared} >= 3
learner blue: {b, shared} >= 3
edge red - red: {r, shared} >= 3
edge red - blue: s1 & s2 & s3`,
  },
  {
    name: "Stake, as CSV",
    text: "id,stake,operator\nalpha,40,one\nbeta,25,two\ngamma,15,two\ndelta,12,three\nepsilon,8,four",
  },
];
