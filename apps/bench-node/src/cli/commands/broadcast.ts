import { createInterface } from "node:readline";
import type { Receipt } from "@eunomia/aneris-client";
import { utf8Encode } from "@eunomia/codec";
import { Command } from "commander";
import { type ClientFlags, type Connection, connected, settled, withClient } from "../connect.ts";
import { guarded } from "../exits.ts";
import { groups, withExamples } from "../help.ts";
import { type Output, outputOf } from "../output.ts";

/** So many lines are on their way at once: a window of the session. */
const outstanding = 256;

const tell = (output: Output, { slot, index, seq }: Receipt): void =>
  output.result(`${slot}.${index}`, { slot, index, seq });

/** Hands in every line of standard input; answers how many. */
async function allLines(to: Connection, given: ClientFlags, output: Output): Promise<number> {
  const pending = new Set<Promise<void>>();
  let failed: unknown = null;
  let count = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (failed !== null) break;
    count += 1;
    const sent = settled(to, given, (signal) => to.client.broadcast(utf8Encode(line), signal))
      .then((receipt) => tell(output, receipt))
      .catch((error: unknown) => {
        failed ??= error;
      })
      .finally(() => pending.delete(sent));
    pending.add(sent);
    if (pending.size >= outstanding) await Promise.race(pending);
  }
  await Promise.all(pending);
  if (failed !== null) throw failed;
  return count;
}

/** `broadcast`: commands into the order. */
export const broadcastCommand = (): Command =>
  withExamples(
    withClient(
      new Command("broadcast")
        .helpGroup(groups.use)
        .description("hand commands to the order, each exactly once, and print where they stand: slot.index")
        .argument("<text>", "one command; - for every line of standard input"),
    ),
    [
      ['eunomia broadcast "pay 5 to bob"', "one command"],
      ["eunomia broadcast - < orders.txt", "every line, in the order of the file where the cluster is fifo"],
    ],
    "A cluster that runs an application executes what it is given: to the key-value store a text is no command, and changes nothing.",
  ).action(
    guarded(async (text: string, given: ClientFlags) => {
      const output = outputOf(given.json);
      await connected(given, async (to) => {
        if (text === "-") output.note(`${await allLines(to, given, output)} commands delivered`);
        else
          tell(output, await settled(to, given, (signal) => to.client.broadcast(utf8Encode(text), signal)));
      });
    }),
  );
