import { draftGraph, explain, whatIf } from "@eunomia/learner-graph";
import {
  type Expr,
  type Limits,
  neverCovered,
  quorumSystem,
  restrictByzantine,
  restrictCrash,
  support,
} from "@eunomia/quorum-algebra";
import { intersection } from "@eunomia/quorum-algebra/federated";
import { mustAgree, oneChain, type StakeRule, stakeQuorums } from "@eunomia/quorum-algebra/stake";
import type { NodeState } from "@eunomia/quorum-algebra/svg";
import { groupsText } from "./graph.ts";
import { type Outcome, type Report, worst } from "./model.ts";
import { type Names, namesOf, plainNames } from "./names.ts";
import { networkView } from "./network-view.ts";
import { quorumPicture } from "./quorums.ts";
import type { Subject } from "./read.ts";
import { resolved } from "./resolve.ts";
import { validatorName } from "./stake.ts";
import { limitsOf, type Tools } from "./tools.ts";
import { counted, several } from "./words.ts";

/** Who fails, by id, name or organisation. */
export interface Failures {
  /** They do what they like: they may also stay silent. */
  readonly byzantine: readonly string[];
  /** They are down. */
  readonly crashed: readonly string[];
}

/** What remains of a file's system when some lie and some are down. @throws UnknownName for somebody who is not there. */
export function whatIfReport(
  subject: Subject,
  failures: Failures,
  options: { readonly rule: StakeRule },
  tools: Tools,
): Report {
  const { notices } = subject;
  switch (subject.kind) {
    case "quorums":
      return { ...ofQuorums(subject.name, subject.expr, plainNames, failures, tools), notices };
    case "stake": {
      const names = namesOf(
        subject.set.validators.map((v) => ({ id: v.id, name: validatorName(v), group: v.operator })),
      );
      const quorums = stakeQuorums(subject.set, options.rule);
      // Whole stakes are no matter for a search over sets: the exact division of stake is asked first.
      const agreement: Agreement = (byzantine) => {
        const { holds } = mustAgree(oneChain(subject.set, options.rule), byzantine, limitsOf(tools));
        return holds === true ? "none" : null;
      };
      return { ...ofQuorums(subject.name, quorums, names, failures, tools, agreement), notices };
    }
    case "network":
      return { ...ofNetwork(subject, failures, tools), notices };
    case "graph":
      return { ...ofGraph(subject, failures, tools), notices };
  }
}

/** What is known afterwards, whatever the system. */
interface Remains {
  readonly byzantine: readonly string[];
  readonly crashed: readonly string[];
  /** Whether a quorum answers although all that fail are silent. */
  readonly live: boolean;
  /** Whether those that lie can make quorums disagree: two sides, or that it is impossible; null: not known. */
  readonly sides: readonly (readonly string[])[] | "none" | null;
}

function told(
  title: string,
  { byzantine, crashed, live, sides }: Remains,
  names: Names,
): Omit<Report, "pictures"> {
  const who = (ids: readonly string[]): string => several(ids.map((id) => names.of(id)));
  const safe: Outcome = sides === null ? "unknown" : sides === "none" ? "good" : "bad";
  return {
    title,
    outcome: worst([live ? "good" : "bad", safe]),
    findings: [
      live
        ? "It goes on: a quorum answers even if all that fail are silent."
        : "It stands still: no quorum answers if all that fail are silent.",
      sides === null
        ? "Whether quorums can disagree is not known within the limits: do not rely on them."
        : sides === "none"
          ? "Quorums cannot disagree, whatever those that lie say."
          : `Quorums can disagree: ${sides.map(who).join(" against ")}${byzantine.length === 0 ? "" : ", each with the help of those that lie"}.`,
    ],
    sections: [
      {
        title: "Who fails",
        lines: [
          `${counted(byzantine.length, "node")} may say anything: ${who(byzantine)}.`,
          `${counted(crashed.length, "node")} ${crashed.length === 1 ? "is" : "are"} down: ${who(crashed)}.`,
        ],
      },
    ],
    notices: [],
    data: { byzantine, crashed, live, sides },
  };
}

function failing(
  failures: Failures,
  ids: readonly string[],
  names: Names,
): { byzantine: readonly string[]; crashed: readonly string[] } {
  const byzantine = resolved(failures.byzantine, ids, names);
  const lying = new Set(byzantine);
  return { byzantine, crashed: resolved(failures.crashed, ids, names).filter((id) => !lying.has(id)) };
}

const statesOf = (byzantine: readonly string[], crashed: readonly string[]): ReadonlyMap<string, NodeState> =>
  new Map<string, NodeState>([
    ...crashed.map((id) => [id, "failed"] as const),
    ...byzantine.map((id) => [id, "byzantine"] as const),
  ]);

