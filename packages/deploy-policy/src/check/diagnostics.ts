import type { Place } from "../text/ast.ts";

/** What the check can find. The words for each are in `explainCode`. */
export type Code = keyof typeof meanings;

/** `line` and `column` of the clause, if one is at fault; `flow` the type of statement that it is about. */
export interface Where {
  readonly line?: number;
  readonly column?: number;
  readonly flow?: string;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly where: Where;
  /** How many more principals the same holds for, on the same clause and flow. */
  readonly more: number;
}

/** A finding before it is gathered. */
export interface Trouble {
  readonly code: Code;
  readonly message: string;
  readonly at?: Place | undefined;
}

const meanings = {
  E101: ["syntax", "write what is expected at that place"],
  E102: ["unknown principal", "declare the name under [Principals], or mend its spelling"],
  E103: ["unknown scheme", "use a scheme that the table of schemes has"],
  E104: ["missing key", "give the principal that kind of key under [Principals], or use another scheme"],
  E105: ["ambiguous", "make one of the two clauses more specific, or make them say the same"],
  E106: ["legacy", "write HMAC-SHA256, or allow-legacy under [Options]"],
  E107: ["quorum", "ask for no more than there are, and put groups into a set with a threshold"],
  A201: ["nothing authenticates", "add a clause under [Authentication] that covers the pair"],
  A202: ["PlainTxt on an open channel", "use a MAC or a signature, or make the channel local if it is one"],
  A203: [
    "channel authentication behind a relay",
    "use evidence that travels with the statement, or do without the relay",
  ],
  A204: ["group MAC", "use pairwise MACs or a signature, or a group of two"],
  A205: ["weak alternative", "drop the alternative, or make it as good as the others"],
  A206: ["no proof of possession", "register the key as bls-pop with its proof"],
  N301: ["MAC shown to a third party", "use a signature or a notary towards auditors"],
  N302: ["no evidence", "use a signature or a notary towards auditors"],
  N303: ["notary cannot authenticate", "add a clause under [Authentication] from the issuer to the notary"],
  N304: ["notary's word cannot be checked", "give the notary a signature under [Non-repudiation]"],
  N305: ["self-notary", "name somebody else as the notary"],
  N306: ["threshold hides signers", "use individual or aggregate signatures, or declare accountable false"],
  N307: ["threshold too weak", "make the key need what the spec asks for"],
  N308: ["auditor cut off", "open a channel to the auditor"],
  N309: ["retention", "keep evidence at least as long as the spec asks"],
  N310: ["matrix", "use more servers, or state the bound on their faults under [Faults]"],
  D401: ["no channel", "open the channel, or choose another stage"],
  D402: ["lone relay", "drop FINAL, or use a set of relays"],
  D403: ["relay quorum", "ask for more relays than may be faulty, or drop FINAL"],
  S501: ["certificate not auditable", "name them as auditors in the spec"],
  S502: ["nobody publishes what a rule waits for", "publish it to those places, or wait for less"],
  W601: ["RSA read as RSA-PSS", "write RSA-PSS"],
  W602: ["clause never used", "drop it, or mend its names"],
  W603: ["everyone is assumed to trust a notary", "make sure that they do"],
} as const satisfies Readonly<Record<string, readonly [meaning: string, remedy: string]>>;

/** Every code, in the order of the table. */
export const codes = Object.keys(meanings) as readonly Code[];

/**
 * What a code stands for and what to do about it.
 *
 * @example
 * explainCode("N305"); // { meaning: "self-notary", remedy: "name somebody else as the notary" }
 */
export function explainCode(code: Code): { readonly meaning: string; readonly remedy: string } {
  const [meaning, remedy] = meanings[code];
  return { meaning, remedy };
}

/** Of a suite that fails as a whole the first of these is told. */
const order: readonly Code[] = [
  "E103",
  "E104",
  "E106",
  "A206",
  "N305",
  "N303",
  "N304",
  "N310",
  "N307",
  "N306",
  "N301",
  "A204",
  "A203",
  "A202",
  "N302",
  "A201",
];

/** The one to tell; there must be one. */
export function foremost(troubles: readonly Trouble[]): Trouble {
  return troubles.reduce((a, b) => (order.indexOf(b.code) < order.indexOf(a.code) ? b : a));
}

/** Gathers findings: the same code on the same clause and flow is told once, with the number of further cases. */
export class Findings {
  readonly #found = new Map<string, { first: Diagnostic; messages: Set<string> }>();

  add({ code, message, at }: Trouble, flow?: string): void {
    const key = `${code} ${at?.line ?? ""}:${at?.column ?? ""} ${flow ?? ""}`;
    const known = this.#found.get(key);
    if (known !== undefined) return void known.messages.add(message);
    const where = { ...(at === undefined ? {} : at), ...(flow === undefined ? {} : { flow }) };
    const severity = code.startsWith("W") ? "warning" : "error";
    const first: Diagnostic = { code, severity, message, where, more: 0 };
    this.#found.set(key, { first, messages: new Set([message]) });
  }

  get hasErrors(): boolean {
    return [...this.#found.values()].some(({ first }) => first.severity === "error");
  }

  list(): readonly Diagnostic[] {
    return [...this.#found.values()].map(({ first, messages }) => ({ ...first, more: messages.size - 1 }));
  }
}

/** Two clauses that apply equally well and say different things. */
export function tied(
  [a, b]: readonly [{ readonly at: Place }, { readonly at: Place }],
  issuer: string,
  target: string,
  type: string,
): Trouble {
  return {
    code: "E105",
    message: `two equally specific clauses apply to ${issuer} -> ${target} on ${type}: (line ${a.at.line}) and (line ${b.at.line})`,
    at: b.at,
  };
}
