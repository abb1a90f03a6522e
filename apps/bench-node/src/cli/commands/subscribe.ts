import { createSubscriber, type SlotView } from "@eunomia/aneris-client";
import { native, systemRandom } from "@eunomia/crypto-auth/native";
import { Command, InvalidArgumentError } from "commander";
import { type ClientFlags, type Connection, connected, settled, withClient } from "../connect.ts";
import { guarded } from "../exits.ts";
import { groups, integer, withExamples } from "../help.ts";
import { type Output, outputOf } from "../output.ts";
import { shownBytes, shownCommand, shownOperation } from "../shown.ts";

interface Given extends ClientFlags {
  /** Null: the one after all that are there. */
  readonly from: number | null;
  readonly count?: number;
  readonly untilNow: boolean;
}

function slotOrNow(text: string): number | null {
  if (text === "now") return null;
  const slot = Number(text);
  if (/^\d+$/.test(text) && slot >= 1 && Number.isSafeInteger(slot)) return slot;
  throw new InvalidArgumentError(`expected a slot from 1, or now, got "${text}"`);
}

/** Prints the entries of a slot; answers how many commands were among them. */
function print(view: SlotView, application: "kv" | "none", output: Output): number {
  let commands = 0;
  for (const [index, entry] of view.entries.entries()) {
    const place = { slot: view.slot, index, epoch: view.epoch };
    if (entry.kind === "command") {
      commands += 1;
      const { client, seq } = entry;
      const body = view.body(entry);
      output.result(`${view.slot}.${index}\t${shownCommand(body, application)}`, {
        ...place,
        client,
        seq,
        body: shownBytes(body),
      });
    } else if (entry.kind === "control") {
      const what = shownOperation(entry.operation);
      output.result(`${view.slot}.${index}\t[control ${entry.n}] ${what}`, {
        ...place,
        control: entry.n,
        what,
      });
    }
  }
  return commands;
}

async function follow(to: Connection, given: Given): Promise<void> {
  const { client, link, folder } = to;
  const { config } = folder;
  const { delivered } = await settled(to, given, (signal) => client.status(signal));
  const next = given.from ?? delivered + 1;
  const last = given.untilNow ? delivered : Number.POSITIVE_INFINITY;
  if (next > last) return;
  const output = outputOf(given.json);
  let left = given.count ?? Number.POSITIVE_INFINITY;
  await new Promise<void>((resolve, reject) => {
    const subscriber = createSubscriber({
      link,
      cluster: config.cluster,
      // The chain before a slot in the midst is known to those only that have read up to it.
      from: { next, chain: null },
      random: systemRandom(),
      sha256: native.sha256,
      onAlarm: (alarm) => output.note(`ALARM: gateways differ: ${JSON.stringify(alarm)}`),
      onFault: reject,
      onSlot: (view) => {
        if (left <= 0) return;
        left -= print(view, config.application ?? "none", output);
        if (left <= 0 || view.slot >= last) stop();
      },
    });
    const stop = (): void => {
      process.off("SIGINT", stop);
      void subscriber.close().then(resolve, reject);
    };
    process.once("SIGINT", stop);
  });
}

/** `subscribe`: the order, as it comes. */
export const subscribeCommand = (): Command =>
  withExamples(
    withClient(
      new Command("subscribe")
        .helpGroup(groups.use)
        .description("print what is delivered, in the order, until SIGINT: slot.index and the command")
        .option("--from <slot>", "where to begin; now: with what comes next", slotOrNow, 1)
        .option("--count <n>", "end after so many commands", integer(1))
        .option("--until-now", "end with the last slot that is there at the start", false),
    ),
    [
      ["eunomia subscribe --from now", "what is written from now on"],
      [
        "eunomia subscribe --from 100 --until-now --json",
        "a part of the past, a line of JSON for each entry",
      ],
    ],
    "Slots before the snapshots that nodes keep are gone, and the error says where the order begins.",
  ).action(
    guarded(async (given: Given) => {
      await connected(given, (to) => follow(to, given));
    }),
  );