/** Whether quorums cannot disagree while these lie and nobody is down; null: it is not known. */
type Agreement = (byzantine: readonly string[]) => "none" | null;

function ofQuorums(
  name: string,
  expr: Expr,
  names: Names,
  failures: Failures,
  tools: Tools,
  agreement: Agreement = () => null,
): Report {
  const ids = support(expr);
  const { byzantine, crashed } = failing(failures, ids, names);
  const silent = new Set([...byzantine, ...crashed]);
  const live = quorumSystem(expr).has(ids.filter((id) => !silent.has(id)));
  const sides = agreement(byzantine) ?? disagreement(expr, byzantine, crashed, tools);
  const named = new Map(ids.map((id) => [id, names.of(id)]));
  return {
    ...told(`${name}, if ${failureWords(failures)}`, { byzantine, crashed, live, sides }, names),
    pictures: () => [quorumPicture(expr, { states: statesOf(byzantine, crashed), names: named })],
  };
}

function disagreement(
  expr: Expr,
  byzantine: readonly string[],
  crashed: readonly string[],
  tools: Tools,
): Remains["sides"] {
  // Those that lie tell both sides what they want to hear; those that are down tell nobody anything.
  const rest = restrictByzantine(restrictCrash(expr, crashed), byzantine);
  const meet = neverCovered([rest, rest], [], limitsOf(tools), tools.engines);
  return meet.holds === null ? null : meet.holds ? "none" : meet.witness.quorums;
}

const failureWords = ({ byzantine, crashed }: Failures): string =>
  [
    ...(byzantine.length === 0 ? [] : [`${several(byzantine, 4)} may lie`]),
    ...(crashed.length === 0 ? [] : [`${several(crashed, 4)} are down`]),
  ].join(" and ") || "nobody fails";

function ofNetwork(
  subject: Subject & { readonly kind: "network" },
  failures: Failures,
  tools: Tools,
): Report {
  const view = networkView(subject.network);
  const { system, cluster, names, core } = view;
  const { byzantine, crashed } = failing(failures, system.ids, names);
  const live = system.crash([...byzantine, ...crashed]).contract().length > 0;
  const limits: Limits = limitsOf(tools);
  const meet = intersection(system.crash(crashed).byzantine(byzantine), limits, tools.engines);
  const sides = meet.kind === "unknown" ? null : meet.kind === "splits" ? meet.quorums : "none";
  return {
    ...told(`${subject.name}, if ${failureWords(failures)}`, { byzantine, crashed, live, sides }, names),
    pictures: () =>
      cluster === null
        ? []
        : [
            quorumPicture(cluster, {
              states: statesOf(byzantine, crashed),
              names: new Map(core.ids.map((id) => [id, names.of(id)])),
              groups: new Map(core.ids.map((id) => [id, names.groupOf(id)])),
            }),
          ],
  };
}

function ofGraph(
  { name, input }: Subject & { readonly kind: "graph" },
  failures: Failures,
  tools: Tools,
): Report {
  const graph = draftGraph(input);
  const { byzantine, crashed } = failing(failures, graph.acceptors, plainNames);
  const effort = { limits: limitsOf(tools), engines: tools.engines };
  const { learners, pairs, groups } = whatIf(graph, { byzantine, crashed }, effort);
  const yes = (value: boolean): string => (value ? "yes" : "no");
  const rows = learners.map(({ learner, live, accurate, lossy }) => [
    learner,
    yes(live),
    yes(accurate),
    yes(lossy),
    groups
      .find((group) => group.includes(learner))
      ?.filter((other) => other !== learner)
      .join(", ") || "nobody",
  ]);
  const lossy = learners.filter((state) => state.lossy).map(({ learner }) => learner);
  const live = learners.filter((state) => state.live);
  const apart = pairs.filter(
    ({ a, b, mustAgree }) => a !== b && !mustAgree && graph.isSafeSet(a, b, graph.acceptors),
  );
  return {
    title: `${name}, if ${failureWords(failures)}`,
    outcome: lossy.length === 0 && live.length === learners.length && apart.length === 0 ? "good" : "bad",
    findings: [
      lossy.length === 0 ? "No learner may fork." : `May fork: ${several(lossy)}.`,
      `Quorums answer for ${live.length} of ${counted(learners.length, "learner")}.`,
      `These must still agree: ${groupsText(groups)}.`,
    ],
    sections: [
      {
        title: "Learners",
        lines: [],
        table: { head: ["learner", "live", "accurate", "may fork", "must agree with"], rows },
      },
      {
        title: "Agreement that is lost",
        lines:
          apart.length === 0
            ? ["None."]
            : apart.flatMap(({ a, b }) => explain(graph, a, b, byzantine).split("\n")),
      },
    ],
    notices: [],
    data: { byzantine, crashed, learners, pairs, groups },
    pictures: () => [],
  };
}
