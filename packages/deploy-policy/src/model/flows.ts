import { PolicyError } from "../errors.ts";

/**
 * What a spec says about one type of statement: who issues it, who must be convinced, and who may audit it. Places hold a name (an
 * individual, role or group of the deployment), `NOONE`, `ANYONE` (all individuals), or names joined by ` + `.
 */
export interface Flow {
  readonly type: string;
  /** A name, each of whose members issues alone, or `joint:` and a quorum, which issues as one. */
  readonly issuer: string;
  readonly verifier: string;
  readonly auditor: string;
  /** Types of statements that justify this one. `issuerIs: "verifier"`: whoever verifies this one issued that one. */
  readonly certs?: readonly (string | { readonly type: string; readonly issuerIs: "verifier" })[];
  /** Of a joint flow: must its signers be named? By default if it has auditors. */
  readonly accountable?: boolean;
  /** How long it must stay auditable. */
  readonly auditDays?: number;
}

/** A rule of a spec that waits for a statement with these places. */
export interface Wait {
  readonly rule: string;
  readonly type: string;
  readonly issuer: string;
  readonly verifier: string;
  readonly auditor: string;
}

const places = ["type", "issuer", "verifier", "auditor"] as const;

/** @throws PolicyError `shape` for what is no list of flows, such as the content of a file of JSON. */
export function checkedFlows(value: unknown): readonly Flow[] {
  if (!Array.isArray(value)) throw new PolicyError("shape", "flows", "a list of flows", value);
  value.forEach((flow: Partial<Flow> | null, at) => {
    const title = `flows[${at}]`;
    if (typeof flow !== "object" || flow === null) throw new PolicyError("shape", title, "a flow", flow);
    for (const place of places)
      if (typeof flow[place] !== "string" || flow[place] === "")
        throw new PolicyError("shape", `${title}.${place}`, "a name", flow[place]);
    const { certs = [], accountable = false, auditDays = 0 } = flow;
    if (!Array.isArray(certs) || !certs.every(isCert))
      throw new PolicyError("shape", `${title}.certs`, "a list of types", certs);
    if (typeof accountable !== "boolean")
      throw new PolicyError("shape", `${title}.accountable`, "true or false", accountable);
    if (typeof auditDays !== "number" || !(auditDays >= 0))
      throw new PolicyError("quantity", `${title}.auditDays`, "a number of days", auditDays);
  });
  return value;
}

function isCert(cert: unknown): boolean {
  if (typeof cert === "string") return true;
  const { type, issuerIs } = (cert ?? {}) as { type?: unknown; issuerIs?: unknown };
  return typeof type === "string" && issuerIs === "verifier";
}
