import type { Model } from "@eunomia/checker";
import { brokenModels, goldenModels } from "../explorer/worker/golden-models.ts";
import type { ShelfModel } from "../explorer/worker/shelf.ts";
import { shelfModels } from "../explorer/worker/shelf-models.ts";
import { mutants } from "../mutants/all.ts";
import { type Mutant, substitutionOf, unchanged } from "../mutants/mutant.ts";
import { modelOfScope, type Scope, scopes, type Tier } from "../protocols/models.ts";
import { refuse } from "./refusal.ts";

/** A model that can be checked by name. */
export interface ModelChoice {
  readonly name: string;
  /** `broken`: violates something on purpose, so it is in no tier. */
  readonly tier: Tier | "broken";
  readonly shows: string;
  /** Plain JSON; others of the same shape may be tried. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly protocol: string;
  /** What its search leaves out where nothing else is asked for. */
  readonly reductions: readonly string[];
  make(params: Readonly<Record<string, unknown>>, mutant: Mutant | null): Model;
}

function ofScope(name: string, scope: Scope): ModelChoice {
  const { tier, shows, params, protocol, reductions = [] } = scope;
  return {
    name,
    tier,
    shows,
    protocol,
    reductions,
    params: params as unknown as ModelChoice["params"],
    make: (changed, mutant) =>
      modelOfScope(
        name,
        { ...scope, params: changed } as unknown as Scope,
        mutant === null ? unchanged : substitutionOf(mutant),
      ),
  };
}

const ofPage =
  (tier: ModelChoice["tier"]) =>
  ({ name, protocol, shows, params, make }: ShelfModel): ModelChoice => ({
    name,
    tier,
    shows,
    protocol,
    reductions: [],
    params: params as ModelChoice["params"],
    make: (changed) => make(changed as Parameters<typeof make>[0]),
  });

/** Every model: the scopes of the protocols, the small Paxos that other checkers have counted, and what is broken to learn from. */
export const modelChoices: readonly ModelChoice[] = [
  ...Object.entries(scopes).map(([name, scope]) => ofScope(name, scope)),
  ...goldenModels.map(ofPage("main")),
  ...brokenModels.map(ofPage("broken")),
];

/** So many names are read at a glance. */
const namesShown = 12;

/** Names that have the part in them, or else those that begin most like it. */
function near(names: readonly string[], part: string, list: string): string {
  const begin = (name: string): number => {
    let at = 0;
    while (at < part.length && name[at] === part[at]) at += 1;
    return at;
  };
  const longest = Math.max(...names.map(begin));
  const having = names.filter((name) => name.includes(part));
  const found = having.length > 0 ? having : names.filter((name) => begin(name) === longest);
  const more = names.length > Math.min(found.length, namesShown) ? `; ${list} prints all` : "";
  return `${found.slice(0, namesShown).join(", ")}${more}`;
}

/** @throws Refusal with the names there are */
export function modelNamed(name: string): ModelChoice {
  const names = modelChoices.map((each) => each.name);
  return (
    modelChoices.find((each) => each.name === name) ??
    refuse(
      "unknown-model",
      `there is no model "${name}"`,
      `choose among ${near(names, name, "check --list")}`,
    )
  );
}

/** @throws Refusal with the names there are */
export function mutantNamed(name: string): Mutant {
  const names = mutants.map((each) => each.name);
  return (
    mutants.find((each) => each.name === name) ??
    refuse(
      "unknown-mutant",
      `there is no mutant "${name}"`,
      `choose among ${near(names, name, "mutants --list")}`,
    )
  );
}

const order: readonly Tier[] = ["pull", "main", "nightly", "endless"];

/** The models of a tier: each holds those of the tiers before it. */
export function modelsOfTier(tier: string): readonly ModelChoice[] {
  const last = order.indexOf(tier as Tier);
  if (last < 0) refuse("unknown-tier", `there is no tier "${tier}"`, `choose among ${order.join(", ")}`);
  return modelChoices.filter(({ tier: own }) => own !== "broken" && order.indexOf(own) <= last);
}

/** More of anything is no scope that a search comes to the end of, and most of it does not fit into memory. */
const countMax = 64;

