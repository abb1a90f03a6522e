import type { Flow, Wait } from "../model/flows.ts";
import { issuersOf, jointText, placed } from "./ask.ts";
import type { Trouble } from "./diagnostics.ts";
import type { Setting } from "./setting.ts";

const missing = (names: readonly string[], from: readonly string[]): readonly string[] =>
  from.filter((name) => !names.includes(name));

/** Whoever embeds a statement as a certificate has to convince others of it, so they have to be its auditors. */
export function certificateTroubles(
  setting: Setting,
  flow: Flow,
  flows: readonly Flow[],
): readonly Trouble[] {
  return (flow.certs ?? []).flatMap((cert) => {
    const type = typeof cert === "string" ? cert : cert.type;
    const certified = flows.filter((other) => other.type === type);
    if (certified.length === 0)
      return [
        {
          code: "S502",
          message: `${flow.type} carries ${type} as a certificate; no PUBLISH covers it`,
        } as const,
      ];
    const verifiers = typeof cert === "string" ? placed(setting, flow.verifier) : [];
    const shown = new Set([...verifiers, ...placed(setting, flow.auditor)]);
    return certified.flatMap((other) => {
      const issuers = issuersOf(setting, other);
      const single = jointText(other) === null && issuers.length === 1 ? issuers : [];
      return missing([...placed(setting, other.auditor), ...single], [...shown]).map(
        (person): Trouble => ({
          code: "S501",
          message: `${flow.type} carries ${type} as a certificate, but ${person} is not an auditor of ${type}; write [.., .., ${person}] ${type} in the spec`,
        }),
      );
    });
  });
}

/** A rule waits for statements that somebody must publish to the places that it names. */
export function waitTrouble(setting: Setting, wait: Wait, flows: readonly Flow[]): Trouble | null {
  const { rule, type, issuer, verifier, auditor } = wait;
  const issuers = issuersOf(setting, wait);
  const near = flows.filter(
    (flow) =>
      flow.type === type &&
      issuersOf(setting, flow).some((name) => issuers.includes(name)) &&
      missing(placed(setting, flow.verifier), placed(setting, verifier)).length === 0,
  );
  const lacking = near.map((flow) => missing(placed(setting, flow.auditor), placed(setting, auditor)));
  if (lacking.some((names) => names.length === 0)) return null;
  const what = near.length === 0 ? "this issuer and these verifiers" : `auditor ${lacking[0]![0]}`;
  return {
    code: "S502",
    message: `rule ${rule} waits for [${issuer},${verifier},${auditor}] ${type}; no PUBLISH covers ${what}`,
  };
}
