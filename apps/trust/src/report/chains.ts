import {
  type ChainPair,
  chainPair,
  type Fraction,
  type Joined,
  type JoinRule,
  joinOperators,
  leastCommonFraction,
  moreThan,
  mustAgree,
  printFraction,
  printRule,
  type StakeRule,
  share,
  type ValidatorSet,
  type WorstCase,
  worstCase,
} from "@eunomia/quorum-algebra/stake";
import { graphSvg, stakeTreemapSvg } from "@eunomia/quorum-algebra/svg";
import type { Picture, Report, Section } from "./model.ts";
import { validatorName } from "./stake.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { counted, percent, several, told, toldCount } from "./words.ts";

/** What a comparison of two chains is asked for. */
export interface ChainsOptions {
  /** When two validators are one operator. */
  readonly join: readonly JoinRule[];
  /** The quorum rule of both chains that findings speak of. */
  readonly rule: StakeRule;
}

/** Quorum fractions that bridge designers ask about first. */
const fractionsLooked: readonly string[] = ["2/3", "3/4", "4/5", "17/20", "9/10", "19/20"];

/** What two chains can promise each other under one quorum rule. */
interface Promised {
  readonly rule: StakeRule;
  /** Whether their learners must agree when everybody is honest; null: not known. */
  readonly honest: boolean | null;
  /** The cheapest attacks by stake left, stake right and number of operators; absent if none is needed. */
  readonly left?: WorstCase;
  readonly right?: WorstCase;
  readonly count?: WorstCase;
}

function promised(joined: Joined, rule: StakeRule, tools: Tools): Promised {
  const pair = chainPair(joined, 0, 1, rule);
  const honest = mustAgree(pair, [], limitsOf(tools)).holds;
  if (honest !== true) return { rule, honest };
  const [left, right, count] = (["left", "right", "count"] as const).map((cost) =>
    worstCase(pair, cost, limitsOf(tools)),
  );
  return { rule, honest, left: left!, right: right!, count: count! };
}

/** What two validator sets can agree on, and who can break it: what the designer of a bridge asks. */
export function chainsReport(
  sets: readonly [ValidatorSet, ValidatorSet],
  { join, rule }: ChainsOptions,
  tools: Tools,
): Report {
  const chains = distinctlyNamed(sets);
  const joined = joinOperators(chains, join);
  const pair = chainPair(joined, 0, 1, rule);
  const asked = promised(joined, rule, tools);
  const common = leastCommonFraction(pair, limitsOf(tools));
  const others = fractionsLooked
    .map((part) => moreThan(part))
    .filter((other) => printRule(other) !== printRule(rule))
    .map((other) => promised(joined, other, tools));
  const rows = [asked, ...others].sort((a, b) => order(a.rule.fraction, b.rule.fraction));
  const [one, two] = pair.chains;
  const [shareOne, shareTwo] = [
    share(pair.overlap[0], pair.totals[0]),
    share(pair.overlap[1], pair.totals[1]),
  ];
  return {
    title: `${one} and ${two}: what they can agree on`,
    outcome: asked.honest === true ? "good" : asked.honest === false ? "bad" : "unknown",
    findings: [
      asked.honest === null
        ? `Whether quorums of ${printRule(rule)} must agree is not known within the limit of effort: do not rely on it.`
        : asked.honest
          ? `With quorums of ${printRule(rule)} on both, learners of the two must agree while the Byzantine have ${attack(asked, pair)}.`
          : `With quorums of ${printRule(rule)} on both, no agreement can be promised even if everybody is honest.`,
      `Agreement becomes possible with quorums of more than ${told(common, fractionText)} on both.`,
      `They share ${counted(pair.shared.length, "operator")} with ${percent(shareOne)} of ${one} and ${percent(shareTwo)} of ${two}. Rule of thumb: what is shared must exceed what both quorums may leave out together.`,
    ],
    sections: [promisesSection(rows, pair), sharedSection(joined, pair)],
    notices: pair.warnings.map((warning) => warning),
    data: { pair, common, promises: rows },
    pictures: () => pictures(chains, joined, pair, rows),
  };
}

const order = ([a, b]: Fraction, [c, d]: Fraction): number => Number(a * d - c * b);

/** Long fractions as per mille, rounded up: with less, nothing would be promised. */
const fractionText = (part: Fraction): string => {
  const [top, bottom] = part;
  const text = printFraction(part);
  if (text.length <= 12) return text;
  const mille = (1000n * top + bottom - 1n) / bottom;
  return `${mille / 10n}.${mille % 10n} %`;
};