const isCount = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= countMax;

/** Does a value have the shape of the one that stands there? Null stands for a number that the protocol chooses. */
function fits(value: unknown, model: unknown): boolean {
  if (Array.isArray(model))
    return (
      Array.isArray(value) && value.length <= countMax && value.every((item) => fits(item, model[0] ?? item))
    );
  if (model === null || typeof model === "number") return isCount(value);
  return typeof value === typeof model;
}

const shelfOf = ({ name }: ModelChoice): ShelfModel => shelfModels.find((each) => each.name === name)!;

/** Parameters of which at least one must be there. */
const atLeastOne = ["acceptors", "members", "replicas", "proposers", "ballots", "rounds", "slots"];

function checkedParam(shelf: ShelfModel, name: string, value: unknown): void {
  const known = shelf.params as Readonly<Record<string, unknown>>;
  const names = Object.keys(known).filter((each) => each !== "mutant");
  if (!names.includes(name))
    refuse(
      "impossible-scope",
      `${shelf.name} has no parameter "${name}"`,
      `choose among ${names.join(", ")}`,
    );
  const choices = shelf.options?.[name];
  if (choices !== undefined && !choices.includes(String(value)))
    refuse(
      "impossible-scope",
      `"${name}" cannot be ${JSON.stringify(value)}`,
      `choose among ${choices.join(", ")}`,
    );
  const text = JSON.stringify(known[name] ?? 1);
  if (choices === undefined && name !== "inputs" && !fits(value, known[name]))
    refuse(
      "impossible-scope",
      `"${name}" cannot be ${JSON.stringify(value)}`,
      `give something like ${text}; numbers and lists go up to ${countMax}`,
    );
  const none = value === 0 || (Array.isArray(value) && value.length === 0);
  if (none && atLeastOne.includes(name))
    refuse("impossible-scope", `"${name}" cannot be ${JSON.stringify(value)}`, "there must be at least one");
}

/**
 * Parameters with some of them changed by words such as `acceptors=4` or `ballots=[1,1,1]`; what is no JSON is a text.
 *
 * @throws Refusal for a word without `=`, a name that the model does not have, and a value that cannot be
 */
export function changedParams(choice: ModelChoice, words: readonly string[]): ModelChoice["params"] {
  const shelf = shelfOf(choice);
  const changed: Record<string, unknown> = { ...choice.params };
  for (const word of words) {
    const [, name = "", text = ""] =
      /^(\w+)=(.+)$/.exec(word) ??
      refuse("bad-set", `"${word}" is no parameter`, "write name=value, e.g. --set acceptors=4");
    try {
      changed[name] = JSON.parse(text);
    } catch {
      changed[name] = text;
    }
    checkedParam(shelf, name, changed[name]);
  }
  return changed;
}

/** A model as a test or a replay file names it. @throws Refusal for a name that is not here, and parameters that cannot be */
export function modelOf(named: {
  readonly scope: string;
  readonly params?: unknown;
  readonly mutant?: string;
}): Model {
  const choice = modelNamed(named.scope);
  const params = (named.params ?? choice.params) as ModelChoice["params"];
  if (typeof params !== "object" || Array.isArray(params))
    refuse("impossible-scope", `parameters cannot be ${JSON.stringify(params)}`, "give an object of them");
  for (const [name, value] of Object.entries(params)) checkedParam(shelfOf(choice), name, value);
  const missing = Object.keys(choice.params).find(
    (name) => choice.params[name] !== null && !(name in params),
  );
  if (missing !== undefined)
    refuse(
      "impossible-scope",
      `parameters of ${choice.name} lack "${missing}"`,
      `give something like ${JSON.stringify(choice.params[missing])}`,
    );
  if (named.mutant === undefined) return choice.make(params, null);
  const mutant = mutantNamed(named.mutant);
  if (mutant.protocol !== choice.protocol)
    refuse(
      "other-protocol",
      `mutant "${mutant.name}" is one of ${mutant.protocol}`,
      `name a model of ${mutant.protocol}`,
    );
  return choice.make(params, mutant);
}
