import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { Holder } from "../../security/authority.ts";
import { readTlsFiles } from "../../security/tls-files.ts";
import { certificateOf, certifiedFor } from "../certified.ts";
import { checked, type Finding, fail, ok, warn } from "./finding.ts";

const dayMs = 86_400_000;
/** There has to be time for a rotation. */
const soonDays = 30;

/** Key, certificate and authority of a folder: there, private, fitting together, this holder's, and good for a while. */
export const certificateFinding = (
  folder: string,
  holder: Holder & { readonly cluster: string },
  now: number,
): Finding =>
  checked(`certificate ${holder.name}`, () => {
    const check = `certificate ${holder.name}`;
    const { key, cert, ca } = readTlsFiles(folder);
    certifiedFor(join(folder, "cert.pem"), cert, holder);
    const own = new X509Certificate(cert);
    if (!own.checkPrivateKey(createPrivateKey(key)))
      return fail(
        check,
        `${folder}: expected the key of cert.pem, got another one: copy key.pem and cert.pem together`,
      );
    const authorities = [ca].flat().flatMap(certificatesIn);
    if (!authorities.some((authority) => own.verify(authority.publicKey)))
      return fail(
        check,
        `${folder}: expected a certificate that ca.pem has signed, got one of another authority`,
      );
    const { until } = certificateOf(cert);
    const days = Math.floor((until - now) / dayMs);
    const end = new Date(until).toISOString().slice(0, 10);
    if (until <= now) return fail(check, `ended on ${end}: run \`eunomia rotate\``);
    return days < soonDays
      ? warn(check, `ends in ${days} days, on ${end}: run \`eunomia rotate\``)
      : ok(check, `good until ${end}`);
  });

const certificatesIn = (text: string | Buffer): X509Certificate[] =>
  (String(text).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (part) => new X509Certificate(part),
  );
