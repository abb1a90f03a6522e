import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../src/", import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const sourceOf = (name: string) => readFileSync(new URL(name, folder), "utf8");

test("only the native entry and its folder import from Node or name its globals", () => {
  const found = files.filter((name) => /from "node:|\bBuffer\b|\bprocess\.|\brequire\(/.test(sourceOf(name)));
  expect(found.filter((name) => name !== "native.ts" && !/^native[/\\]/.test(name))).toEqual([]);
  expect(found.length).toBeGreaterThan(2);
});

/** Everything outside this package that an entry brings along when it runs. */
function carriedBy(entry: string): Set<string> {
  const [outside, seen, open] = [new Set<string>(), new Set<string>(), [entry]];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const source = sourceOf(name).replace(/(?:import|export) type [^;]*;/g, "");
    for (const [, specifier = ""] of source.matchAll(/from "([^"]+)"/g))
      if (specifier.startsWith("."))
        open.push(new URL(specifier, new URL(name, folder)).href.slice(folder.href.length));
      else outside.add(specifier);
  }
  return outside;
}

test("evidence without signatures brings no curve along, and each curve comes alone", () => {
  const curves = (entry: string) => [...carriedBy(entry)].filter((name) => name.startsWith("@noble/curves"));
  expect(curves("schemes.ts")).toEqual([]);
  expect(curves("rsa.ts")).toEqual([]);
  expect(curves("secp256k1.ts")).toEqual(["@noble/curves/secp256k1.js"]);
  expect(curves("bls.ts")).toEqual(["@noble/curves/bls12-381.js"]);
  expect(curves("frost.ts")).toEqual(["@noble/curves/ed25519.js"]);
  expect(curves("index.ts")).toEqual(["@noble/curves/ed25519.js"]);
});
