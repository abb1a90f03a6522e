import { constants, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from "node:tls";
import { TransportError } from "../error.ts";
import type { TcpRefusal } from "./options.ts";

export interface TcpTls {
  /** The private key of this node or client, PEM. */
  readonly key: string;
  /** Its certificate, PEM, followed by those between it and the authority, if there are any. */
  readonly cert: string;
  /** The authorities whose certificates count, PEM, one after the other: two while one replaces the other. */
  readonly ca: string;
  /** Certificates that no longer count, by the SHA-256 fingerprint of each: 32 bytes in hexadecimal with colons. */
  readonly revoked?: readonly string[];
}

/** What a certificate says of its holder: subject `O=<cluster>, OU=node or client, CN=<name>`. */
export interface TcpCertificate {
  readonly cluster: string;
  /** A node has the id `name`; a client every id that begins with `name` and a slash. */
  readonly role: "node" | "client";
  readonly name: string;
  /** SHA-256, 32 bytes in hexadecimal with colons. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What a peer has shown: its certificate, and those between it and an authority. Node gives the latter only once. */
export interface Shown {
  readonly certificate: TcpCertificate;
  readonly chain: readonly X509Certificate[];
}

export interface Objection {
  readonly reason: TcpRefusal;
  readonly detail: string;
}

/**
 * Only 1.3, so that names are not sent in the clear and there is nothing to choose. No tickets: whoever takes up an earlier
 * session shows no certificate, and would be let in after its authority is gone.
 */
const protocol = { minVersion: "TLSv1.3", secureOptions: constants.SSL_OP_NO_TICKET } as const;

/** The key and certificates in force at one time, checked. */
export class Tls {
  readonly options: SecureContextOptions;
  /** For connections that are dialled. */
  readonly context: SecureContext;
  readonly certificate: TcpCertificate;
  readonly #authorities: readonly X509Certificate[];
  readonly #revoked: ReadonlySet<string>;

  /** @throws TransportError `bad-certificate`: no peer would let this in, or it is not what it should be. */
  constructor({ key, cert, ca, revoked = [] }: TcpTls, self: string, cluster: string) {
    const chain = certificatesOf("cert", cert);
    const [own] = chain;
    this.#authorities = certificatesOf("ca", ca);
    // One that is misspelt would revoke nothing.
    const misspelt = revoked.find((one) => !fingerprint.test(one));
    if (misspelt !== undefined)
      throw bad("revoked", "SHA-256 fingerprints, 32 bytes in hexadecimal with colons", misspelt);
    this.#revoked = new Set(revoked.map((one) => one.toUpperCase()));
    // Written anew, because OpenSSL reads no further than where one PEM text runs into the next.
    this.options = { ...protocol, key, cert: chain.join("\n"), ca: this.#authorities.map(String) };
    this.context = contextOf(this.options);
    const certificate = certificateOf(own!);
    const wanted = `a certificate of "${self}" in cluster "${cluster}" (O=${cluster}, OU=node, CN=${self}; or OU=client and a CN that "${self}" begins with, before a slash)`;
    if (certificate === null || certificate.cluster !== cluster || !speaksFor(certificate, self))
      throw bad("cert", wanted, own!.subject.replaceAll("\n", ", "));
    if (certificate.expiresAt <= Date.now())
      throw bad("cert", "a certificate that is valid now: have a new one issued", `expired ${own!.validTo}`);
    if (!this.#vouchedFor(chain))
      throw bad("cert", "a certificate that an authority in `ca` has issued", `issued by ${own!.issuer}`);
    this.certificate = certificate;
  }

  /** Whose certificate the peer has shown, or why it does not count. The handshake has proved that it holds the key. */
  judge(socket: TLSSocket): Shown | Objection {
    if (!socket.authorized) return objectionOf(String(socket.authorizationError));
    const chain: X509Certificate[] = [];
    for (let next = socket.getPeerX509Certificate(); next !== undefined; next = next.issuerCertificate)
      chain.push(next);
    const [own] = chain;
    if (own === undefined) return objectionOf("UNABLE_TO_GET_ISSUER_CERT");
    const certificate = certificateOf(own);
    if (certificate === null)
      return {
        reason: "tls: certificate without a name",
        detail: `expected the subject O, OU=node or client, CN, got ${own.subject.replaceAll("\n", ", ")}`,
      };
    const shown = { certificate, chain };
    // The authorities of the handshake may have been earlier ones.
    return this.objectionTo(shown) ?? shown;
  }

  /** Why what was shown does not count, or no longer; null if it does. */
  objectionTo({ certificate, chain }: Shown): Objection | null {
    if (!this.#vouchedFor(chain))
      return { reason: "tls: certificate not trusted", detail: "its authority is not accepted" };
    if (this.#revoked.has(certificate.fingerprint))
      return { reason: "tls: certificate revoked", detail: certificate.fingerprint };
    return null;
  }

  #vouchedFor(chain: readonly X509Certificate[]): boolean {
    return chain.some((one) =>
      this.#authorities.some((authority) => one.checkIssued(authority) && one.verify(authority.publicKey)),
    );
  }
}

/** May the holder of this certificate have this id? Ids of nodes and of clients never meet: names have no slash. */
export function speaksFor({ role, name }: TcpCertificate, id: string): boolean {
  return role === "node" ? id === name : id.startsWith(`${name}/`);
}

function certificateOf(own: X509Certificate): TcpCertificate | null {
  // Each once: of several, nobody could say which one counts.
  const { O = "", OU, CN } = own.toLegacyObject().subject as Partial<Record<string, unknown>>;
  if (typeof O !== "string" || typeof CN !== "string" || CN === "" || CN.includes("/")) return null;
  if (OU !== "node" && OU !== "client") return null;
  const expiresAt = Date.parse(own.validTo);
  return { cluster: O, role: OU, name: CN, fingerprint: own.fingerprint256, expiresAt };
}

const reasons: Readonly<Record<string, TcpRefusal>> = {
  UNABLE_TO_GET_ISSUER_CERT: "tls: no certificate",
  CERT_HAS_EXPIRED: "tls: certificate expired",
  CERT_NOT_YET_VALID: "tls: certificate not yet valid",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls: certificate not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls: certificate not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "tls: certificate not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls: certificate not trusted",
  CERT_SIGNATURE_FAILURE: "tls: certificate not trusted",
  INVALID_CA: "tls: certificate not trusted",
  INVALID_PURPOSE: "tls: certificate for another purpose",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "tls: another version",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "tls: another version",
  ERR_SSL_WRONG_VERSION_NUMBER: "tls: not spoken",
  ERR_SSL_HTTP_REQUEST: "tls: not spoken",
  ERR_TLS_HANDSHAKE_TIMEOUT: "handshake: took too long",
};

/** What the system's code means to an operator. */
export function objectionOf(code: string): Objection {
  return { reason: reasons[code] ?? "tls: broken", detail: code };
}

/** True for what TLS found wrong, false for a peer that went away. */
export const isTlsTrouble = (code: string): boolean => code in reasons || code.startsWith("ERR_SSL_");

function contextOf(options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    // The code only: no message may repeat a part of a key.
    const { code = "something else" } = error as NodeJS.ErrnoException;
    const advice = "a private key in PEM without a passphrase, and the certificate made for it";
    throw bad("key", advice, code);
  }
}

const fingerprint = /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/i;
const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesOf(field: "cert" | "ca", text: string): X509Certificate[] {
  const blocks = text.match(pem);
  if (blocks === null) throw bad(field, "one certificate in PEM or more", "none");
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw bad(field, "certificates in PEM", (error as Error).message);
    }
  });
}

function bad(field: string, expected: string, got: string): TransportError {
  const title = `tls.${field}`;
  return new TransportError("bad-certificate", `"${title}" expected ${expected}, got ${got}`, { title });
}
