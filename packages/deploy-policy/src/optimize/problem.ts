import { PolicyError } from "../errors.ts";
import { checkedFlows, type Flow } from "../model/flows.ts";
import { defaultCosts, type SchemeCost } from "./scheme-costs.ts";

/** A flow with what its statements weigh. */
export interface CostedFlow extends Flow {
  /** Bytes of one body. */
  readonly bytes: number;
  /** Statements of each issuer in a unit of time: 1 by default. */
  readonly rate?: number;
  /** One issuer and its verifiers that stand for all, `times` over. Without it, every issuer is counted. */
  readonly sample?: {
    readonly issuer: string;
    readonly verifiers: readonly string[];
    readonly times: number;
  };
  /** A joint flow: its members send votes of so many bytes to the collector, which spreads the certificate. */
  readonly collect?: { readonly collector: string; readonly voteBytes: number };
  /** Milliseconds until the last verifier has it. */
  readonly maxDelayMs?: number;
  /** What may be chosen, in place of the catalogue of the problem. */
  readonly schemes?: readonly string[];
  readonly stages?: readonly string[];
}

/** A question to the optimizer: plain data, which may come from a file. */
export interface Problem {
  /** Sections [Principals], [Faults], [Channels] and [Options]; the others are what is looked for. */
  readonly deployment: string;
  readonly flows: readonly CostedFlow[];
  /** Milliseconds from one principal to another, the same both ways. */
  readonly latency: {
    readonly otherwise: number;
    readonly links?: readonly (readonly [string, string, number])[];
  };
  /** Of a microsecond of processor time, a byte, a message, and a millisecond of delay. */
  readonly prices: {
    readonly cpu: number;
    readonly byte: number;
    readonly message: number;
    readonly delay: number;
  };
  /** By how much a principal's processor is slower than that of the costs. */
  readonly slow?: Readonly<Record<string, number>>;
  /** The chance that a relay does not deliver in time. */
  readonly fails?: Readonly<Record<string, number>>;
  /** What it costs to have a notary or a shared key at all, by its scheme as a clause writes it. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Per principal: bytes sent and microseconds of processor time in a unit of time. */
  readonly limits?: {
    readonly egress?: Readonly<Record<string, number>>;
    readonly cpu?: Readonly<Record<string, number>>;
  };
  /** Schemes and first stages as clauses write them, tried for every flow that names none. */
  readonly schemes?: readonly string[];
  readonly stages?: readonly string[];
  /** Costs measured elsewhere than those that are built in. */
  readonly costs?: Readonly<Record<string, SchemeCost>>;
}

const amount = (title: string, value: unknown, least = 0): void => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < least)
    throw new PolicyError("quantity", title, `a number of at least ${least}`, value);
};

const amounts = (title: string, values: Readonly<Record<string, unknown>> = {}): void => {
  for (const [name, value] of Object.entries(values)) amount(`${title}.${name}`, value);
};

const texts = (title: string, value: unknown): void => {
  if (!Array.isArray(value) || value.length === 0 || !value.every((text) => typeof text === "string"))
    throw new PolicyError("shape", title, "a list of texts that is not empty", value);
};

/** @throws PolicyError `shape` or `quantity` for what is no problem, such as the content of a file of JSON. */
export function checkedProblem(problem: Problem): Problem {
  if (typeof problem !== "object" || problem === null)
    throw new PolicyError("shape", "problem", "an object", problem);
  const { deployment, flows, latency, prices } = problem;
  if (typeof deployment !== "string") throw new PolicyError("shape", "deployment", "a text", deployment);
  checkedFlows(flows);
  flows.forEach((flow, at) => {
    checkFlow(`flows[${at}]`, flow);
  });
  amount("latency.otherwise", latency?.otherwise);
  for (const [at, link] of (latency.links ?? []).entries()) amount(`latency.links[${at}]`, link?.[2]);
  for (const price of ["cpu", "byte", "message", "delay"] as const)
    amount(`prices.${price}`, prices?.[price]);
  amounts("slow", problem.slow);
  amounts("fixed", problem.fixed);
  amounts("limits.egress", problem.limits?.egress);
  amounts("limits.cpu", problem.limits?.cpu);
  for (const [name, chance] of Object.entries(problem.fails ?? {}))
    if (!(chance >= 0 && chance <= 1))
      throw new PolicyError("quantity", `fails.${name}`, "a number from 0 to 1", chance);
  for (const [name, cost] of Object.entries(problem.costs ?? {}))
    for (const part of ["makeUs", "checkUs", "bytes"] as const) amount(`costs.${name}.${part}`, cost?.[part]);
  if (problem.schemes !== undefined) texts("schemes", problem.schemes);
  if (problem.stages !== undefined) texts("stages", problem.stages);
  return problem;
}

function checkFlow(title: string, flow: CostedFlow): void {
  amount(`${title}.bytes`, flow.bytes);
  amount(`${title}.rate`, flow.rate ?? 1);
  amount(`${title}.maxDelayMs`, flow.maxDelayMs ?? 0);
  if (flow.schemes !== undefined) texts(`${title}.schemes`, flow.schemes);
  if (flow.stages !== undefined) texts(`${title}.stages`, flow.stages);
  if (flow.sample !== undefined) {
    texts(`${title}.sample.verifiers`, flow.sample.verifiers);
    amount(`${title}.sample.times`, flow.sample.times);
  }
  if (flow.collect === undefined) return;
  amount(`${title}.collect.voteBytes`, flow.collect.voteBytes);
  if (!flow.issuer.startsWith("joint:"))
    throw new PolicyError("shape", `${title}.collect`, "a joint flow", flow.issuer);
}

/** The costs of a scheme. @throws PolicyError `unknown` if nobody gave any. */
export function costOf({ costs = {} }: Problem, scheme: string): SchemeCost {
  const cost = Object.hasOwn(costs, scheme) ? costs[scheme] : defaultCosts[scheme];
  if (cost === undefined)
    throw new PolicyError("unknown", "scheme", `costs for ${scheme} in "costs"`, Object.keys(defaultCosts));
  return cost;
}

/** Milliseconds between any two. */
export function latencyOf({ latency }: Problem): (from: string, to: string) => number {
  const key = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
  const links = new Map((latency.links ?? []).map(([a, b, ms]) => [key(a, b), ms]));
  return (from, to) => (from === to ? 0 : (links.get(key(from, to)) ?? latency.otherwise));
}
