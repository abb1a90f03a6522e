import { expect, test } from "vitest";
import { evidenceBytes, type SchemeRow, schemeRow, schemeRows } from "../src/index.ts";

/** Name: convinces, uniform, transferable, names signers, bytes for 1, 4 and 100. */
const table = `
PlainTxt: local - no no 0 0 0
LOCAL: local - no no 0 0 0
TLS13: channel - no no 0 0 0
Noise: channel - no no 0 0 0
HMAC-SHA256: receiver no no receiver 32 128 3200
HMAC-SHA1: receiver no no receiver 20 80 2000
HMAC-GROUP: group within-group no pair 32 32 32
Ed25519: anyone yes yes anyone 64 64 64
secp256k1: anyone yes yes anyone 64 64 64
BIP-340: anyone yes yes anyone 64 64 64
RSA-PSS: anyone yes yes anyone 384 384 384
BLS: anyone yes yes anyone 48 48 48
BLS-AGG: anyone yes yes anyone 49 49 61
BLS-THRESHOLD: anyone yes yes no 48 48 48
FROST-ED25519: anyone yes yes no 64 64 64
MAC-MATRIX: servers yes servers anyone 32 512 320000
TTP: trusting yes yes anyone 8 8 8`;

const line = (row: SchemeRow) =>
  `${row.name}: ${row.convinces} ${row.uniform ?? "-"} ${row.transferable} ${row.namesSigners} ${[1, 4, 100].map((n) => evidenceBytes(row, n)).join(" ")}`;

test("the rows are those of the table", () => {
  expect(schemeRows.map(line).join("\n")).toBe(table.trim());
});

test("what follows from the table holds in every row", () => {
  for (const row of schemeRows as readonly SchemeRow[]) {
    const bad = [
      row.transferable === "yes" && row.uniform !== "yes",
      row.convinces === "anyone" && row.transferable !== "yes",
      row.transferable === "yes" && evidenceBytes(row) === 0,
      row.joint && row.transferable !== "yes",
      evidenceBytes(row) > 0 && row.key === null && row.name !== "TTP",
    ];
    expect(bad, row.name).not.toContain(true);
  }
});

test("deployments may call schemes by other names; only one is legacy", () => {
  expect(["RSA", "Local", "TrustedThirdParty", "Ed25519"].map((name) => schemeRow(name)?.name)).toEqual([
    "RSA-PSS",
    "LOCAL",
    "TTP",
    "Ed25519",
  ]);
  expect([schemeRow("rsa"), schemeRow("toString"), schemeRow("")]).toEqual([null, null, null]);
  expect(schemeRows.filter((row) => row.legacy).map((row) => row.name)).toEqual(["HMAC-SHA1"]);
});
