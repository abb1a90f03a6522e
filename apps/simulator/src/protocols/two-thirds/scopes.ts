import type { Scope, Tier } from "../scope.ts";
import type { TwoThirdsParams } from "./model.ts";

const twoThirds = (tier: Tier, shows: string, params: TwoThirdsParams): Scope => ({
  protocol: "two-thirds",
  tier,
  shows,
  params,
});

/** Scopes of 2/3-consensus by name. */
export const twoThirdsScopes: Readonly<Record<string, Scope>> = {
  "two-thirds/3of4m2r": twoThirds("pull", "one of four members is away", {
    members: 4,
    away: 1,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m1r-crashes": twoThirds("main", "two members crash within a round and hear both values", {
    members: 4,
    rounds: 1,
    inputs: 1,
    contested: true,
    crashes: 2,
    relay: "lazy",
  }),
  "two-thirds/4m2r": twoThirds("main", "two rounds, all inputs", {
    members: 4,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m3r": twoThirds("main", "three rounds, all inputs", {
    members: 4,
    rounds: 3,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m2r-eager": twoThirds("main", "decisions are relayed", {
    members: 4,
    rounds: 2,
    inputs: 2,
    relay: "eager",
  }),
  "two-thirds/4m2r-learner": twoThirds("main", "a learner hears of all members", {
    members: 4,
    rounds: 2,
    inputs: 2,
    learners: 1,
    relay: "lazy",
  }),
  "two-thirds/4m2r-contested": twoThirds("nightly", "both values come to everybody", {
    members: 4,
    rounds: 2,
    inputs: 2,
    contested: true,
    relay: "lazy",
  }),
  "two-thirds/7m2r": twoThirds("nightly", "seven members, two rounds", {
    members: 7,
    rounds: 2,
    inputs: "all",
    relay: "lazy",
  }),
  "two-thirds/4m2r-crash": twoThirds("main", "one crash and recovery", {
    members: 4,
    rounds: 2,
    inputs: 2,
    crashes: 1,
    relay: "lazy",
  }),
  "two-thirds/4m2r-crash-split": twoThirds("nightly", "one crash between any two effects", {
    members: 4,
    rounds: 2,
    inputs: 2,
    crashes: 1,
    splitFlush: true,
    relay: "lazy",
  }),
  "two-thirds/4m2r-duplicates": twoThirds("main", "one message comes twice", {
    members: 4,
    rounds: 2,
    inputs: 2,
    duplicates: 1,
    relay: "lazy",
  }),
};
