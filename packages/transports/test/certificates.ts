import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { TcpTls } from "../src/tcp.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
x509.cryptoProvider.set(webcrypto);

interface CertificateShape {
  readonly cluster?: string;
  readonly role?: string;
  readonly name: string;
  /** From when to when, in days from now. Default -5 to 10. */
  readonly days?: readonly [number, number];
  readonly usages?: readonly ("server" | "client")[];
}

/** An authority of the tests: signs whatever it is asked for. */
export interface TestAuthority {
  /** PEM. */
  readonly ca: string;
  issue(shape: CertificateShape): Promise<TcpTls>;
  /** An authority whose own certificate this one issues. */
  below(name: string): Promise<TestAuthority>;
}

let serial = 1;

async function certify(
  subject: string,
  issuer: { readonly name: string; readonly key: webcrypto.CryptoKey } | null,
  [from, until]: readonly [number, number],
  extensions: x509.Extension[],
): Promise<{ readonly pem: string; readonly keys: webcrypto.CryptoKeyPair }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(16, "0"),
    subject,
    issuer: issuer?.name ?? subject,
    notBefore: new Date(Date.now() + from * dayMs),
    notAfter: new Date(Date.now() + until * dayMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    extensions,
  });
  return { pem: certificate.toString("pem"), keys };
}

export async function testAuthority(
  name = "authority",
  above: { readonly name: string; readonly key: webcrypto.CryptoKey; readonly ca: string } | null = null,
): Promise<TestAuthority> {
  const own = await certify(
    `CN=${name}`,
    above,
    [-30, 30],
    [
      new x509.BasicConstraintsExtension(true, above === null ? 1 : 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  );
  const issuer = { name: `CN=${name}`, key: own.keys.privateKey };
  const ca = above?.ca ?? own.pem;
  return {
    ca,
    async issue({ cluster = "", role = "node", name: id, days = [-5, 10], usages = ["server", "client"] }) {
      const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
      const subject = [cluster && `O=${cluster}`, role && `OU=${role}`, id && `CN=${id}`].filter(Boolean);
      const { pem, keys } = await certify(subject.join(", "), issuer, days, [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension(
          usages.map((usage) => (usage === "server" ? serverAuth : clientAuth)),
        ),
      ]);
      const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
      return {
        key: x509.PemConverter.encode(key, "PRIVATE KEY"),
        cert: above === null ? pem : `${pem}\n${own.pem}`,
        ca,
      };
    },
    below: (lower) => testAuthority(lower, { ...issuer, ca }),
  };
}
