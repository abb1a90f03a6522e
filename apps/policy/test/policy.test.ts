import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { policy } from "../src/cli/program.ts";

const folder = mkdtempSync(join(tmpdir(), "policy-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const place = (name: string): string => join(folder, name);
const example = (name: string): string => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

function written(name: string, text: string): string {
  writeFileSync(place(name), text);
  return place(name);
}

class End extends Error {}

/** Runs one command line in this process; answers the exit code and what it says on either stream. */
async function called(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { log: [] as string[], error: [] as string[] };
  for (const name of ["log", "error"] as const)
    vi.spyOn(console, name).mockImplementation((line) => void said[name].push(String(line)));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.error.push(String(text)) > 0);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => said.log.push(String(text)) > 0);
  let ended: number | null = null;
  process.exitCode = undefined;
  try {
    await policy((code) => {
      ended = code;
      throw new End();
    }).parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof End)) throw error;
  }
  const code = ended ?? Number(process.exitCode ?? 0);
  vi.restoreAllMocks();
  return { code, out: said.log.join("\n"), err: said.error.join("\n") };
}

const flows = example("primary-backup.flows.json");
const backup = readFileSync(example("primary-backup.policy"), "utf8");

test("check accepts the example, and says why it rejects another one", async () => {
  expect(await called("check", example("primary-backup.policy"), "--flows", flows)).toEqual({
    code: 0,
    out: "accept: 0 errors, 0 warnings",
    err: "",
  });
  const file = written("tls.policy", backup.replace("HMAC-SHA256", "TLS13"));
  const { code, out } = await called("check", file, "--flows", flows);
  expect(code).toBe(1);
  expect(out).toContain(
    `${file}:6:3 error A203 (Request): TLS13 authenticates the last hop only; Request by c0 reaches r1`,
  );
  expect(out).toContain("channel authentication behind a relay: use evidence that travels");
  const json = JSON.parse((await called("check", file, "--flows", flows, "--json")).out);
  expect([json.verdict, json.diagnostics[0].code]).toEqual(["reject", "A203"]);
});

test("check hears what rules wait for", async () => {
  const waits = written(
    "waits.json",
    JSON.stringify([{ rule: "book", type: "Order", issuer: "r0", verifier: "r1", auditor: "c1" }]),
  );
  const { code, out } = await called(
    "check",
    example("primary-backup.policy"),
    "--flows",
    flows,
    "--waits",
    waits,
  );
  expect(code).toBe(1);
  expect(out).toContain("S502");
});

test("check tells which clauses apply to whom", async () => {
  const { out } = await called("check", example("primary-backup.policy"), "--flows", flows, "--clauses");
  expect(out.split("\n")).toEqual([
    "accept: 0 errors, 0 warnings",
    "Request: c0, c1 to verifier r0, r1, r2: authentication HMAC-SHA256 (line 6); evidence none; spread OPTIMISTIC(r0) WITHIN 50ms; DIRECT",
    "Order: r0 to verifier r1, r2: authentication HMAC-SHA256 (line 6); evidence none; spread DIRECT",
    "Reply: r0, r1, r2 to verifier c0, c1: authentication HMAC-SHA256 (line 6); evidence none; spread DIRECT",
  ]);
  const odd = written("odd.policy", "[Authentication] a -> b : ROT13");
  expect((await called("check", odd, "--flows", flows, "--clauses")).out).toContain("E103");
});

test("explain tells one code, or all", async () => {
  expect((await called("explain", "N305")).out).toBe("N305  self-notary: name somebody else as the notary");
  expect((await called("explain")).out.split("\n").length).toBeGreaterThan(30);
});

test("optimize finds the worked instance by search and by solver, and draws it", async () => {
  const picture = place("cost.svg");
  const { code, out } = await called("optimize", example("wan.problem.json"), "--picture", picture);
  expect(code).toBe(0);
  expect(out).toContain("optimum: 649.924");
  expect(out).toContain("  C -> * : OPTIMISTIC(r0);");
  expect(readFileSync(picture, "utf8")).toContain("</svg>");
  const solved = await called("optimize", example("wan.problem.json"), "--solver", "--json");
  expect(JSON.parse(solved.out).optimum).toBeCloseTo(649.924, 6);
});

test("calibrate measures what optimize takes", async () => {
  const { code, out } = await called("calibrate", "--batch-ms", "0.1");
  expect(code).toBe(0);
  const costs = JSON.parse(out);
  expect(Object.keys(costs)).toEqual([
    "HMAC-SHA256",
    "Ed25519",
    "secp256k1",
    "RSA-PSS",
    "BLS",
    "BLS-THRESHOLD",
  ]);
  const file = written("costs.json", out);
  expect((await called("optimize", example("wan.problem.json"), "--costs", file)).code).toBe(0);
});

test("limits that nothing keeps are a verdict", async () => {
  const problem = JSON.parse(readFileSync(example("wan.problem.json"), "utf8"));
  const file = written("tight.json", JSON.stringify({ ...problem, limits: { egress: { r0: 1 } } }));
  expect(await called("optimize", file)).toMatchObject({ code: 1, out: "" });
});

describe("what cannot be carried out is said in one line, with code 2", () => {
  const rows: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [["dance"], /unknown command 'dance'/],
    [["check", "x"], /required option '--flows <file>'/],
    [["check", place("nowhere"), "--flows", flows], /cannot read .*nowhere \(ENOENT\)/],
    [["check", example("primary-backup.policy"), "--flows", written("odd.json", "{")], /odd.json is no JSON/],
    [
      ["check", example("primary-backup.policy"), "--flows", written("few.json", "[{}]")],
      /"flows\[0\].type" expected a name/,
    ],
    [["explain", "N999"], /there is no code N999/],
    [["optimize", written("none.json", "[]")], /"deployment" expected a text/],
    [["optimize", example("wan.problem.json"), "--picture", join(folder, "no", "p.svg")], /cannot write/],
    [["calibrate", "--batch-ms", "long"], /expected milliseconds/],
  ];
  for (const [args, message] of rows)
    test(args.join(" ").replace(/\S*\//g, ""), async () => {
      const { code, err } = await called(...args);
      expect(code).toBe(2);
      expect(err).toMatch(message);
      expect(err.trimEnd().split("\n").length).toBe(1);
    });
});
