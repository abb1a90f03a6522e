import {
  groupValidators,
  moreThan,
  printFraction,
  printRule,
  type StakeReport,
  type StakeRule,
  share,
  stakeQuorums,
  stakeReport,
  type Validator,
  type ValidatorSet,
} from "@eunomia/quorum-algebra/stake";
import { stakeTreemapSvg } from "@eunomia/quorum-algebra/svg";
import { chancePicture, chanceRows, chanceSection } from "./chances.ts";
import type { Report, Section } from "./model.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { counted, percent, several, told, toldCount } from "./words.ts";

/** What a report of stake is asked for. */
export interface StakeOptions {
  /** `> 2/3` by default. */
  readonly rule?: StakeRule;
}

/** How a validator is called. */
export const validatorName = ({ id, moniker }: Validator): string => moniker ?? id;

/** Everything about one validator set that a report tells. */
export function stakeSetReport(
  set: ValidatorSet,
  { rule = moreThan("2/3") }: StakeOptions,
  tools: Tools,
): Report {
  const report = stakeReport(set, { rule }, limitsOf(tools));
  const names = new Map(set.validators.map((validator) => [validator.id, validatorName(validator)]));
  const name = (ids: readonly string[]): string => several(ids.map((id) => names.get(id) ?? id));
  const grouped = groupedBy(set);
  const rows = chanceRows(stakeQuorums(set, rule), tools);
  const { halt, fork, quorum } = report;
  return {
    title: `Stake of ${set.chain || "one chain"}${set.epoch === "" ? "" : `, ${set.epoch}`}: ${counted(report.count, "validator")}`,
    outcome: fork.stake > 0n ? "good" : "bad",
    findings: [
      fork.stake > 0n
        ? `It takes ${percent(share(fork.stake, set.total))} of the stake, or ${toldCount(fork.count, "validator")} (${name(fork.ids)}), to make the chain fork.`
        : `With quorums of ${printRule(rule)} the chain can fork though everybody is honest.`,
      `It takes ${percent(share(halt.stake, set.total))} of the stake, or ${counted(halt.count, "validator")} (${name(halt.ids)}), to halt it.`,
      `The largest validator, ${names.get(report.largest.id)}, has ${percent(report.largest.share)}; ${counted(quorum.count, "validator")} are a quorum.`,
    ],
    sections: [
      nakamotoSection(report, grouped === null ? null : stakeReport(grouped, { rule }, limitsOf(tools))),
      chanceSection(rows),
      largestSection(set),
    ],
    notices: [],
    data: { report, chances: rows },
    pictures: () => {
      const title = `Stake of ${set.chain || "the chain"}`;
      const validators = set.validators.map((v) => ({ id: v.id, label: validatorName(v), stake: v.stake }));
      const chain = { name: set.chain || "validators", validators };
      return [
        { name: "stake", title, svg: stakeTreemapSvg({ title, chains: [chain] }) },
        chancePicture(rows),
      ];
    },
  };
}

/** The set with operators as one failure each, where the source names some that run several validators; null otherwise. */
function groupedBy(set: ValidatorSet): ValidatorSet | null {
  const grouped = groupValidators(set, ({ operator, identity }) => operator ?? identity ?? null);
  return grouped.validators.length === set.validators.length ? null : grouped;
}

function nakamotoSection(report: StakeReport, grouped: StakeReport | null): Section {
  const parts = report.nakamoto.map(({ fraction }) => `more than ${printFraction(fraction)}`);
  const row = (title: string, { nakamoto, gini, halt }: StakeReport, fork: string): readonly string[] => [
    title,
    ...nakamoto.map(({ count }) => String(count)),
    String(halt.count),
    fork,
    gini.toFixed(2),
  ];
  return {
    title: "Concentration",
    lines: [
      `The fewest that have a part of the stake, that halt the chain, and that fork it, with quorums of ${printRule(report.rule)}; Gini coefficient: 0 all equal, near 1 one has all.`,
    ],
    table: {
      head: ["", ...parts, "halt", "fork", "Gini"],
      // Honest validators of one operator may vote for different sides, so that a fork is no question about whole operators.
      rows: [
        row("validators", report, told(report.fork.count)),
        ...(grouped === null ? [] : [row("operators", grouped, "-")]),
      ],
    },
  };
}

const shownMax = 15;

function largestSection({ validators, total }: ValidatorSet): Section {
  let sum = 0n;
  const rows = validators.slice(0, shownMax).map((validator, at) => {
    sum += validator.stake;
    return [
      String(at + 1),
      validatorName(validator),
      percent(share(validator.stake, total)),
      percent(share(sum, total)),
    ];
  });
  const rest = validators.length - rows.length;
  return {
    title: "Largest validators",
    lines: rest > 0 ? [`${counted(rest, "smaller one")} not listed.`] : [],
    table: { head: ["", "validator", "stake", "together"], rows },
  };
}