/** Two sets without names, or of one name, are told apart by their place. */
function distinctlyNamed([left, right]: readonly [ValidatorSet, ValidatorSet]): readonly [
  ValidatorSet,
  ValidatorSet,
] {
  if (left.chain !== "" && right.chain !== "" && left.chain !== right.chain) return [left, right];
  const named = (set: ValidatorSet, fallback: string): ValidatorSet => ({
    ...set,
    chain: set.chain === "" ? fallback : `${set.chain} (${set.epoch || fallback})`,
  });
  return [named(left, "the first"), named(right, "the second")];
}

/** What attackers must stay below: any one of the three is enough. */
function attack({ left, right, count }: Promised, { chains, totals }: ChainPair): string {
  const part = (worst: WorstCase | undefined, side: 0 | 1): string =>
    worst === undefined
      ? ""
      : `less than ${told(worst.least, (stake) => percent(share(stake, totals[side])))} of ${chains[side]}`;
  const fewer = count === undefined ? "" : toldCount(count.least, "operator");
  return `${part(left, 0)}, or ${part(right, 1)}, or are fewer than ${fewer}`;
}

function promisesSection(rows: readonly Promised[], { chains, totals }: ChainPair): Section {
  const stake = (worst: WorstCase | undefined, side: 0 | 1): string =>
    worst === undefined ? "-" : told(worst.least, (least) => percent(share(least, totals[side])));
  return {
    title: "What can be promised",
    lines: [
      "Quorums of this part of the stake on both chains; then the least that must be Byzantine to break agreement.",
    ],
    table: {
      head: ["quorums", "all honest", `of ${chains[0]}`, `of ${chains[1]}`, "operators"],
      rows: rows.map(({ rule, honest, left, right, count }) => [
        printRule(rule),
        honest === null ? "unknown" : honest ? "must agree" : "may disagree",
        stake(left, 0),
        stake(right, 1),
        count === undefined ? "-" : told(count.least),
      ]),
    },
  };
}

const shownMax = 15;

function sharedSection({ operators, rules }: Joined, { shared, chains, totals }: ChainPair): Section {
  const monikers = new Map(operators.map(({ id, moniker }) => [id, moniker ?? id]));
  const weight = ({ stakes }: { readonly stakes: readonly [bigint, bigint] }): number =>
    share(stakes[0], totals[0]) + share(stakes[1], totals[1]);
  const sorted = [...shared].sort((a, b) => weight(b) - weight(a));
  return {
    title: "Operators on both",
    lines: [
      `Told apart by: ${several(rules)}.`,
      ...(sorted.length > shownMax ? [`${sorted.length - shownMax} smaller ones not listed.`] : []),
    ],
    table: {
      head: ["operator", `of ${chains[0]}`, `of ${chains[1]}`],
      rows: sorted
        .slice(0, shownMax)
        .map(({ id, stakes }) => [
          monikers.get(id) ?? id,
          percent(share(stakes[0], totals[0])),
          percent(share(stakes[1], totals[1])),
        ]),
    },
  };
}

function pictures(
  chains: readonly ValidatorSet[],
  { operators }: Joined,
  pair: ChainPair,
  rows: readonly Promised[],
): readonly Picture[] {
  const shared = new Set(pair.shared.map(({ id }) => id));
  const common = operators.filter(({ id }) => shared.has(id)).flatMap(({ validators }) => validators.flat());
  const title = "Stake, and what is in the same hands";
  const tiles = chains.map(({ chain, validators }) => ({
    name: chain,
    validators: validators.map((v) => ({ id: v.id, label: validatorName(v), stake: v.stake })),
  }));
  const trust = "Least number of Byzantine operators that breaks agreement, by quorum rule";
  const [one, two] = pair.chains;
  return [
    { name: "stake", title, svg: stakeTreemapSvg({ title, chains: tiles, shared: common }) },
    ...rows
      .filter(({ honest }) => honest !== null)
      .slice(-1)
      .map(({ rule, count }) => {
        const least = count?.least;
        const breaks = least === undefined ? null : Number(least.kind === "exact" ? least.value : least.low);
        const edges = [{ a: one, b: two, breaks }];
        const learners = pair.chains.map((id) => ({ id }));
        const svg = graphSvg({ learners, edges, unit: "operators" });
        return { name: "trust", title: `${trust}: ${printRule(rule)}`, svg };
      }),
  ];
}
