import { table } from "../cli/output.ts";
import type { Judgement } from "./judge.ts";
import type { Roles, Staked } from "./stake.ts";
import type { Transfer } from "./transfers.ts";

/** Something that was done to the validators. */
export interface Step {
  readonly title: string;
  readonly atSeconds: number;
}

/** Milliseconds; null without any. */
export interface Spread {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface MultichainReport {
  readonly verdict: "ok" | "failed";
  /** Why it is not ok, in words. */
  readonly troubles: readonly string[];
  readonly seed: number;
  readonly broken: boolean;
  readonly validators: readonly Staked[];
  readonly roles: Roles;
  /** The fewest validators that would have to lie before the chains could disagree about a joint block. */
  readonly weakest: readonly string[];
  /** What the graph does not promise of joint slots. */
  readonly warning: string | null;
  readonly judgement: Judgement;
  readonly wanted: number;
  /** Times in seconds from the start. */
  readonly transfers: readonly Transfer[];
  readonly latency: {
    /** From a proposal to its decision at who proposed it. */
    readonly red: Spread;
    readonly blue: Spread;
    /** From an order to the block of the second chain that takes it. */
    readonly transfers: Spread;
  };
  /** Messages that validators did not take, by reason, of all of them. */
  readonly refused: Readonly<Record<string, number>>;
  readonly stuck: readonly string[];
  readonly steps: readonly Step[];
  readonly seconds: number;
  readonly date: string;
  readonly machine: string;
  readonly directory: string;
}

const ms = (value: number | null): string => (value === null ? "–" : `${value.toFixed(0)} ms`);

/** The chains, with a head. */
export const chainRows = ({ judgement, latency, validators }: MultichainReport): string[][] => [
  ["chain", "validators", "heights", "assets at the end", "decided after p50", "p99"],
  ...(["red", "blue"] as const).map((chain) => [
    chain,
    String(validators.filter((one) => one[chain] > 0).length),
    String(judgement.heights[chain]),
    String(Object.keys(judgement.assets.held[chain] ?? {}).length),
    ms(latency[chain].p50),
    ms(latency[chain].p99),
  ]),
];

/** What each chain made of each joint slot, with a head. */
export const slotRows = ({ judgement }: MultichainReport): string[][] => [
  ["joint slot", "red", "blue", "moves", ""],
  ...judgement.assets.slots.map(({ slot, fates, moves, split }) => [
    String(slot),
    fates.red ?? "",
    fates.blue ?? "",
    String(moves),
    split ? "SPLIT" : "",
  ]),
];

/** Who is guilty of what, with a head. */
export const guiltRows = ({ judgement: { audit } }: MultichainReport): string[][] => [
  ["guilty", "law", "slot", "signed after one message", "held by"],
  ...audit.convicted.map(({ signer, law, slot, kinds, heldBy }) => [
    signer,
    law,
    String(slot),
    kinds.join(" and "),
    heldBy.join(", "),
  ]),
];

/** Validators and what they have at stake, with a head. */
export const stakeRows = ({ validators, roles }: MultichainReport): string[][] => [
  ["validator", "red", "blue", "part"],
  ...validators.map(({ id, red, blue }) => [
    id,
    String(red),
    String(blue),
    id === roles.traitor ? "lies in joint slots" : id === roles.sleeper ? "is killed, comes back" : "",
  ]),
];

/** What the verdict stands on, each line with whether it holds. */
export function findings(report: MultichainReport): { readonly good: boolean; readonly what: string }[] {
  const { judgement, transfers, wanted, roles } = report;
  const { assets, audit } = judgement;
  const split = assets.slots.filter((slot) => slot.split).length;
  const joint = assets.slots.filter((slot) => !slot.split && slot.fates.red === "included").length;
  const list = (keys: readonly string[]): string => (keys.length === 0 ? "none" : keys.join(", "));
  return [
    { good: assets.lost.length === 0, what: `assets lost: ${list(assets.lost)} of ${assets.minted}` },
    { good: assets.doubled.length === 0, what: `assets doubled: ${list(assets.doubled)}` },
    {
      good: split === 0,
      what: `${assets.slots.length} joint slots: ${joint} included on both chains, ${split} not the same on both`,
    },
    {
      good: transfers.length > 0,
      what: `${transfers.length} of ${wanted} transfers are done on both chains${transfers.length < wanted ? ": the time was up" : ""}`,
    },
    {
      good: audit.convicted.some(({ signer }) => signer === roles.traitor),
      what: `${roles.traitor} is proved guilty ${audit.convicted.length} times, with public keys alone`,
    },
  ];
}

/** The report for a terminal. */
export function multichainText(report: MultichainReport): string {
  const { latency, troubles, stuck, steps, weakest, warning } = report;
  const mark = (good: boolean): string => (good ? "ok      " : "FAILED  ");
  return [
    table(stakeRows(report)[0]!, stakeRows(report).slice(1)),
    `A joint block is on both chains or on neither, unless ${weakest.length} lie together (${weakest.join(", ")}).`,
    ...(warning === null ? [] : [`Not promised: ${warning}`]),
    "",
    ...steps.map(({ title, atSeconds }) => `${atSeconds.toFixed(1).padStart(5)} s  ${title}`),
    "",
    table(chainRows(report)[0]!, chainRows(report).slice(1)),
    `Transfers: p50 ${ms(latency.transfers.p50)}, p99 ${ms(latency.transfers.p99)} from the order to the second chain's block`,
    "",
    table(slotRows(report)[0]!, slotRows(report).slice(1)),
    "",
    table(guiltRows(report)[0]!, guiltRows(report).slice(1)),
    "",
    ...findings(report).map(({ good, what }) => `${mark(good)} ${what}`),
    ...troubles.map((what) => `${mark(false)} ${what}`),
    ...stuck.map((what) => `stuck    ${what}`),
    "",
    `Verdict: ${report.verdict === "ok" ? "ok" : "FAILED"} after ${report.seconds.toFixed(1)} s, seed ${report.seed}. Everything about the run: ${report.directory}`,
  ].join("\n");
}
