import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("only the native entry imports from Node or names its globals", () => {
  const folder = new URL("../src/", import.meta.url);
  const found = readdirSync(folder).filter((name) =>
    /from "node:|\bBuffer\b|\bprocess\.|\brequire\(/.test(readFileSync(new URL(name, folder), "utf8")),
  );
  expect(found).toEqual(["native.ts"]);
});
