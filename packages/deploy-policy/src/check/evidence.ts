import type { KeyKind } from "@eunomia/engine";
import { entails, node, or } from "@eunomia/quorum-algebra";
import type { SchemeUse } from "../text/ast.ts";
import { printScheme } from "../text/print.ts";
import { type DeployedScheme, deployedScheme } from "../text/schemes.ts";
import { type Ask, others } from "./ask.ts";
import type { Trouble } from "./diagnostics.ts";
import type { Setting } from "./setting.ts";

/** A use of a known scheme. */
export interface Use {
  readonly scheme: DeployedScheme;
  /** As the clause writes it. */
  readonly name: string;
  /** What stands in its parentheses; empty: nothing. */
  readonly of: string;
}

export function useOf(use: SchemeUse): Use {
  const scheme = deployedScheme(use.name);
  if (scheme === null) throw new Error(`"${use.name}" was to be found out before`);
  return { scheme, name: use.name, of: use.of ?? "" };
}

const written = ({ name, of }: Use): string => printScheme({ name, of: of === "" ? null : of });

/** Keys that the use of a scheme needs and that are not there. */
export function missingKeys(setting: Setting, use: Use, holders: readonly string[], key: KeyKind): Trouble[] {
  return holders
    .filter((holder) => !setting.principals.holds(holder, key))
    .map((holder) => ({
      code: "E104",
      message: `${holder} holds no ${key} key, which ${written(use)} needs`,
    }));
}

/** A scheme for old peers that nobody allowed. */
export function legacy({ allowsLegacy }: Setting, { scheme, name }: Use): Trouble[] {
  if (!scheme.row.legacy || allowsLegacy) return [];
  return [
    {
      code: "E106",
      message: `${name} is a legacy scheme; write HMAC-SHA256 or set allow-legacy`,
    },
  ];
}

/** A signature by the issuer alone. */
export function signature(setting: Setting, ask: Ask, use: Use): Trouble[] {
  const key = use.scheme.row.key!;
  if (key !== "bls-pop") return missingKeys(setting, use, [ask.issuer], key);
  const missing = missingKeys(setting, use, [ask.issuer], "bls");
  if (missing.length > 0 || setting.principals.holds(ask.issuer, "bls-pop")) return missing;
  return [
    {
      code: "A206",
      message: `the BLS key of ${ask.issuer} has no proof of possession (rogue-key attack)`,
    },
  ];
}

/** A signature by a key that several hold in parts. */
export function thresholdSignature(setting: Setting, ask: Ask, use: Use): Trouble[] {
  const needs = setting.goodQuorum(use.of);
  const troubles = missingKeys(setting, use, setting.supportOf(use.of), use.scheme.row.key!);
  if (!setting.entails(needs, ask.said, ask.saidAs))
    troubles.push({ code: "N307", message: `the key needs only ${use.of}, the spec asks for ${ask.saidAs}` });
  if (ask.named)
    troubles.push({
      code: "N306",
      message: `a threshold signature does not say who signed; ${ask.type} needs named signers (accountable)`,
    });
  return troubles;
}

/** A matrix of MACs between servers, towards one of them. */
export function matrix(setting: Setting, ask: Ask, use: Use): Trouble[] {
  const servers = setting.members(use.of);
  const troubles = missingKeys(setting, use, [...new Set([ask.issuer, ...servers])], "mac");
  const faulty = setting.faults.within(servers);
  if (servers.length < 3 * faulty + 1)
    troubles.push({
      code: "N310",
      message: `MAC-MATRIX over ${servers.length} servers tolerates ${faulty} only if ${servers.length} >= 3*${faulty}+1`,
    });
  return troubles;
}

/** Not one of the holders of a key, so there is nothing in it for them. */
export function outside(setting: Setting, use: Use, people: readonly string[]): Trouble[] {
  const members = setting.members(use.of);
  return people
    .filter((person) => !members.includes(person))
    .map((person) => ({
      code: "E104",
      message: `${person} holds no key of ${use.of}, which ${written(use)} needs`,
    }));
}

/** A MAC under the key of a group: whoever checks it learns that somebody else in the group made it. */
export function groupMac(setting: Setting, ask: Ask, use: Use, checks: string): Trouble[] {
  const pair = [ask.issuer, checks];
  const troubles = [...outside(setting, use, pair), ...missingKeys(setting, use, pair, "mac")];
  const members = setting.members(use.of);
  const makers = others(members, checks);
  // One maker alone is known without a question to the algebra, which is the usual case.
  if (!(makers.length === 1 && makers[0] === ask.saidAs) && !proves(makers, ask))
    troubles.push({
      code: "A204",
      message: `any of the ${members.length} holders of the key of ${use.of} could have made it; the spec names ${ask.saidAs}`,
    });
  return troubles;
}

/** Made for receivers, and shown to somebody else. */
export function shownOn(ask: Ask, use: Use, auditor: string): Trouble {
  const shows =
    others(ask.verifiers, ask.issuer).find((verifier) => verifier !== auditor) ?? "whoever has it";
  return {
    code: "N301",
    message: `${use.name} by ${ask.issuer} convinces only the holders of its key: ${shows} could have made it itself, so ${shows} cannot show it to auditor ${auditor}. Use a signature or TrustedThirdParty`,
  };
}

/** Does it follow from "one of them says it"? */
const proves = (makers: readonly string[], { said }: Ask): boolean =>
  entails(or(...makers.map((maker) => node(maker))), said).holds === true;
