import { draftGraph, type GraphInput, graphFromJson, parseGraph } from "@eunomia/learner-graph";
import { type Expr, parse } from "@eunomia/quorum-algebra";
import {
  cosmosValidators,
  csvValidators,
  type ImportNotice,
  quoracleExpr,
  type StellarNetwork,
  stellarNetwork,
  tendermintValidators,
} from "@eunomia/quorum-algebra/import";
import type { ValidatorSet } from "@eunomia/quorum-algebra/stake";

/** The forms of files that are read. */
export const forms = ["stellar", "cosmos", "tendermint", "csv", "quorums", "quoracle", "graph"] as const;
export type Form = (typeof forms)[number];

/** What a file is about. */
export type Subject = { readonly name: string; readonly notices: readonly string[] } & (
  | { readonly kind: "quorums"; readonly expr: Expr }
  | { readonly kind: "network"; readonly network: StellarNetwork }
  | { readonly kind: "stake"; readonly set: ValidatorSet }
  | { readonly kind: "graph"; readonly input: GraphInput }
);

/** A text that no reader knows; what to do stands in the message. */
export class UnknownForm extends Error {
  readonly code = "form";
  constructor(name: string, reason: string) {
    super(`${name}: ${reason}; say what it is with --as ${forms.join("|")}`);
    this.name = "UnknownForm";
  }
}

/** The first entry of a list under any of the names, or the list itself. */
function firstOf(value: unknown, ...names: readonly string[]): Readonly<Record<string, unknown>> | null {
  const entry = (list: unknown): Readonly<Record<string, unknown>> | null =>
    Array.isArray(list) && typeof list[0] === "object" && list[0] !== null
      ? (list[0] as Readonly<Record<string, unknown>>)
      : null;
  if (Array.isArray(value)) return entry(value);
  if (typeof value !== "object" || value === null) return null;
  for (const name of names) {
    const found = entry((value as Readonly<Record<string, unknown>>)[name]);
    if (found !== null) return found;
  }
  return null;
}

function formOfJson(value: unknown, name: string): Form {
  const fields =
    typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  if ("learners" in fields) return "graph";
  const node = firstOf(value, "nodes");
  if (node !== null && "publicKey" in node) return "stellar";
  const validator = firstOf(value, "validators", "result");
  if (validator !== null && "operator_address" in validator) return "cosmos";
  if (["result", "genesis", "validators", "chain_id", "app_state"].some((field) => field in fields))
    return "tendermint";
  if (validator !== null && ("voting_power" in validator || "pub_key" in validator)) return "tendermint";
  throw new UnknownForm(
    name,
    "JSON of no known form (Stellar nodes, Cosmos or Tendermint validators, a learner graph)",
  );
}

/** What a text looks like. @throws UnknownForm */
export function formOf(text: string, name: string): Form {
  const start = text.replace(/^\ufeff/, "").trimStart();
  if (start === "") throw new UnknownForm(name, "there is nothing in it");
  // JSON begins like a quorum text with braces or quotes; only one of the two can be read.
  if (/^[[{"]/.test(start)) {
    let value: unknown;
    try {
      value = JSON.parse(start);
    } catch {
      if (start.startsWith("[") || /^\{\s*"(?:[^"\\]|\\.)*"\s*:/.test(start))
        return /"publicKey"/.test(start) ? "stellar" : "cosmos";
    }
    if (value !== undefined) return formOfJson(value, name);
  }
  if (/^(?:acceptors\s*:|(?:group|learner|edge)\s+\S[^\n]*:)/m.test(start)) return "graph";
  const [head = ""] = start.split(/\r?\n/, 1);
  if (/[,;\t]/.test(head) && /\b(?:stake|tokens|weight|power|voting_power|amount)\b/i.test(head))
    return "csv";
  return "quorums";
}

const noticed = (notices: readonly ImportNotice[]): readonly string[] =>
  notices.map(({ place: { path, line }, text }) => {
    const where = path ?? (line === undefined ? "" : `line ${line}`);
    return where === "" ? text : `${where}: ${text}`;
  });

/** A readable name of what a file holds: the name of the file without folder and ending. */
export const titleOf = (file: string): string =>
  file === "-" ? "standard input" : file.replace(/^.*[/\\]/, "").replace(/\.[A-Za-z]+$/, "");

/**
 * Reads a text in whatever form it has.
 *
 * @throws UnknownForm, ImportError, QuorumSyntaxError, GraphError: what was expected, and where.
 */
export function readSubject(text: string, file: string, as?: Form): Subject {
  const form = as ?? formOf(text, file);
  const name = titleOf(file);
  const stake = ({ set, notices }: ReturnType<typeof csvValidators>): Subject => ({
    kind: "stake",
    name,
    set: set.chain === "" ? { ...set, chain: name } : set,
    notices: noticed(notices),
  });
  switch (form) {
    case "stellar": {
      const network = stellarNetwork(text);
      return { kind: "network", name, network, notices: noticed(network.notices) };
    }
    case "cosmos":
      return stake(cosmosValidators(text));
    case "tendermint":
      return stake(tendermintValidators(text));
    case "csv":
      return stake(csvValidators(text));
    case "graph": {
      const input = /^\s*\{/.test(text) ? graphFromJson(JSON.parse(text)) : parseGraph(text);
      draftGraph(input);
      return { kind: "graph", name, input, notices: [] };
    }
    case "quoracle":
      return { kind: "quorums", name, expr: quoracleExpr(text), notices: [] };
    case "quorums":
      return { kind: "quorums", name, expr: parse(text), notices: [] };
  }
}
