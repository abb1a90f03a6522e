import { X509Certificate } from "node:crypto";
import type { Holder } from "../security/authority.ts";
import { CliError } from "./exits.ts";

/** What a certificate says of its holder, and how long. */
export function certificateOf(pem: string): Holder & { readonly cluster: string; readonly until: number } {
  const { subject, validTo } = new X509Certificate(pem);
  const part = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(subject)?.[1] ?? "";
  return {
    cluster: part("O"),
    role: part("OU") === "node" ? "node" : "client",
    name: part("CN"),
    until: Date.parse(validTo),
  };
}

/** @throws CliError `certificate` unless it is this holder's. */
export function certifiedFor(file: string, pem: string, wanted: Holder & { readonly cluster: string }): void {
  let got: ReturnType<typeof certificateOf>;
  try {
    got = certificateOf(pem);
  } catch {
    throw new CliError("certificate", `${file}: expected a certificate, got something else`);
  }
  if (got.cluster === wanted.cluster && got.role === wanted.role && got.name === wanted.name) return;
  throw new CliError(
    "certificate",
    `${file}: expected the certificate of ${wanted.role} ${wanted.name} of cluster ${wanted.cluster}, got that of ${got.role} ` +
      `${got.name} of cluster ${got.cluster}: issue another one with \`eunomia rotate\``,
  );
}
