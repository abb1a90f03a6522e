import type { ReductionName, Scope, Tier } from "../scope.ts";
import type { TwoThirdsParams } from "./model.ts";

const twoThirds = (
  tier: Tier,
  shows: string,
  params: TwoThirdsParams,
  reductions: readonly ReductionName[] = [],
): Scope => ({ protocol: "two-thirds", tier, shows, params, reductions });

/** Messages come again and again; only votes of the highest round are kept, and answers to late voters are lost. */
const lean = { order: "soup", keepRounds: 0, answers: false, relay: "lazy" } as const;

/** Scopes of 2/3-consensus by name. */
export const twoThirdsScopes: Readonly<Record<string, Scope>> = {
  "two-thirds/3of4m2r": twoThirds("pull", "one of four members is away", {
    members: 4,
    away: 1,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/3of4m1r-reads": twoThirds(
    "main",
    "a learner asks how far writes have come, and asks again",
    { members: 4, away: 1, rounds: 1, inputs: 0, learners: 2, reads: true, relay: "lazy", answers: false },
    ["inert", "symmetry", "quorum"],
  ),
  "two-thirds/4m1r-crashes": twoThirds("endless", "two members crash within a round and hear both values", {
    members: 4,
    rounds: 1,
    inputs: 1,
    contested: true,
    crashes: 2,
    relay: "lazy",
  }),
  "two-thirds/4m1r-crashes-soup": twoThirds(
    "main",
    "two members crash within a round and hear both values, messages come again and again",
    { members: 4, rounds: 1, inputs: 1, contested: true, crashes: 2, ...lean },
    ["inert", "quorum"],
  ),
  "two-thirds/4m2r-soup": twoThirds(
    "main",
    "two rounds, every input, messages come again and again",
    { members: 4, rounds: 2, inputs: "every", ...lean },
    ["inert", "symmetry", "quorum"],
  ),
  "two-thirds/4m3r-soup": twoThirds(
    "main",
    "three rounds, all inputs, messages come again and again",
    { members: 4, rounds: 3, inputs: "all", ...lean },
    ["inert", "quorum"],
  ),
  "two-thirds/4m2r-crash-soup": twoThirds(
    "main",
    "one crash and recovery, messages come again and again",
    { members: 4, rounds: 2, inputs: 2, crashes: 1, ...lean },
    ["inert", "quorum"],
  ),
  "two-thirds/7m2r-soup": twoThirds(
    "endless",
    "seven members, two rounds, messages come again and again",
    { members: 7, rounds: 2, inputs: 3, ...lean },
    ["inert", "quorum"],
  ),
  "two-thirds/4m2r": twoThirds("endless", "two rounds, all inputs", {
    members: 4,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m3r": twoThirds("endless", "three rounds, all inputs", {
    members: 4,
    rounds: 3,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m2r-eager": twoThirds("endless", "decisions are relayed", {
    members: 4,
    rounds: 2,
    inputs: 2,
    relay: "eager",
  }),
  "two-thirds/4m2r-learner": twoThirds("endless", "a learner hears of all members", {
    members: 4,
    rounds: 2,
    inputs: 2,
    learners: 1,
    relay: "lazy",
  }),
  "two-thirds/4m2r-contested": twoThirds("endless", "both values come to everybody", {
    members: 4,
    rounds: 2,
    inputs: 2,
    contested: true,
    relay: "lazy",
  }),
  "two-thirds/7m2r": twoThirds("endless", "seven members, two rounds", {
    members: 7,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m2r-crash": twoThirds("endless", "one crash and recovery", {
    members: 4,
    rounds: 2,
    inputs: 2,
    crashes: 1,
    relay: "lazy",
  }),
  "two-thirds/4m2r-crash-split": twoThirds("endless", "one crash between any two effects", {
    members: 4,
    rounds: 2,
    inputs: 2,
    crashes: 1,
    splitFlush: true,
    relay: "lazy",
  }),
  "two-thirds/4m2r-duplicates": twoThirds("endless", "one message comes twice", {
    members: 4,
    rounds: 2,
    inputs: 2,
    duplicates: 1,
    relay: "lazy",
  }),
};
