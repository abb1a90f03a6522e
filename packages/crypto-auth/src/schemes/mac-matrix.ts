import { fromHex, type PrincipalId } from "@eunomia/codec";
import type { Evidence, Finding, Scheme, Spoken } from "@eunomia/engine";
import { AuthenticatorError } from "../errors.ts";
import { domainInput, joined } from "../input.ts";
import type { HashProvider, MacKey } from "../provider.ts";
import { refused, said } from "./finding.ts";
import { isAscending, isBytes, isId, matrixInput } from "./inputs.ts";
import { macKeys } from "./mac-keys.ts";

/** A cell is two tags of HMAC-SHA256-128 (RFC 4868): for the statement, and for the statements' tags of the whole row. */
const HALF = 16;
const CELL = 2 * HALF;

export interface MacMatrixOptions {
  readonly self: PrincipalId;
  /** In ascending order, at least 3f + 1. */
  readonly servers: readonly PrincipalId[];
  /** How many of the servers may lie; at least 1. */
  readonly f: number;
  /** A server needs one for each other server, which only the two know. A client that only collects rows needs none. */
  readonly secrets: ReadonlyMap<PrincipalId, Uint8Array>;
  readonly provider: HashProvider;
}

/** The scheme of a server, or of a client that collects rows. */
export interface MacMatrixScheme extends Scheme {
  /**
   * The row of this server: a cell for each server. Only for a statement that this server has found good itself, which is what a
   * row vouches for. Null for a finding that does not say so, and for a principal that is no server.
   */
  vouch(statement: Spoken, found: Finding): Uint8Array | null;
  /** Puts the rows of 2f + 1 servers or more together; null: fewer. Rows of a wrong length count for nothing. */
  collect(rows: ReadonlyMap<PrincipalId, Uint8Array>): Evidence | null;
}

/**
 * Signatures out of MACs among servers, n >= 3f + 1, after Aiyer, Alvisi, Bazzi and Clement (2008). The issuer convinces each
 * server on its own (by a MAC vector, say); each vouches by a row of cells, one for every server; 2f + 1 rows make the evidence.
 * A server is convinced by f + 1 good cells in its own column: one of them an honest server made. Our own: the second half of a
 * cell covers the row, so that whoever finds 2f + 1 rows whole knows that every honest server is convinced by the same bytes.
 * Throws `AuthenticatorError` (`bad-name`, `few-servers`, `missing-secret`, `short-secret`, `self-peer`).
 *
 * @example
 * const scheme = macMatrixScheme({ self: s1, servers: [s1, s2, s3, s4], f: 1, secrets, provider: portableHash })
 */
export function macMatrixScheme(options: MacMatrixOptions): MacMatrixScheme {
  checkOptions(options);
  const { self, servers, f } = options;
  const n = servers.length;
  const place = servers.indexOf(self);
  const { outward, inward } = keysOf(options, place);
  const { equal } = options.provider;

  /** How many cells of the own column are good, and how many of those stand in rows that nobody changed. */
  function countColumn(
    { id, issuer }: Spoken,
    tags: Uint8Array,
  ): { readonly good: number; readonly whole: number } {
    let [good, whole] = [0, 0];
    for (const [index, from] of servers.entries()) {
      const key = inward[index] as MacKey;
      const row = tags.subarray(index * n * CELL, (index + 1) * n * CELL);
      const cell = row.subarray(place * CELL, (place + 1) * CELL);
      if (!equal(tagOf(key, matrixInput(id, issuer, from, self)), cell.subarray(0, HALF))) continue;
      good++;
      if (equal(tagOf(key, rowInput(row)), cell.subarray(HALF))) whole++;
    }
    return { good, whole };
  }

  return {
    name: "MAC-MATRIX",
    self,
    make: () => null,
    vouch({ id, issuer }, found) {
      const told = found.ok && found.says.by === "each" && found.says.principals.includes(issuer);
      if (place === -1 || !told || !isId(issuer)) return null;
      const row = new Uint8Array(n * CELL);
      for (const [i, to] of servers.entries())
        row.set(tagOf(outward[i] as MacKey, matrixInput(id, issuer, self, to)), i * CELL);
      const covered = rowInput(row);
      for (const i of servers.keys()) row.set(tagOf(outward[i] as MacKey, covered), i * CELL + HALF);
      return row;
    },
    collect(rows) {
      const tags = new Uint8Array(n * n * CELL);
      let count = 0;
      for (const [index, server] of servers.entries()) {
        const row: unknown = rows.get(server);
        if (!isBytes(row) || row.length !== n * CELL) continue;
        tags.set(row, index * n * CELL);
        count++;
      }
      return count < 2 * f + 1 ? null : { scheme: "MAC-MATRIX", servers, tags };
    },
    check(statement, evidence) {
      if (evidence.scheme !== "MAC-MATRIX") return refused("other-scheme");
      const { servers: named, tags } = evidence as { readonly servers: unknown; readonly tags: unknown };
      if (!Array.isArray(named) || !isBytes(tags) || !isId(statement.issuer)) return refused("malformed");
      // Whoever could choose the servers would choose its friends.
      if (place === -1 || named.length !== n || servers.some((server, i) => server !== named[i]))
        return refused("not-addressed");
      if (tags.length !== n * n * CELL) return refused("wrong-length");
      const { good, whole } = countColumn(statement, tags);
      if (good < f + 1) return refused(good === 0 ? "bad-tag" : "too-few");
      return said([statement.issuer], whole >= 2 * f + 1 ? servers : [self]);
    },
  };
}

const tagOf = (key: MacKey, message: Uint8Array): Uint8Array => key.tag(message).subarray(0, HALF);

/** The statements' tags of a row, end to end. */
function rowInput(row: Uint8Array): Uint8Array {
  const tags = new Uint8Array(row.length / 2);
  for (let at = 0; at < row.length; at += CELL) tags.set(row.subarray(at, at + HALF), at / 2);
  return domainInput("mommie/matrix-row/v1", tags);
}

/** A key for each server and direction. The one for oneself comes from all pair secrets: f liars lack most of them. */
function keysOf({ self, servers, secrets, provider }: MacMatrixOptions, place: number) {
  if (place === -1) return { outward: [], inward: [] };
  const keys = macKeys(provider, self, secrets);
  const all = servers.filter((server) => server !== self).map((server) => secrets.get(server) as Uint8Array);
  const info = domainInput("eunomia/matrix-own/v1", fromHex(self));
  const own = provider.macKey(provider.hkdfSha256(joined(...all), new Uint8Array(0), info, 32));
  return {
    outward: servers.map((server) => keys.link(server)?.outward ?? own),
    inward: servers.map((server) => keys.link(server)?.inward ?? own),
  };
}

function checkOptions({ self, servers, f, secrets }: MacMatrixOptions): void {
  const n = servers.length;
  if (!isAscending(servers))
    throw new AuthenticatorError("bad-name", self, '"servers" expected principal ids in ascending order');
  if (!Number.isSafeInteger(f) || f < 1 || n < 3 * f + 1)
    throw new AuthenticatorError(
      "few-servers",
      self,
      `MAC-MATRIX over ${n} servers expected f of at least 1 and n >= 3f+1, got f = ${f}`,
    );
  const missing = servers.find((server) => server !== self && !secrets.has(server));
  if (servers.includes(self) && missing !== undefined)
    throw new AuthenticatorError("missing-secret", missing, `"secrets" expected one for server "${missing}"`);
}
