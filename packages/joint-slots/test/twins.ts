import { decodeBase } from "../src/index.ts";
import { judgeBase, judgeJoint } from "../src/judge.ts";
import type { Twin } from "./world.ts";

const says = (value: Uint8Array, kind: string): boolean =>
  decodeBase(value)?.entries.some((entry) => entry.kind === kind) === true;

/** Validators, each wrong in one thing. */
export const twins: readonly (Twin & { readonly fault: string })[] = [
  {
    fault: "votes for blocks whose moves are not locked",
    judgeJoint: (config, tools, state, slot, value) => {
      const opinion = judgeJoint(config, tools, state, slot, value);
      return opinion === "invalid" && slot > state.closed ? "valid" : opinion;
    },
  },
  {
    fault: "votes before it knows what is locked",
    judgeJoint: (...asked) => {
      const opinion = judgeJoint(...asked);
      return opinion === "later" ? "valid" : opinion;
    },
  },
  {
    fault: "believes that a joint slot was decided",
    judgeBase: (config, tools, state, chain, value) =>
      says(value, "joint") ? "valid" : judgeBase(config, tools, state, chain, value),
  },
  {
    fault: "believes what other chains are said to have done",
    judgeBase: (config, tools, state, chain, value) =>
      says(value, "settle") ? "valid" : judgeBase(config, tools, state, chain, value),
  },
  {
    fault: "settles before it knows what other chains did",
    judgeBase: (...asked) => {
      const opinion = judgeBase(...asked);
      return opinion === "later" && says(asked[4], "settle") ? "valid" : opinion;
    },
  },
  {
    fault: "lets any chain leave at any time, and frees what was locked at once",
    options: () => ({ holdHeights: 0 }),
  },
];
