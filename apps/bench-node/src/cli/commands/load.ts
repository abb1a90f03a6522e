import { randomBytes } from "node:crypto";
import { utf8Encode } from "@eunomia/codec";
import { Command } from "commander";
import { encodeKvCommand } from "../../kv/wire.ts";
import { Load, type LoadResult, type Shape } from "../../load/load.ts";
import { type ClientFlags, connected, withClient } from "../connect.ts";
import { CliError, exits, guarded } from "../exits.ts";
import { groups, integer, secondsOption, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";

interface Given extends ClientFlags {
  readonly rate?: number;
  readonly outstanding: number;
  readonly connections: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly for: number;
  readonly keys?: number;
}

const ms = (value: number | null): string => (value === null ? "none" : value.toFixed(2));

function told({
  shape,
  seconds: took,
  answered,
  unanswered,
  turnedAway,
  perSecond,
  latencyMs,
  longestGapMs,
}: LoadResult): string {
  const { p50, p90, p99, p999, max } = latencyMs;
  return [
    shape.kind === "open"
      ? `open loop, ${shape.perSecond} commands due a second, for ${took.toFixed(1)} s`
      : `closed loop, ${shape.outstanding} on their way, for ${took.toFixed(1)} s`,
    `answered       ${answered}, ${perSecond.toFixed(0)} a second`,
    `latency        p50 ${ms(p50)}  p90 ${ms(p90)}  p99 ${ms(p99)}  p99.9 ${ms(p999)}  most ${ms(max)} ms`,
    `longest gap    ${ms(longestGapMs)} ms without an answer`,
    ...(turnedAway > 0
      ? [`turned away    ${turnedAway}: due, and never handed in, since the queues were full`]
      : []),
    ...(unanswered > 0 ? [`unanswered     ${unanswered}: nobody knows of them`] : []),
  ].join("\n");
}

/** Bodies of the size that was asked for: puts to some keys, or bytes that are no command. */
function bodies({ bytes, keys }: Given): (at: number) => Uint8Array {
  const filler = randomBytes(bytes);
  if (keys === undefined) return () => filler;
  const puts = Array.from({ length: keys }, (_, at) =>
    encodeKvCommand({ kind: "put", key: utf8Encode(`load/${at}`), value: filler }),
  );
  return (at) => puts[at % keys]!;
}

/** `load`: traffic, and how it fared. */
export const loadCommand = (): Command =>
  withExamples(
    withClient(
      new Command("load")
        .helpGroup(groups.run)
        .description("hand in commands for a while, and print rate and latencies")
        .option(
          "--rate <n>",
          "open loop: so many a second, however slow the cluster is",
          integer(1, 10_000_000),
        )
        .option("--outstanding <n>", "closed loop: so many on their way", integer(1, 65_536), 64)
        .option("--connections <n>", "over so many connections, each with a session", integer(1, 1000), 1)
        .option("--bytes <n>", "of a command, or of a value", integer(1, 262_144), 128)
        .addOption(secondsOption("--for <seconds>", "how long", 10))
        .option(
          "--keys <n>",
          "write to so many keys of the key-value store, load/0 and on",
          integer(1, 100_000),
        ),
    ),
    [
      ["eunomia load --outstanding 256 --for 30", "as fast as it goes with 256 on their way"],
      ["eunomia load --rate 5000 --keys 1000 --json", "5000 puts a second, as users would come"],
    ],
    "In an open loop a command's time begins when it was due, so waiting before it could be sent is counted. Ctrl-C ends it early, with what was measured. 3: some were not answered.",
  ).action(
    guarded(async (given: Given) => {
      const shape: Shape =
        given.rate === undefined
          ? { kind: "closed", outstanding: given.outstanding }
          : { kind: "open", perSecond: given.rate };
      const output = outputOf(given.json);
      await connected(given, async (to) => {
        const load = new Load(shape, given.for / 1000, bodies(given));
        const opened: Awaited<ReturnType<typeof to.another>>[] = [];
        try {
          for (let at = 0; at < given.connections; at += 1) {
            const one = await to.another({
              maxQueued: 1 << 16,
              onSettled: ({ seq, count }) => load.settled(at, seq, count),
            });
            opened.push(one);
            load.add(one.client);
          }
          const ready = Promise.all(opened.map(({ client }) => client.registered()));
          const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), given.timeout).unref());
          ready.catch(() => {});
          if ((await Promise.race([ready, late])) === null)
            throw new CliError("unreachable", "no session could be opened in time: see `eunomia status`");
          let before = 0;
          const stop = (): void => load.stop();
          process.once("SIGINT", stop);
          const result = await load
            .run(given.timeout, (answered) => {
              output.note(`${answered - before} answered in a second`);
              before = answered;
            })
            .finally(() => process.off("SIGINT", stop));
          output.result(told(result), result);
          if (result.unanswered > 0) process.exitCode = exits.unknown;
        } finally {
          for (const { client, link } of opened) {
            await client.close();
            await link.close();
          }
        }
      });
    }),
  );
