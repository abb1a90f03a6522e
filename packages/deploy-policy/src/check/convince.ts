import { node } from "@eunomia/quorum-algebra";
import type { Selected } from "../model/selection.ts";
import type { Suite, SuiteClause } from "../text/ast.ts";
import { isEvidence } from "../text/schemes.ts";
import { type Ask, others } from "./ask.ts";
import { foremost, type Trouble, tied } from "./diagnostics.ts";
import {
  groupMac,
  legacy,
  matrix,
  missingKeys,
  outside,
  shownOn,
  signature,
  thresholdSignature,
  type Use,
  useOf,
} from "./evidence.ts";
import { relaysTowards } from "./relays.ts";
import type { Setting } from "./setting.ts";

/**
 * Who convinces whom of what it says itself, as far as notaries need it. Nothing holds but what can be derived: notaries that know
 * an issuer only through each other do not know it.
 */
class Vouching {
  readonly #setting: Setting;
  readonly #ask: Ask;
  readonly #goals = new Map<string, { readonly issuer: string; readonly verifier: string; holds: boolean }>();
  #settling = false;

  constructor(setting: Setting, ask: Ask) {
    this.#setting = setting;
    this.#ask = ask;
  }

  holds(issuer: string, verifier: string): boolean {
    const key = `${issuer} ${verifier}`;
    const known = this.#goals.get(key);
    if (known !== undefined) return known.holds;
    const goal = { issuer, verifier, holds: false };
    this.#goals.set(key, goal);
    if (!this.#settling) this.#settle();
    return goal.holds;
  }

  /** Goals that turn up on the way join the round; each round that derives nothing new is the last. */
  #settle(): void {
    this.#settling = true;
    for (let changed = true; changed; ) {
      changed = false;
      for (const goal of this.#goals.values()) {
        const { issuer, verifier, holds } = goal;
        if (holds || verifierTrouble(this.#setting, alone(this.#ask, issuer), verifier, this) !== null)
          continue;
        goal.holds = true;
        changed = true;
      }
    }
    this.#settling = false;
  }
}

/**
 * What keeps a verifier from being convinced (null: nothing does): by the suite of [Authentication], or by evidence that a clause of
 * [Non-repudiation] attaches for the verifier or for an auditor.
 */
export function verifierTrouble(
  setting: Setting,
  ask: Ask,
  verifier: string,
  vouching = new Vouching(setting, ask),
): Trouble | null {
  const { issuer, type } = ask;
  const towards = (use: Use): Trouble[] => useTowards(setting, ask, use, verifier, vouching);
  const suite = setting.authentication.of(issuer, verifier, type);
  const told = clauseTrouble(suite, towards, issuer, verifier, type);
  if (told === null) return null;
  let broken: Trouble | null = null;
  for (const target of new Set([verifier, ...others(ask.auditors, issuer)])) {
    const evidence = setting.nonRepudiation.of(issuer, target, type);
    if (evidence.is === "none") continue;
    const trouble = clauseTrouble(evidence, towards, issuer, target, type, onlyEvidence);
    if (trouble === null && suite.is !== "two") return null;
    if (trouble?.code !== "A201") broken ??= trouble;
  }
  return suite.is === "none" ? (broken ?? told) : told;
}

/**
 * What keeps an auditor from being convinced without the issuer's help (null: nothing does): by what the clause of
 * [Non-repudiation] provides, else by what the suites of [Authentication] leave behind with every verifier.
 */
export function auditorTroubles(setting: Setting, ask: Ask, auditor: string): readonly Trouble[] {
  const { issuer, type } = ask;
  const vouching = new Vouching(setting, ask);
  const shown = (use: Use): Trouble[] => useShown(setting, ask, use, auditor, vouching);
  const evidence = setting.nonRepudiation.of(issuer, auditor, type);
  if (evidence.is !== "none") {
    const trouble = clauseTrouble(evidence, shown, issuer, auditor, type);
    return trouble === null ? [] : [trouble];
  }
  return others(ask.verifiers, issuer).flatMap((verifier) => {
    const suite = setting.authentication.of(issuer, verifier, type);
    if (suite.is === "none")
      return [
        {
          code: "N302",
          message: `no clause leaves anything behind with ${verifier} that auditor ${auditor} could be shown`,
        } as const,
      ];
    const trouble = clauseTrouble(suite, shown, issuer, verifier, type);
    return trouble === null ? [] : [trouble];
  });
}

const onlyEvidence = (suite: Suite): Suite => suite.filter(({ name }) => isEvidence(name));

/** Judges the clause that was selected: every alternative must have a member that convinces. */
function clauseTrouble(
  selected: Selected<SuiteClause>,
  judge: (use: Use) => Trouble[],
  issuer: string,
  target: string,
  type: string,
  part: (suite: Suite) => Suite = (suite) => suite,
): Trouble | null {
  const uncovered: Trouble = {
    code: "A201",
    message: `no [Authentication] clause covers ${issuer} -> ${target} on ${type}, and no evidence clause does either`,
  };
  if (selected.is === "none") return uncovered;
  if (selected.is === "two") return tied(selected.clauses, issuer, target, type);
  const { alternatives, at } = selected.clause;
  const outcomes = alternatives.map((suite) => {
    const found = part(suite).map((use) => judge(useOf(use)));
    if (found.some((troubles) => troubles.length === 0)) return null;
    return found.length === 0 ? uncovered : foremost(found.flat());
  });
  const failing = outcomes.findIndex((outcome) => outcome !== null);
  if (failing < 0) return null;
  const inner = outcomes[failing]!;
  if (!outcomes.includes(null)) return { ...inner, at };
  return {
    code: "A205",
    message: `alternative ${failing + 1} of the clause fails: ${inner.message}; negotiation could be forced down to it`,
    at,
  };
}

/** What keeps one member of a suite from convincing a verifier. */
function useTowards(setting: Setting, ask: Ask, use: Use, verifier: string, vouching: Vouching): Trouble[] {
  switch (use.scheme.kind) {
    case "channel":
      return overChannel(setting, ask, use, verifier);
    case "mac":
      return [
        ...missingKeys(setting, use, [ask.issuer, verifier], use.scheme.row.key!),
        ...legacy(setting, use),
      ];
    case "group":
      return groupMac(setting, ask, use, verifier);
    case "signature":
      return signature(setting, ask, use);
    case "threshold":
      return thresholdSignature(setting, ask, use);
    case "matrix":
      return [...outside(setting, use, [verifier]), ...matrix(setting, ask, use)];
    case "notary":
      return notary(setting, ask, use, vouching, (z) =>
        z === verifier || vouching.holds(z, verifier) ? [] : [uncheckable(verifier, z)],
      );
  }
}

/** What keeps one member of a suite from convincing an auditor to whom it is shown. */
function useShown(setting: Setting, ask: Ask, use: Use, auditor: string, vouching: Vouching): Trouble[] {
  const receivers = others(ask.verifiers, ask.issuer);
  const only = receivers.length === 1 && receivers[0] === auditor;
  switch (use.scheme.kind) {
    case "channel":
      return [
        {
          code: "N302",
          message: `${use.name} leaves nothing behind that auditor ${auditor} could be shown`,
        },
      ];
    case "mac":
      return [
        ...missingKeys(setting, use, only ? [ask.issuer, auditor] : [ask.issuer], use.scheme.row.key!),
        ...legacy(setting, use),
        ...(only ? [] : [shownOn(ask, use, auditor)]),
      ];
    case "group":
      return only ? groupMac(setting, ask, use, auditor) : [shownOn(ask, use, auditor)];
    case "signature":
      return signature(setting, ask, use);
    case "threshold":
      return thresholdSignature(setting, ask, use);
    case "matrix":
      return setting.members(use.of).includes(auditor)
        ? matrix(setting, ask, use)
        : [shownOn(ask, use, auditor), ...matrix(setting, ask, use)];
    case "notary":
      return notary(setting, ask, use, vouching, (z) => [
        ...(z === auditor || signs(setting, ask, z, auditor)
          ? []
          : [{ code: "N304", message: `notary ${z} has no signature scheme towards ${auditor}` } as const]),
        ...receivers
          .filter((verifier) => verifier !== z && !vouching.holds(z, verifier))
          .map((verifier) => uncheckable(verifier, z)),
      ]);
  }
}

/** The last hop is all that a channel authenticates. */
function overChannel(setting: Setting, ask: Ask, use: Use, verifier: string): Trouble[] {
  const [relay] = relaysTowards(setting, ask, verifier);
  if (relay !== undefined)
    return [
      {
        code: "A203",
        message: `${use.name} authenticates the last hop only; ${ask.type} by ${ask.issuer} reaches ${verifier} through relay ${relay}, so ${verifier} would be trusting ${relay}`,
      },
    ];
  if (use.scheme.row.convinces === "channel" || setting.channel(ask.issuer, verifier, ask.type) === "local")
    return [];
  return [
    {
      code: "A202",
      message: `${use.name} does not authenticate ${ask.issuer} to ${verifier} over an open channel`,
    },
  ];
}

/** `rest`: what else the notary owes. */
function notary(
  setting: Setting,
  ask: Ask,
  use: Use,
  vouching: Vouching,
  rest: (notary: string) => Trouble[],
): Trouble[] {
  const z = setting.members(use.of)[0]!;
  if (z === ask.issuer) return [{ code: "N305", message: `${z} cannot be its own notary` }];
  const troubles = rest(z);
  if (setting.channel(ask.issuer, z, ask.type) !== "none" && vouching.holds(ask.issuer, z)) return troubles;
  return [
    ...troubles,
    {
      code: "N303",
      message: `notary ${z} has no way to authenticate ${ask.issuer}; add ${ask.issuer} -> ${z} under [Authentication]`,
    },
  ];
}

/** The same statement, as what one individual says. */
const alone = (ask: Ask, issuer: string): Ask => ({
  ...ask,
  issuer,
  said: node(issuer),
  saidAs: issuer,
  named: false,
});

const uncheckable = (verifier: string, z: string): Trouble => ({
  code: "N304",
  message: `verifier ${verifier} cannot check the confirmation of notary ${z}`,
});

/** Does the notary put a signature of its own under what it shows this auditor? */
function signs(setting: Setting, ask: Ask, z: string, auditor: string): boolean {
  const evidence = setting.nonRepudiation.of(z, auditor, ask.type);
  const selected = evidence.is === "none" ? setting.authentication.of(z, auditor, ask.type) : evidence;
  if (selected.is !== "one") return false;
  return selected.clause.alternatives.every((suite) =>
    suite
      .map(useOf)
      .some((use) => use.scheme.kind === "signature" && signature(setting, alone(ask, z), use).length === 0),
  );
}
