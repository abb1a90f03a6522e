import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { clusterSchema } from "../src/node/schema.ts";
import { GuideShell } from "./support/guide-shell.ts";

const guide = readFileSync(new URL("../../../docs/guides/operate.md", import.meta.url), "utf8");
const shell = new GuideShell("operate");
afterAll(() => shell.close());

test("the commands of the operator's guide do what it says, one after the other", {
  timeout: 400_000,
}, async () => {
  const { code, said } = await shell.run(guide);
  expect(code, said).toBe(0);
  expect(said).toContain("ready");
});

interface Part {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly $ref?: string;
  readonly properties?: Record<string, Part>;
  readonly items?: Part;
}

/** A row for each field of the schema that is no mere group of others. */
function rowsOf(part: Part, at: string): string[] {
  const { $defs } = clusterSchema as { $defs: Record<string, Part> };
  const known = part.$ref === undefined ? part : { ...$defs[part.$ref.replace("#/$defs/", "")], ...part };
  const { title = "", description = "", default: fallback, properties, items } = known;
  const inner = properties ?? items?.properties;
  const own =
    at === "" || (inner !== undefined && description === "")
      ? []
      : [
          `| \`${at}\` | ${title}${fallback === undefined ? "" : `; default ${JSON.stringify(fallback).replaceAll('"', "")}`} | ${description} |`,
        ];
  const below = Object.entries(inner ?? {}).flatMap(([name, field]) =>
    rowsOf(field, at === "" ? name : `${at}${items ? "[]" : ""}.${name}`),
  );
  return [...own, ...below];
}

test("the guide names every field of the configuration as the schema has it", () => {
  const rows = rowsOf(clusterSchema, "").filter((row) => !row.startsWith("| `$schema`"));
  const [, table = ""] = guide.split("| field | expected | what it is |\n| --- | --- | --- |\n");
  expect(table.split("\n").filter((line) => line.startsWith("|"))).toEqual(rows);
});
