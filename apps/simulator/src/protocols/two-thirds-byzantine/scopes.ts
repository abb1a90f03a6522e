import type { ReductionName, Scope, Tier } from "../scope.ts";
import type { ByzantineParams } from "./model.ts";

const byzantine = (
  tier: Tier,
  shows: string,
  params: ByzantineParams,
  reductions: readonly ReductionName[] = ["inert", "quorum"],
): Scope => ({ protocol: "two-thirds-byzantine", tier, shows, params, reductions });

/** Scopes of Byzantine 2/3-consensus by name: one of six members is away, and one of those that are there lies. */
export const byzantineScopes: Readonly<Record<string, Scope>> = {
  "two-thirds-byzantine/5of6m1r": byzantine("pull", "a liar votes for both values, every input", {
    members: 6,
    away: 1,
    rounds: 1,
    inputs: "all",
    leader: "honest",
  }),
  "two-thirds-byzantine/5of6m2r-liar-leads": byzantine(
    "main",
    "a lying coordinator offers every value with every status of its own, every input",
    { members: 6, away: 1, rounds: 2, inputs: "all", leader: "liar" },
  ),
  "two-thirds-byzantine/5of6m2r": byzantine(
    "main",
    "an honest coordinator, to which a liar claims every status, every input",
    { members: 6, away: 1, rounds: 2, inputs: "all", leader: "honest" },
  ),
  "two-thirds-byzantine/5of6m2r-3y": byzantine(
    "main",
    "an honest coordinator after a round in which one of four heard another value",
    { members: 6, away: 1, rounds: 2, inputs: 3, leader: "honest" },
  ),
  "two-thirds-byzantine/5of6m1r-early": byzantine(
    "endless",
    "votes may come before proposals, and are followed where f+1 agree",
    { members: 6, away: 1, rounds: 1, inputs: "all", leader: "honest", early: true },
  ),
  "two-thirds-byzantine/6m2r": byzantine("endless", "nobody is away, two of five hear another value", {
    members: 6,
    rounds: 2,
    inputs: 2,
    leader: "honest",
  }),
};
