import { type Expr, entails, quorumSystem, support } from "@eunomia/quorum-algebra";
import { Faults, Principals } from "../model/principals.ts";
import { Selection } from "../model/selection.ts";
import type { Channel, ChannelClause, Deployment, StageClause, SuiteClause } from "../text/ast.ts";
import { printStages, printSuites } from "../text/print.ts";

/** A deployment with its names looked up: what all checks ask. */
export class Setting {
  readonly principals: Principals;
  readonly faults: Faults;
  readonly authentication: Selection<SuiteClause>;
  readonly nonRepudiation: Selection<SuiteClause>;
  readonly dissemination: Selection<StageClause>;
  readonly channels: Selection<ChannelClause>;
  readonly allowsLegacy: boolean;
  /** Milliseconds; null: evidence is kept for good. The last word of [Options] counts. */
  readonly retentionMs: number | null;
  readonly #quorums = new Map<string, Expr | string>();
  readonly #supports = new Map<string, readonly string[]>();
  readonly #entailed = new Map<Expr, Map<string, boolean>>();

  constructor(deployment: Deployment) {
    const principals = new Principals(deployment);
    this.principals = principals;
    this.faults = new Faults(principals, deployment.faults);
    const suites = ({ alternatives }: SuiteClause): string => printSuites(alternatives);
    this.authentication = new Selection(principals, deployment.authentication, suites);
    this.nonRepudiation = new Selection(principals, deployment.nonRepudiation, suites);
    this.dissemination = new Selection(principals, deployment.dissemination, ({ stages }) =>
      printStages(stages),
    );
    this.channels = new Selection(principals, deployment.channels, ({ channel }) => channel);
    this.allowsLegacy = deployment.options.some(({ is }) => is === "allow-legacy");
    this.retentionMs = deployment.options.reduce<number | null>(
      (ms, option) => (option.is === "retention" ? option.ms : ms),
      null,
    );
  }

  /** Channels are open unless a clause says otherwise; where two disagree, the worse is taken. */
  channel(from: string, to: string, type: string): Channel {
    const selected = this.channels.of(from, to, type);
    if (selected.is === "none") return "open";
    if (selected.is === "one") return selected.clause.channel;
    return selected.clauses.some(({ channel }) => channel === "none") ? "none" : "open";
  }

  /** The condition of a text, or what is wrong with it. Texts are those of clauses and joint issuers. */
  quorum(text: string): Expr | string {
    let known = this.#quorums.get(text);
    if (known === undefined) {
      known = met(this.principals.quorum(text));
      this.#quorums.set(text, known);
    }
    return known;
  }

  /** The condition of a text that was found good before anything was asked. */
  goodQuorum(text: string): Expr {
    const quorum = this.quorum(text);
    if (typeof quorum === "string") throw new Error(`"${text}" was to be found out before: ${quorum}`);
    return quorum;
  }

  /** The individuals who count for it. */
  supportOf(text: string): readonly string[] {
    let known = this.#supports.get(text);
    if (known === undefined) {
      known = support(this.goodQuorum(text));
      this.#supports.set(text, known);
    }
    return known;
  }

  /** Does the first condition say all that the second does? `title` names the second one among all that are asked about. */
  entails(condition: Expr, said: Expr, title: string): boolean {
    const known = this.#entailed.get(condition) ?? new Map<string, boolean>();
    this.#entailed.set(condition, known);
    let answer = known.get(title);
    if (answer === undefined) {
      answer = entails(condition, said).holds === true;
      known.set(title, answer);
    }
    return answer;
  }

  members(name: string): readonly string[] {
    return this.principals.members(name) ?? [];
  }
}

function met(quorum: Expr | string): Expr | string {
  if (typeof quorum === "string") return quorum;
  const system = quorumSystem(quorum);
  if (!system.has(support(quorum))) return "can never be met";
  return system.has([]) ? "is met by nobody at all" : quorum;
}
