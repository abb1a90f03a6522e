import { majority, node, print, quorumSystem, thresholdOf, weighted } from "@eunomia/quorum-algebra";
import {
  cosmosValidators,
  csvValidators,
  ImportError,
  printQuoracle,
  quoracleExpr,
  tendermintValidators,
} from "@eunomia/quorum-algebra/import";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsv, type Separator } from "../src/import/csv.ts";
import { anyExpr, refuted, sameMeaning, seeded } from "./naive.ts";

/** Code and message of what is thrown. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ImportError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const entry = (id: string, tokens: unknown, more: object = {}): object => ({
  operator_address: id,
  tokens,
  ...more,
});

describe("Cosmos", () => {
  const page = (validators: readonly unknown[], pagination?: object): string =>
    JSON.stringify({ validators, ...(pagination === undefined ? {} : { pagination }) });

  test("the answer of the staking module", () => {
    const text = page(
      [
        entry("v1", "700", {
          status: "BOND_STATUS_BONDED",
          description: { moniker: "One", identity: "AB", website: "" },
          consensus_pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: "k1" },
        }),
        entry("v2", "900", {
          status: "BOND_STATUS_UNBONDING",
          description: { moniker: "Two", identity: "" },
        }),
        entry("v3", "90071992547409930001", { status: 3, description: { moniker: "Three", identity: "" } }),
      ],
      { next_key: null, total: "3" },
    );
    const { set, notices } = cosmosValidators(`\uFEFF${text}`, {
      chain: "x-1",
      epoch: "now",
      denomination: "ux",
    });
    expect(set).toEqual({
      chain: "x-1",
      epoch: "now",
      denomination: "ux",
      total: 90071992547409930701n,
      validators: [
        { id: "v3", stake: 90071992547409930001n, moniker: "Three" },
        { id: "v1", stake: 700n, moniker: "One", identity: "AB", key: "k1" },
      ],
    });
    expect(notices).toEqual([{ place: { path: "$.validators[1]" }, text: "v2 is not bonded: left out" }]);
  });

  test("pages, and pages that are missing", () => {
    const first = page([entry("a", "1")], { next_key: "AAAA", total: "0" });
    const second = page([entry("b", "2")], { next_key: null, total: "2" });
    expect(cosmosValidators([first, second]).set.total).toBe(3n);
    expect(refusal(() => cosmosValidators(first))).toBe(
      'incomplete: $.pagination.next_key: expected the pages after this one, too, got "AAAA"',
    );
    expect(refusal(() => cosmosValidators(second))).toMatch(
      /^incomplete: \$\.pagination\.total: .*1 validators/,
    );
    expect(refusal(() => cosmosValidators([first, page([entry("a", "2")])]))).toBe(
      'duplicate: page 2: $.validators[0]: expected every validator once, got "a"',
    );
    expect(refusal(() => cosmosValidators([]))).toMatch(/^shape: .*at least one page/);
  });

  test("what is wrong is named with its path", () => {
    const one = (tokens: unknown) => () => cosmosValidators(page([entry("a", "5"), entry("b", tokens)]));
    const expected = "a whole number (in quotes if it is 2^53 or more)";
    expect(refusal(one("1.5"))).toBe(`stake: $.validators[1].tokens: expected ${expected}, got "1.5"`);
    expect(refusal(one(2 ** 53))).toMatch(/^stake: \$\.validators\[1\]\.tokens/);
    expect(refusal(one(undefined))).toMatch(/^stake: .*got nothing/);
    expect(refusal(one("-4"))).toBe("stake: $.validators[1].tokens: expected a stake above 0, got -4");
    expect(refusal(one("0"))).toMatch(/^stake: .*above 0, got 0/);
    expect(refusal(() => cosmosValidators(page([{ tokens: "1" }])))).toMatch(
      /operator_address: expected a string, got nothing/,
    );
    expect(refusal(() => cosmosValidators(page([entry("a", "1", { status: "BONDED?" })])))).toMatch(
      /BOND_STATUS_/,
    );
    expect(refusal(() => cosmosValidators(page([])))).toMatch(/at least one validator with stake/);
    expect(refusal(() => cosmosValidators("{}"))).toBe("shape: $.validators: expected an array, got nothing");
    expect(refusal(() => cosmosValidators("7"))).toMatch(/^shape: \$: expected an object/);
    expect(refusal(() => cosmosValidators('[\n{"a":1}\n{"b":2}]'))).toMatch(
      /^syntax: line 3, column 1: expected JSON/,
    );
    expect(refusal(() => cosmosValidators("[1,"))).toMatch(/^syntax: line 1, column 4/);
  });

  test("who has no stake is left out only if asked, and noticed", () => {
    const text = page([entry("a", "1"), entry("b", "0")]);
    const { set, notices } = cosmosValidators(text, { noStake: "leave out" });
    expect(set.validators.map(({ id }) => id)).toEqual(["a"]);
    expect(notices.map(({ text }) => text)).toEqual(["b has no stake: left out"]);
  });
});

describe("Tendermint", () => {
  const validator = (address: string, power: string, field = "voting_power"): object => ({
    address,
    pub_key: { type: "tendermint/PubKeyEd25519", value: `key of ${address}` },
    [field]: power,
  });

  test("the answer of the RPC, in pages", () => {
    const page = (height: string, ...validators: object[]): string =>
      JSON.stringify({
        jsonrpc: "2.0",
        id: -1,
        result: { block_height: height, validators, count: "1", total: "2" },
      });
    const { set } = tendermintValidators([page("77", validator("A", "3")), page("77", validator("B", "4"))]);
    expect(set).toMatchObject({ epoch: "height 77", total: 7n });
    expect(set.validators[0]).toEqual({ id: "B", stake: 4n, key: "key of B" });
    expect(refusal(() => tendermintValidators(page("77", validator("A", "3"))))).toMatch(
      /^incomplete: \$\.result\.total/,
    );
    const later = [page("77", validator("A", "3")), page("78", validator("B", "4"))];
    expect(refusal(() => tendermintValidators(later))).toMatch(
      /^shape: page 2: \$\.result\.block_height: expected pages of one height/,
    );
    expect(refusal(() => tendermintValidators('{"error":{"code":1}}'))).toMatch(/an answer without error/);
  });

  test("a genesis, alone or as an answer", () => {
    const genesis = {
      genesis_time: "2026-11-27T00:00:00Z",
      chain_id: "test-1",
      validators: [{ ...validator("A", "10", "power"), name: "alice" }],
    };
    const expected = { chain: "test-1", epoch: "2026-11-27T00:00:00Z", total: 10n };
    expect(tendermintValidators(JSON.stringify(genesis)).set).toMatchObject(expected);
    expect(tendermintValidators(JSON.stringify({ result: { genesis } })).set.validators).toEqual([
      { id: "A", stake: 10n, moniker: "alice", key: "key of A" },
    ]);
    const application = { chain_id: "x", validators: [], app_state: {} };
    expect(refusal(() => tendermintValidators(JSON.stringify(application)))).toMatch(
      /the application makes the first ones/,
    );
  });
});

const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;
const needsQuotes = (field: string): boolean => field === "" || /[",;\t\r\n\uFEFF]/.test(field);

const readsBack = (read: typeof readCsv) =>
  fc.property(
    fc.array(
      fc.array(
        fc.string({ unit: fc.constantFrom("a", "ü", '"', ",", ";", "\t", "\n", "\r", " ", "\uFEFF") }),
        { minLength: 2, maxLength: 4 },
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    fc.constantFrom<Separator[]>(",", ";", "\t"),
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
    fc.boolean(),
    (records, separator, end, last, allQuoted) => {
      const field = (text: string): string => (allQuoted || needsQuotes(text) ? quote(text) : text);
      const text = records.map((record) => record.map(field).join(separator)).join(end) + (last ? end : "");
      const fields = read(text, separator);
      expect(fields.map((record) => record.map(({ text }) => text))).toEqual(records);
      // A place is where the field begins in the text.
      const lines = text.split("\n");
      for (const { text: content, line, column } of fields.flat())
        expect(lines[line - 1]!.slice(column - 1).startsWith(field(content).split("\n")[0]!)).toBe(true);
    },
  );

describe("CSV", () => {
  test("whatever is written as RFC 4180 says is read back, with its place", () => {
    fc.assert(readsBack(readCsv), seeded(1000));
  });

  test("twins are refused: splitting at line breaks and separators, quotes not doubled", () => {
    const place = { line: 1, column: 1 };
    const splitting: typeof readCsv = (text, separator) =>
      text
        .split(/\r?\n/)
        .filter((line) => line !== "")
        .map((line) => line.split(separator).map((text) => ({ text: text.replace(/^"|"$/g, ""), ...place })));
    const undoubled: typeof readCsv = (text, separator) =>
      readCsv(text, separator).map((record) =>
        record.map((f) => ({ ...f, text: f.text.replaceAll('"', '""') })),
      );
    expect(refuted(readsBack(splitting))).toBe(true);
    expect(refuted(readsBack(undoubled))).toBe(true);
  });

  test("stakes with a header", () => {
    const text = '\uFEFFAddress;Voting_Power;Name;Region\r\nx;5;"Dear; ""X""";eu\r\n\r\ny;7;;us\r\n';
    const { set, notices } = csvValidators(text, { chain: "c" });
    expect(set.validators).toEqual([
      { id: "y", stake: 7n },
      { id: "x", stake: 5n, moniker: 'Dear; "X"' },
    ]);
    expect(notices).toEqual([{ place: { line: 1, column: 27 }, text: 'column "Region" is not used' }]);
    const asked = csvValidators("a,b,who\nx,1.5,op\ny,2,op\n", {
      columns: { id: "A", stake: "b", operator: "who" },
      decimals: 6,
    });
    expect(asked.set.validators[1]).toEqual({ id: "x", stake: 1_500_000n, operator: "op" });
  });

  test("what is wrong is named with line and column", () => {
    const at = (text: string): string => refusal(() => csvValidators(text));
    expect(at("")).toBe(
      'shape: line 1, column 1: expected a line that names the columns, got "an empty text"',
    );
    expect(at("id,weight\na,1,2\n")).toBe(
      "shape: line 2, column 5: expected 2 fields as in the first line, got 3",
    );
    expect(at("id,amount\na,1\n")).toMatch(/^shape: line 1, column 1: expected a column stake or tokens/);
    expect(at("id,stake\na,12\nb,1.5\n")).toBe(
      'stake: line 3, column 3: expected a whole number without sign, got "1.5"',
    );
    expect(at("id,stake\na,-3\n")).toMatch(/^stake: line 2, column 3/);
    expect(at("id,stake\na,0\n")).toBe("stake: line 2, column 3: expected a stake above 0, got 0");
    expect(at("id,stake\na,1e6\n")).toMatch(/^stake/);
    expect(at("id,stake\na,1\n\na,2\n")).toBe(
      'duplicate: line 4, column 1: expected every validator once, got "a"',
    );
    expect(at("id,stake,stake\na,1,2\n")).toBe(
      'duplicate: line 1, column 10: expected every column once, got "stake"',
    );
    expect(at("id,stake\n ,1\n")).toMatch(/^shape: line 2, column 1: expected an id/);
    expect(at('id,stake\n"a,1\nb,2')).toMatch(/^syntax: line 2, column 1: expected a quote that is closed/);
    expect(at('id,stake\n"a"b,1\n')).toBe(
      'syntax: line 2, column 4: expected , or the end of the line, got "b"',
    );
    expect(at('id,stake\na"b,1\n')).toMatch(/^syntax: line 2, column 2/);
    expect(at('id,stake\n"a\nb"c,1\n')).toMatch(/^syntax: line 3, column 3/);
    expect(at("id,stake\ra,1\n")).toMatch(/^syntax: line 1, column 9/);
    expect(refusal(() => csvValidators("id,stake\na,1.123\n", { decimals: 2 }))).toMatch(
      /at most 2 decimals/,
    );
  });
});

test("ten thousand validators are read in every form", () => {
  const list = Array.from({ length: 10_000 }, (_, i) => ({
    id: `v${i}`,
    stake: String(1 + ((i * 7919) % 9973)),
  }));
  const csv = csvValidators(`id,stake\n${list.map(({ id, stake }) => `${id},${stake}`).join("\n")}`);
  const cosmos = cosmosValidators(JSON.stringify(list.map(({ id, stake }) => entry(id, stake))));
  const genesis = tendermintValidators(
    JSON.stringify({ validators: list.map(({ id, stake }) => ({ address: id, power: stake })) }),
  );
  expect(csv.set).toEqual(cosmos.set);
  expect(genesis.set).toEqual(cosmos.set);
  const long = "x".repeat(2 ** 26 + 1);
  for (const read of [csvValidators, cosmosValidators, tendermintValidators])
    expect(refusal(() => read(long))).toMatch(/^size/);
});

describe("quoracle", () => {
  test("operators", () => {
    expect(print(quoracleExpr("a*b + c * d"))).toBe("a & b | c & d");
    expect(print(quoracleExpr("a*(b + c)"))).toBe("a & (b | c)");
    expect(quoracleExpr("choose(2, [a, b, c])")).toEqual(thresholdOf(2, ["a", "b", "c"].map(node)));
    expect(quoracleExpr("majority([a,b,c])")).toEqual(majority(["a", "b", "c"]));
    expect(quoracleExpr("\uFEFF Node('it\\'s') ")).toEqual(node("it's"));
    expect(printQuoracle(quorumSystem(quoracleExpr("choose(2, [a*b, c+d, e])")))).toBe(
      "choose(2, [e, c + d, a * b])",
    );
    expect(printQuoracle(node('a "b"'))).toBe('Node("a \\"b\\"")');
  });

  test("what was printed is read back with the same meaning", () => {
    let printed = 0;
    fc.assert(
      fc.property(anyExpr(["a", "b c", "choose", "d"]), (e) => {
        let text = "";
        try {
          text = printQuoracle(e);
        } catch (error) {
          expect(error).toMatchObject({ name: "QuorumError" });
          return;
        }
        printed++;
        expect(sameMeaning(quoracleExpr(text), e)).toBe(true);
      }),
      seeded(600),
    );
    expect(printed).toBeGreaterThan(100);
  });

  test("what is wrong is named with line and column", () => {
    const at = (text: string): string => {
      try {
        quoracleExpr(text);
      } catch (error) {
        return (error as Error).message;
      }
      throw new Error("nothing was thrown");
    };
    expect(at("a *\n + b")).toBe("line 2, column 2: expected a node or choose or majority or (, got +");
    expect(at("a b")).toBe("line 1, column 3: expected + or * or the end, got b");
    expect(at("a + (b * c")).toBe("line 1, column 11: expected ), got the end");
    expect(at("choose(4, [a, b])")).toBe("line 1, column 8: expected a number from 1 to 2, got 4");
    expect(at("choose(a, [a])")).toMatch(/expected a number, got a/);
    expect(at("a & b")).toMatch(/^line 1, column 3: .*got &/);
    expect(at("")).toMatch(/got the end/);
    expect(at("majority([])")).toMatch(/column 11: expected a node/);
    expect(at("(".repeat(300))).toMatch(/at most 200 levels/);
    expect(() => printQuoracle(weighted({ a: 1n, b: 2n }, 2n))).toThrow(/no weights/);
  });
});
