import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** ECDSA on P-256: what every TLS 1.3 library knows. */
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
/** Clocks of nodes differ a little; a certificate counts from a bit before it was issued. */
const backdateMs = 3_600_000;
x509.cryptoProvider.set(webcrypto);

/** A private key and its certificate, PEM. */
export interface Issued {
  readonly key: string;
  readonly cert: string;
}

/** The authority of a cluster. Its key issues certificates, and is needed for nothing else: keep it off the nodes. */
export interface Authority extends Issued {
  readonly cluster: string;
}

/** Whose certificate: a node's has its id, a client's the name that all its ids begin with. */
export interface Holder {
  readonly role: "node" | "client";
  readonly name: string;
}

/** A name or a cluster that cannot stand in a certificate. */
class CertificateError extends Error {
  readonly code = "certificate";
  constructor(field: string, expected: string, got: string) {
    super(`"${field}" expected ${expected}, got ${JSON.stringify(got)}`);
    this.name = "CertificateError";
  }
}

/**
 * Makes an authority for a cluster, good for ten years unless told otherwise.
 *
 * @throws CertificateError for a cluster whose name does not fit.
 * @example
 * const authority = await createAuthority("orders-eu");
 */
export async function createAuthority(cluster: string, days = 3650): Promise<Authority> {
  const { pem, keys } = await certify({
    subject: `O=${checkedName("cluster", cluster)}, CN=authority`,
    issuer: null,
    days,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { cluster, cert: pem, key: await keyText(keys) };
}

/**
 * Issues a certificate with a fresh key, good for a year unless told otherwise. A client's cannot be used to serve.
 *
 * @throws CertificateError for a name that does not fit.
 * @example
 * const { key, cert } = await issue(authority, { role: "node", name: "n1" });
 */
export async function issue(authority: Authority, { role, name }: Holder, days = 365): Promise<Issued> {
  const own = new x509.X509Certificate(authority.cert);
  const signing = await webcrypto.subtle.importKey(
    "pkcs8",
    x509.PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ["sign"],
  );
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const { pem, keys } = await certify({
    subject: `O=${checkedName("cluster", authority.cluster)}, OU=${role}, CN=${checkedName("name", name)}`,
    issuer: { name: own.subject, key: signing },
    days,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(role === "node" ? [serverAuth, clientAuth] : [clientAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(own, false),
    ],
  });
  return { cert: pem, key: await keyText(keys) };
}

interface Wanted {
  readonly subject: string;
  /** Null: signs itself. */
  readonly issuer: { readonly name: string; readonly key: webcrypto.CryptoKey } | null;
  readonly days: number;
  readonly extensions: readonly x509.Extension[];
}

async function certify({
  subject,
  issuer,
  days,
  extensions,
}: Wanted): Promise<{ readonly pem: string; readonly keys: webcrypto.CryptoKeyPair }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.create({
    // Positive, and drawn so that no two certificates of an authority have the same.
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    subject,
    issuer: issuer?.name ?? subject,
    notBefore: new Date(now - backdateMs),
    notAfter: new Date(now + days * dayMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    extensions: [...extensions, await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  });
  return { pem: `${certificate.toString("pem")}\n`, keys };
}

async function keyText({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  return `${x509.PemConverter.encode(bytes, "PRIVATE KEY")}\n`;
}

/** Letters that mean nothing to a shell, a path or the text form of a subject; 64 is what certificates allow. */
function checkedName(field: string, name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  const expected = 'at most 64 letters, digits, ".", "_" or "-", the first a letter or digit';
  throw new CertificateError(field, expected, name);
}
