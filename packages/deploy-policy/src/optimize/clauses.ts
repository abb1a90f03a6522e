import { jointText, placeNames } from "../check/ask.ts";
import type { Setting } from "../check/setting.ts";
import type { Flow } from "../model/flows.ts";
import type { Deployment, Link, SchemeUse, Stage } from "../text/ast.ts";
import { printDeployment, printLink, printScheme, printStages } from "../text/print.ts";
import { deployedScheme } from "../text/schemes.ts";

/** A clause that is wanted: its link, and its right-hand side as text. */
export interface Wish {
  readonly link: Link;
  readonly says: string;
}

/** Clauses by section. */
export interface Clauses {
  readonly authentication: readonly Wish[];
  readonly nonRepudiation: readonly Wish[];
  readonly dissemination: readonly Wish[];
}

export const rooms = ["authentication", "nonRepudiation", "dissemination"] as const;
const sectionNames = {
  authentication: "Authentication",
  nonRepudiation: "Non-repudiation",
  dissemination: "Dissemination",
} as const;

/**
 * The clauses by which one flow gets a scheme and a first stage. A signature stands under [Non-repudiation] if somebody audits; a
 * notary needs a MAC from the issuer, and a signature of its own towards all.
 */
export function clausesOf(setting: Setting, flow: Flow, scheme: SchemeUse, stage: Stage): Clauses {
  const from = issuerNames(setting, flow);
  const wish = (ends: readonly string[], to: readonly string[], says: string): Wish => ({
    link: { from: ends, both: false, to, on: [flow.type] },
    says,
  });
  const dissemination =
    stage.policy === "DIRECT" && stage.withinMs === null && !stage.final
      ? []
      : [wish(from, ["*"], printStages([stage]))];
  const said = [wish(from, ["*"], printScheme(scheme))];
  const kind = deployedScheme(scheme.name)?.kind;
  if (kind === "notary") {
    const notary = scheme.of!;
    const authentication = [wish(from, [notary], "HMAC-SHA256")];
    return { authentication, nonRepudiation: [...said, wish([notary], ["*"], "Ed25519")], dissemination };
  }
  const audited = flow.auditor !== "NOONE" && (kind === "signature" || kind === "threshold");
  return {
    authentication: audited ? [] : said,
    nonRepudiation: audited ? said : [],
    dissemination,
  };
}

/** As few names as possible for those who issue. */
function issuerNames(setting: Setting, flow: Flow): readonly string[] {
  const joint = jointText(flow);
  if (joint === null) return flow.issuer === "ANYONE" ? ["*"] : placeNames(flow.issuer);
  const members = setting.supportOf(joint);
  return [setting.principals.nameOf(members) ?? members].flat();
}

/** The text of a deployment with these clauses in the place of its own. */
export function deploymentText(base: Deployment, clauses: Clauses): string {
  const bare = { ...base, authentication: [], nonRepudiation: [], dissemination: [] };
  const sections = rooms
    .filter((room) => clauses[room].length > 0)
    .map((room) => {
      const lines = clauses[room].map(({ link, says }) => `  ${printLink(link)} : ${says};\n`);
      return `[${sectionNames[room]}]\n${lines.join("")}`;
    });
  return printDeployment(bare) + sections.join("");
}
