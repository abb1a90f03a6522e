import type {
  ChannelClause,
  Deployment,
  FaultClause,
  Link,
  OptionClause,
  PrincipalClause,
  SchemeUse,
  Stage,
  StageClause,
  Suite,
  SuiteClause,
} from "./ast.ts";
import { keyKinds, policies } from "./ast.ts";
import { Cursor } from "./cursor.ts";
import { deployedScheme } from "./schemes.ts";

const sectionNames = [
  "Principals",
  "Faults",
  "Channels",
  "Authentication",
  "Non-repudiation",
  "Dissemination",
  "Options",
] as const;

type Drafts = { -readonly [Section in keyof Deployment]: Deployment[Section][number][] };

/**
 * Reads a deployment:
 *
 * ```text
 * [Principals]       a, b, z : mac, ed25519;   W = {a, b};   AUD = z;
 * [Faults]           W : byzantine <= 1;
 * [Channels]         a <-> b : local;
 * [Authentication]   a <-> b : PlainTxt, HMAC-SHA256 | Ed25519;
 * [Non-repudiation]  W -> * on Witness : TrustedThirdParty(z);
 * [Dissemination]    W -> * : OPTIMISTIC({a, b} >= 1) WITHIN 50ms; DIRECT;
 * [Options]          allow-legacy; retention 400d;
 * ```
 *
 * Line ends do not matter, and `;` is optional: a clause ends where the next token cannot continue it. Whether names, schemes and
 * quorums mean anything is a matter of `checkDeployment`.
 *
 * @throws PolicySyntaxError with the place and what was expected there.
 */
export function parseDeployment(text: string): Deployment {
  return new Parser(text).whole();
}

class Parser {
  readonly #at: Cursor;
  readonly #found: Drafts = {
    principals: [],
    faults: [],
    channels: [],
    authentication: [],
    nonRepudiation: [],
    dissemination: [],
    options: [],
  };

  constructor(source: string) {
    this.#at = new Cursor(source);
  }

  whole(): Deployment {
    while (!this.#at.done) {
      this.#at.expect("[");
      const section = this.#at.word(sectionNames);
      this.#at.expect("]");
      while (!this.#at.sees("[") && !this.#at.done) {
        this.#clause(section);
        this.#at.accept(";");
      }
    }
    return this.#found;
  }

  #clause(section: (typeof sectionNames)[number]): void {
    const found = this.#found;
    switch (section) {
      case "Principals":
        return void found.principals.push(this.#principal());
      case "Faults":
        return void found.faults.push(this.#fault());
      case "Channels":
        return void found.channels.push(this.#channel());
      case "Authentication":
        return void found.authentication.push(this.#suites());
      case "Non-repudiation":
        return void found.nonRepudiation.push(this.#suites());
      case "Dissemination":
        return void found.dissemination.push(this.#stages());
      case "Options":
        return void found.options.push(this.#option());
    }
  }

  #principal(): PrincipalClause {
    const at = this.#at.place;
    const names = this.#at.names("a principal");
    if (names.length === 1 && this.#at.accept("=")) {
      const name = names[0]!;
      if (!this.#at.accept("{")) return { is: "role", name, of: this.#at.name("a principal"), at };
      const of = this.#at.names("a principal");
      this.#at.expect("}", [","]);
      return { is: "group", name, of, at };
    }
    this.#at.expect(":", names.length === 1 ? [",", "="] : [","]);
    const keys = [this.#at.word(keyKinds)];
    while (this.#at.accept(",")) keys.push(this.#at.word(keyKinds));
    return { is: "keys", names, keys, at };
  }

  #fault(): FaultClause {
    const at = this.#at.place;
    const of = this.#faulty();
    this.#at.expect(":");
    const kind = this.#at.word(["crash", "byzantine"]);
    this.#at.expect("<=");
    return { of, kind, most: this.#at.value("number", "a number"), at };
  }

  #faulty(): FaultClause["of"] {
    if (!this.#at.accept("{")) return { name: this.#at.name("a principal") };
    const set = this.#at.names("a principal");
    this.#at.expect("}", [","]);
    return { set };
  }

  #channel(): ChannelClause {
    const at = this.#at.place;
    return { link: this.#link(), channel: this.#at.word(["open", "local", "none"]), at };
  }

  #link(): Link {
    const from = this.#endpoints();
    const both = this.#at.sees("<->");
    if (!both && !this.#at.sees("->")) this.#at.fail([",", "->", "<->"]);
    this.#at.expect(both ? "<->" : "->");
    const to = this.#endpoints();
    const on = this.#at.accept("on") ? this.#at.names("a statement type") : [];
    this.#at.expect(":", [",", ...(on.length === 0 ? ["on"] : [])]);
    return { from, both, to, on };
  }

  #endpoints(): readonly string[] {
    const endpoints: string[] = [];
    do endpoints.push(this.#at.accept("*") ? "*" : this.#at.name("a principal"));
    while (this.#at.accept(","));
    return endpoints;
  }

  #suites(): SuiteClause {
    const at = this.#at.place;
    const link = this.#link();
    const alternatives = [this.#suite()];
    while (this.#at.accept("|")) alternatives.push(this.#suite());
    return { link, alternatives, at };
  }

  #suite(): Suite {
    const suite = [this.#scheme()];
    while (this.#at.accept(",")) suite.push(this.#scheme());
    return suite;
  }

  /** Schemes that nobody knows are taken as they are written. */
  #scheme(): SchemeUse {
    const name = this.#at.name("a scheme");
    const takes = deployedScheme(name)?.takes;
    if (takes === "nothing" && this.#at.sees("(")) this.#at.fail([",", "|", ";", "the next clause"]);
    const argument = (takes !== undefined && takes !== "nothing") || this.#at.sees("(");
    return { name, of: argument ? this.#at.argument() : null };
  }

  #stages(): StageClause {
    const at = this.#at.place;
    const link = this.#link();
    const stages = [this.#stage()];
    for (;;) {
      this.#at.accept(";");
      if (!policies.some((policy) => this.#at.sees(policy))) return { link, stages, at };
      if (stages.at(-1)!.final) this.#at.fail(["no stage after FINAL"]);
      stages.push(this.#stage());
    }
  }

  #stage(): Stage {
    const policy = this.#at.word(policies);
    const stage =
      policy === "OPTIMISTIC"
        ? { policy, relays: this.#at.argument() }
        : policy === "GOSSIP"
          ? { policy, fanout: this.#fanout() }
          : { policy };
    const withinMs = this.#at.accept("WITHIN") ? this.#at.value("duration", "a duration, as 50ms") : null;
    return { ...stage, withinMs, final: this.#at.accept("FINAL") };
  }

  #fanout(): number {
    this.#at.expect("(");
    if (this.#at.sees("0")) this.#at.fail(["a number of at least 1"]);
    const fanout = this.#at.value("number", "a number");
    this.#at.expect(")");
    return fanout;
  }

  #option(): OptionClause {
    const at = this.#at.place;
    if (this.#at.word(["allow-legacy", "retention"]) === "allow-legacy") return { is: "allow-legacy", at };
    return { is: "retention", ms: this.#at.value("duration", "a duration, as 400d"), at };
  }
}
