import { groupBy } from "@eunomia/quorum-algebra";
import { listBlockingSets, listQuorums, listSplittingSets } from "@eunomia/quorum-algebra/federated";
import { reliability } from "@eunomia/quorum-algebra/probability";
import {
  minimalBlockingSets,
  minimalQuorums,
  minimalSplittingSets,
  type Sets,
} from "@eunomia/quorum-algebra/sets";
import {
  moreThan,
  type StakeRule,
  sameAccount,
  sameId,
  sameIdentity,
  sameKey,
  sameOperator,
} from "@eunomia/quorum-algebra/stake";
import {
  compareReport,
  groupSplits,
  type Inside,
  insideOf,
  limitsOf,
  type Report,
  readSubject,
  type Subject,
  subjectReport,
  type Tools,
  whatIfReport,
} from "@eunomia/trust/report";
import type { Calls, ChanceAnswer, NodeEntry, Opened, SetsOf, SetsPage, Shown } from "./messages.ts";

/** Something that the page asked for out of turn or that cannot be had. */
export class PlaygroundError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "PlaygroundError";
    this.code = code;
  }
}

const joins = [sameId, sameAccount, sameIdentity, sameKey, sameOperator];

interface Open {
  readonly subject: Subject;
  readonly inside: Inside;
  readonly rule: StakeRule;
}

/** What the worker knows: the file that is open, and the listing that was begun. Free of any platform. */
export class PlaygroundSession {
  readonly #tools: Tools;
  #open: Open | null = null;
  #listing: Sets | null = null;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Answers a question. @throws errors with a `code` for what the reader can do something about. */
  handle<K extends keyof Calls>(call: K, ask: Calls[K]["ask"]): Calls[K]["answer"] {
    const answers: { readonly [C in keyof Calls]: (ask: Calls[C]["ask"]) => Calls[C]["answer"] } = {
      open: (given) => this.#opened(given),
      whatIf: (given) => this.#whatIf(given),
      sets: (given) => this.#sets(given),
      chances: (given) => this.#chances(given),
    };
    return answers[call](ask);
  }

  #opened({ file, other, rule: text }: Calls["open"]["ask"]): Opened {
    this.#listing = null;
    this.#open = null;
    const rule = moreThan(text);
    const subject = readSubject(file.text, file.name);
    const inside = insideOf(subject, rule);
    const report =
      other === null
        ? subjectReport(subject, { rule }, this.#tools)
        : compareReport(subject, readSubject(other.text, other.name), { rule, join: joins }, this.#tools);
    this.#open = { subject, inside, rule };
    // Two files beside each other are asked about as a whole.
    const alone = other === null;
    const nodes = (alone ? inside.nodes : []).map(
      (id): NodeEntry => ({ id, name: inside.names.of(id), group: inside.names.groupOf(id) }),
    );
    return {
      kind: subject.kind,
      report: shown(report),
      nodes,
      lists: alone && (inside.quorums !== null || inside.system !== null),
      chances: alone && inside.quorums !== null,
      grouped: inside.quorums !== null && new Set(nodes.map(({ group }) => group)).size < nodes.length,
    };
  }

  #now(): Open {
    if (this.#open === null) throw new PlaygroundError("closed", "nothing is open");
    return this.#open;
  }

  #whatIf(failures: Calls["whatIf"]["ask"]): Shown {
    const { subject, rule } = this.#now();
    return shown(whatIfReport(subject, failures, { rule }, this.#tools));
  }

  #sets({ of, grouped, begin, more }: Calls["sets"]["ask"]): SetsPage {
    const { inside } = this.#now();
    if (begin || this.#listing === null) this.#listing = listing(inside, of, grouped, this.#tools);
    const sets: (readonly string[])[] = [];
    const name = (id: string): string => (grouped ? id : inside.names.of(id));
    while (sets.length < more) {
      const next = this.#listing.next();
      if (next.done === true)
        return { sets, end: { complete: next.value.complete, method: next.value.method } };
      sets.push(next.value.map(name));
    }
    return { sets, end: null };
  }

  #chances(faults: Calls["chances"]["ask"]): ChanceAnswer {
    const { quorums } = this.#now().inside;
    if (quorums === null)
      throw new PlaygroundError("chances", "there are no ordinary quorums to compute chances of");
    const { unsafety, unavailability } = reliability(quorums, faults, limitsOf(this.#tools));
    const high = (answer: typeof unsafety): number | null =>
      answer.kind === "exact" ? answer.value : answer.kind === "bounds" ? answer.high : null;
    const method = (answer: typeof unsafety): string =>
      answer.kind === "unknown" ? "not known" : answer.method;
    return {
      halts: high(unavailability),
      splits: high(unsafety),
      halting: method(unavailability),
      splitting: method(unsafety),
    };
  }
}

const shown = ({ title, outcome, findings, sections, notices, pictures }: Report): Shown => ({
  title,
  outcome,
  findings,
  sections,
  notices,
  pictures: pictures(),
});

/** Sets are made while they are asked for, a page at a time; only choices of lying organisations have a deadline. */
function listing({ quorums, system, names }: Inside, of: SetsOf, grouped: boolean, tools: Tools): Sets {
  const { engines } = tools;
  if (quorums !== null) {
    const groupOf = (id: string): string => names.groupOf(id);
    if (of === "splitting")
      return grouped
        ? groupSplits(quorums, groupOf, limitsOf(tools))
        : minimalSplittingSets(quorums, quorums, {}, engines);
    const asked = grouped ? groupBy(quorums, groupOf) : quorums;
    return of === "quorums" ? minimalQuorums(asked, {}, engines) : minimalBlockingSets(asked, {}, engines);
  }
  if (system === null) throw new PlaygroundError("sets", "there are no quorums whose sets could be listed");
  if (of === "quorums") return listQuorums(system, {}, engines);
  if (of === "halting") return listBlockingSets(system, {}, engines);
  return listSplittingSets(system, {}, engines);
}
