import { DecodeError, utf8Encode } from "@eunomia/codec";
import fc from "fast-check";
import { expect, test } from "vitest";
import { KvStore } from "../src/kv/store.ts";
import {
  encodeKvCommand,
  encodeKvQuery,
  type KvCommand,
  type KvQuery,
  readKvAnswer,
} from "../src/kv/wire.ts";

const text = utf8Encode;
const put = (key: string, value: string): KvCommand => ({ kind: "put", key: text(key), value: text(value) });
const ask = (store: KvStore, query: KvQuery) => readKvAnswer(store.query(encodeKvQuery(query)));
const got = (store: KvStore, key: string): string | null => {
  const answer = ask(store, { kind: "get", key: text(key) });
  return answer.kind === "got" && answer.found !== null ? new TextDecoder().decode(answer.found.value) : null;
};

test("what is put is got, with its place, until it is deleted", () => {
  const store = new KvStore();
  store.apply(encodeKvCommand(put("a", "1")), 7, 3);
  expect(ask(store, { kind: "get", key: text("a") })).toEqual({
    kind: "got",
    found: { value: text("1"), slot: 7, index: 3 },
  });
  store.apply(encodeKvCommand({ kind: "delete", key: text("a") }), 8, 0);
  expect(got(store, "a")).toBe(null);
});

test("lists are ordered by bytes, begin after a key, and end", () => {
  const store = new KvStore();
  for (const key of ["b/2", "a", "b/10", "b/1", "c"]) store.apply(encodeKvCommand(put(key, key)), 1, 0);
  store.apply(encodeKvCommand({ kind: "put", key: Uint8Array.of(255), value: text("last") }), 1, 0);
  const keys = (prefix: string, after: string | null, limit: number): readonly string[] => {
    const answer = ask(store, {
      kind: "list",
      prefix: text(prefix),
      after: after === null ? null : text(after),
      limit,
    });
    return answer.kind === "listed" ? answer.pairs.map(({ key }) => Buffer.from(key).toString("latin1")) : [];
  };
  expect(keys("b/", null, 10)).toEqual(["b/1", "b/10", "b/2"]);
  expect(keys("b/", "b/1", 1)).toEqual(["b/10"]);
  expect(keys("b/", "b/2", 10)).toEqual([]);
  expect(keys("", null, 2)).toEqual(["a", "b/1"]);
  expect(keys("", "c", 9)).toEqual(["\u00ff"]);
  expect(keys("b/", "a", 9)).toEqual(["b/1", "b/10", "b/2"]);
});

test("a list ends where an answer does, and says that there is more", () => {
  const store = new KvStore();
  const names = Array.from({ length: 9 }, (_, i) => `k${i}`);
  for (const key of names) store.apply(encodeKvCommand(put(key, "v".repeat(100_000))), 1, 0);
  const got: string[] = [];
  let after: Uint8Array | null = null;
  for (let pages = 1; ; pages += 1) {
    const answer = ask(store, { kind: "list", prefix: text("k"), after, limit: 1000 });
    if (answer.kind !== "listed") throw new Error(answer.kind);
    got.push(...answer.pairs.map(({ key }) => new TextDecoder().decode(key)));
    after = answer.pairs.at(-1)!.key;
    if (answer.more) continue;
    expect(pages).toBe(2);
    break;
  }
  expect(got).toEqual(names);
});

test("what is no command changes nothing and is counted; what is no query is refused", () => {
  const store = new KvStore();
  store.apply(text("hello"), 1, 0);
  store.apply(new Uint8Array(), 1, 1);
  expect([store.size, store.foreign]).toEqual([0, 2]);
  expect(readKvAnswer(store.query(text("?")))).toEqual({ kind: "refused" });
});

test("a snapshot is the store, whatever way led there, and damaged pieces are refused", () => {
  const command = fc.record({
    key: fc.uint8Array({ maxLength: 2 }),
    value: fc.option(
      fc.integer({ min: 0, max: 40_000 }).map((length) => new Uint8Array(length).fill(length & 255)),
      { freq: 4 },
    ),
  });
  let several = 0;
  fc.assert(
    fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
      const store = new KvStore();
      const naive = new Map<string, Uint8Array>();
      commands.forEach(({ key, value }, slot) => {
        const name = Buffer.from(key).toString("hex");
        store.apply(
          encodeKvCommand(value === null ? { kind: "delete", key } : { kind: "put", key, value }),
          slot,
          0,
        );
        if (value === null) naive.delete(name);
        else naive.set(name, value);
      });
      const pieces = [...store.snapshot()];
      if (pieces.length > 1) several += 1;
      const other = new KvStore();
      other.apply(encodeKvCommand(put("gone", "with the restore")), 1, 0);
      other.restore(pieces);
      expect(Buffer.concat([...other.snapshot()]).equals(Buffer.concat(pieces))).toBe(true);
      expect(other.size).toBe(naive.size);
      for (const [name, value] of naive) {
        const answer = ask(other, { kind: "get", key: Buffer.from(name, "hex") });
        expect(
          answer.kind === "got" &&
            answer.found !== null &&
            value.every((byte, at) => answer.found!.value[at] === byte),
        ).toBe(true);
      }
    }),
    { seed: 7, numRuns: 200 },
  );
  expect(several).toBeGreaterThan(20);
  expect(() => new KvStore().restore([Uint8Array.of(1, 2, 3)])).toThrow(DecodeError);
});
