import { type Expr, node } from "@eunomia/quorum-algebra";
import type { Flow } from "../model/flows.ts";
import type { Setting } from "./setting.ts";

/** Who said what to whom, of whom others are to be convinced. */
export interface Ask {
  readonly type: string;
  readonly issuer: string;
  /** What must be concluded: that this condition on individuals says it. For an issuer alone, that it does. */
  readonly said: Expr;
  /** A condition as the spec writes it. */
  readonly saidAs: string;
  readonly verifiers: readonly string[];
  readonly auditors: readonly string[];
  /** A joint statement whose signers must be named. */
  readonly named: boolean;
}

const joint = "joint:";

/** The quorum of a joint flow as text; null: its issuers say it alone. */
export function jointText({ issuer }: Flow): string | null {
  return issuer.startsWith(joint) ? issuer.slice(joint.length).trim() : null;
}

/** Names of a place, before anybody looks whom they stand for. */
export function placeNames(place: string): readonly string[] {
  if (place === "NOONE") return [];
  return place.split("+").map((name) => name.trim());
}

/** The individuals of a place. */
export function placed(setting: Setting, place: string): readonly string[] {
  if (place === "ANYONE") return setting.principals.individuals;
  return [...new Set(placeNames(place).flatMap((name) => setting.members(name)))];
}

/** The individuals who issue statements of a flow, alone or together. */
export function issuersOf(setting: Setting, flow: Flow): readonly string[] {
  const text = jointText(flow);
  return text === null ? placed(setting, flow.issuer) : setting.supportOf(text);
}

/** One question per individual that issues. */
export function asksOf(setting: Setting, flow: Flow): readonly Ask[] {
  const text = jointText(flow);
  const verifiers = placed(setting, flow.verifier);
  const auditors = placed(setting, flow.auditor);
  const named = text !== null && (flow.accountable ?? auditors.length > 0);
  return issuersOf(setting, flow).map((issuer) => ({
    type: flow.type,
    issuer,
    said: text === null ? node(issuer) : setting.goodQuorum(text),
    saidAs: text ?? issuer,
    verifiers,
    auditors,
    named,
  }));
}

/** Those to whom an issuer still has to prove something. */
export const others = (people: readonly string[], issuer: string): readonly string[] =>
  people.filter((person) => person !== issuer);
