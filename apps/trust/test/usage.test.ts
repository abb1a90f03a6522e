import { describe, expect, test } from "vitest";
import { formOf } from "../src/report/read.ts";
import { called, data, place, written } from "./support/called.ts";

const lines = (text: string): number => text.trimEnd().split("\n").length;

describe("wrong usage is said in one line, with code 2", () => {
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [["dance"], /unknown command 'dance'/],
    [["analyse"], /missing required argument 'file'/],
    [["analyse", "x", "--louder"], /unknown option '--louder'/],
    [["analyse", "x", "--seconds", "0"], /expected seconds from 0 to 86400, got "0"/],
    [["analyse", "x", "--rule", "much"], /"fraction" expected a text as "2\/3"/],
    [["analyse", "x", "--as", "poem"], /Allowed choices are stellar, cosmos/],
    [["compare", "x", "y", "--join", "luck"], /expected some of id, account, .* got "luck"/],
    [["analyse", place("nowhere")], /cannot read .*nowhere \(ENOENT\); name a file that is there/],
  ];
  for (const [args, message] of rows)
    test(args.join(" ").replace(/\S*\//, ""), async () => {
      const { code, out, err } = await called(...args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(message);
      expect(lines(err)).toBe(1);
    });
});

describe("bad files are said in one line, with the place and what was expected there", () => {
  const rows: readonly (readonly [name: string, text: string, message: RegExp])[] = [
    ["empty.txt", "", /there is nothing in it; say what it is with --as stellar\|/],
    ["odd.json", '{"colour": "red"}', /JSON of no known form/],
    ["cut.txt", "{a, b >= 2", /line 1, column 7: expected/],
    ["cut.json", '[{"publicKey": "a", ', /line 1, column \d+.*JSON/],
    [
      "negative.json",
      '[{"publicKey": "a", "quorumSet": {"threshold": -1}}]',
      /\$\[0\]\.quorumSet\.threshold: expected a whole number/,
    ],
    ["twice.json", '[{"publicKey": "a"}, {"publicKey": "a"}]', /\$\[1\]\.publicKey: expected each node once/],
    ["zero.csv", "id,stake\na,0\n", /line 2/],
    ["edge.txt", "learner a: x\nedge a - b: x\n", /"?b"?/],
  ];
  for (const [name, text, message] of rows)
    test(name, async () => {
      const { code, out, err } = await called("analyse", written(name, text));
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^error: /);
      expect(err).toMatch(message);
      expect(lines(err)).toBe(1);
    });

  test("and as JSON where JSON was asked for", async () => {
    const { err } = await called("analyse", written("empty.txt", ""), "--json");
    expect(JSON.parse(err).error.code).toBe("form");
  });

  test("a folder of pictures where none can be", async () => {
    const { code, err } = await called(
      "analyse",
      written("one.txt", "a"),
      "--pictures",
      `${written("f", "")}/out`,
    );
    expect(code).toBe(2);
    expect(err).toMatch(/error: cannot write into .* \(ENOTDIR\); name a place where you may write/);
  });
});

test("what a file is, is seen from its content", () => {
  const rows: readonly (readonly [string, string])[] = [
    ['[{"publicKey": "a"}]', "stellar"],
    ['{"nodes": [{"publicKey": "a"}]}', "stellar"],
    ['[{"operator_address": "a", "tokens": "1"}]', "cosmos"],
    ['{"validators": [{"operator_address": "a"}], "pagination": {}}', "cosmos"],
    ['{"jsonrpc": "2.0", "result": {"validators": []}}', "tendermint"],
    ['{"chain_id": "x", "validators": []}', "tendermint"],
    ['{"learners": {}, "edges": []}', "graph"],
    ["id,stake\na,1\n", "csv"],
    ["moniker;voting_power\na;1\n", "csv"],
    ["// trust\nlearner a: x\n", "graph"],
    ['{"node with spaces", b} >= 1', "quorums"],
    ["\ufeff{a, b} >= 1", "quorums"],
    ["majority(a..e)", "quorums"],
  ];
  for (const [text, form] of rows) expect([text, formOf(text, "x")]).toEqual([text, form]);
});

test("help names the commands, exit codes and examples", async () => {
  const { code, out } = await called("--help");
  expect(code).toBe(0);
  for (const part of ["analyse", "compare", "whatif", "Exit codes: 0"]) expect(out).toContain(part);
  expect((await called("compare", "--help")).out).toContain("eunomia-trust compare hub.json osmosis.json");
});

test("the limit of effort is obeyed, and nothing unknown is passed off as good", async () => {
  const wide = Array.from(
    { length: 60 },
    (_, i) => `{${Array.from({ length: 9 }, (__, j) => `n${(i * 7 + j * 11) % 60}`).join(", ")}} >= 6`,
  );
  const { code, out } = await called("analyse", written("hard.txt", wide.join(" | ")), "--seconds", "0.2");
  expect([0, 1]).toContain(code);
  expect(out).toContain("Quorums of 60 nodes");
});

test("a network of data is read as what it is, whatever it is called", async () => {
  const { out } = await called("analyse", data("osmosis-1-2021-07-23"));
  expect(out).toMatch(/validators +4 +6 +11/);
});
