import { readFileSync } from "node:fs";
import { NoAnswerError, type QueryLevel, type QueryOptions } from "@eunomia/aneris-client";
import { utf8Encode } from "@eunomia/codec";
import { Command, Option } from "commander";
import { KvClient } from "../../kv/client.ts";
import { type ClientFlags, type Connection, connected, settled, withClient } from "../connect.ts";
import { CliError, exits, guarded } from "../exits.ts";
import { groups, integer, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";
import { shownBytes } from "../shown.ts";

interface ReadFlags extends ClientFlags {
  readonly level: "linearizable" | "session" | "stale";
  readonly maxBehind?: number;
}

const maxBehindMs = 5000;

/** @throws CliError `usage`. */
function levelOf({ level, maxBehind }: ReadFlags): QueryLevel {
  if (level === "stale") return { maxBehindMs: maxBehind ?? maxBehindMs };
  if (maxBehind === undefined) return level;
  throw new CliError("usage", `expected --max-behind with --level stale, got it with ${level}`);
}

/** What may be answered where this level was not. */
const elseRead = {
  linearizable: ", or read with --level session or stale",
  stale: ", or read with --level session or a larger --max-behind",
  session: "",
};

const withLevel = (command: Command): Command =>
  command
    .addOption(
      new Option("--level <level>", "what the answer has to show")
        .choices(["linearizable", "session", "stale"])
        .default("linearizable"),
    )
    .option(
      "--max-behind <ms>",
      `how old a stale answer may be (default: ${maxBehindMs})`,
      integer(1, 3_600_000),
    );

const levels = [
  "linearizable: everything that anybody was told of before; one question to a quorum.",
  "session: what this client has seen, so nothing is asked of others; stale: all of what was complete --max-behind ms ago.",
].join("\n");

/** What a read comes to within the time limit. @throws CliError `unreachable`. */
async function answered<T>(given: ReadFlags, ask: (how: QueryOptions) => Promise<T>): Promise<T> {
  const level = levelOf(given);
  try {
    return await ask({ level, timeoutMs: given.timeout });
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new CliError(
      "unreachable",
      `no answer came within ${given.timeout / 1000} s: see \`eunomia status\`${elseRead[given.level]}`,
    );
  }
}

/** A write of the store, and where in the order it stands. */
async function write(
  given: ClientFlags,
  what: string,
  done: (kv: KvClient, signal: AbortSignal) => ReturnType<KvClient["put"]>,
): Promise<void> {
  await connected(given, async (to: Connection) => {
    const { slot, index } = await settled(to, given, (signal) => done(new KvClient(to.client), signal));
    outputOf(given.json).result(`${what} in slot ${slot}`, { slot, index });
  });
}

/** `put`: writes one key. */
export const putCommand = (): Command =>
  withExamples(
    withClient(
      new Command("put")
        .helpGroup(groups.use)
        .description("write a value under a key of the key-value store")
        .argument("<key>", "text")
        .argument("<value>", "text; - for standard input"),
    ),
    [
      ["eunomia put colour green", "answers when it is durable at a quorum"],
      ["eunomia put report - < report.json", "the value from a file"],
    ],
  ).action(
    guarded(async (key: string, value: string, given: ClientFlags) => {
      const bytes = value === "-" ? readFileSync(0) : utf8Encode(value);
      await write(given, `${key} written`, (kv, signal) => kv.put(utf8Encode(key), bytes, signal));
    }),
  );

/** `delete`: removes one key. */
export const deleteCommand = (): Command =>
  withExamples(
    withClient(
      new Command("delete")
        .helpGroup(groups.use)
        .description("remove a key from the key-value store, whether or not it is there")
        .argument("<key>", "text"),
    ),
    [
      ["eunomia delete colour", "gone when it is answered"],
      ["eunomia delete colour --json", "where in the order, for a program"],
    ],
  ).action(
    guarded(async (key: string, given: ClientFlags) => {
      await write(given, `${key} deleted`, (kv, signal) => kv.delete(utf8Encode(key), signal));
    }),
  );

/** `get`: reads one key. */
export const getCommand = (): Command =>
  withExamples(
    withLevel(
      withClient(
        new Command("get")
          .helpGroup(groups.use)
          .description("read a key of the key-value store; 1 where there is none")
          .argument("<key>", "text"),
      ),
    ),
    [
      ["eunomia get colour", "what the last put that was answered wrote, or a later one"],
      ["eunomia get colour --level stale --max-behind 500", "from any node, at most half a second old"],
    ],
    levels,
  ).action(
    guarded(async (key: string, given: ReadFlags) => {
      await connected(given, async ({ client }) => {
        const found = await answered(given, (how) => new KvClient(client).get(utf8Encode(key), how));
        if (found === null) throw new CliError("no-key", `there is no key "${key}"`, exits.refused);
        const { value, slot, index } = found;
        if (given.json) outputOf(true).result("", { key, value: shownBytes(value), slot, index });
        else
          process.stdout.write(Buffer.concat([value, process.stdout.isTTY ? utf8Encode("\n") : Buffer.of()]));
      });
    }),
  );

interface ListFlags extends ReadFlags {
  readonly limit: number;
}

/** `list`: keys with a prefix. */
export const listCommand = (): Command =>
  withExamples(
    withLevel(
      withClient(
        new Command("list")
          .helpGroup(groups.use)
          .description("list keys and values of the key-value store, in the order of the keys' bytes")
          .argument("[prefix]", "only keys that begin with it", "")
          .option("--limit <n>", "at most so many", integer(1, 1000), 100),
      ),
    ),
    [
      ["eunomia list", "the first hundred"],
      ["eunomia list user/ --limit 10 --json", "a line of JSON for each"],
    ],
    levels,
  ).action(
    guarded(async (prefix: string, given: ListFlags) => {
      await connected(given, async ({ client }) => {
        const { limit } = given;
        const { pairs, more } = await answered(given, (how) =>
          new KvClient(client).list(utf8Encode(prefix), { ...how, limit }),
        );
        const output = outputOf(given.json);
        for (const { key, value, slot, index } of pairs)
          output.result(`${shownBytes(key)}\t${shownBytes(value)}`, {
            key: shownBytes(key),
            value: shownBytes(value),
            slot,
            index,
          });
        if (more) output.note(`There are more than ${pairs.length}: --limit, or a longer prefix.`);
      });
    }),
  );
