import { Command, InvalidArgumentError } from "commander";
import { groups, withExamples } from "../cli/help.ts";
import { compare } from "./compare.ts";

const whole = (text: string): number => {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value > 0))
    throw new InvalidArgumentError(`expected a whole number above 0, got "${text}"`);
  return value;
};
const wholes = (text: string): readonly number[] => text.split(",").map(whole);

interface Given {
  readonly bytes: readonly number[];
  readonly window: number;
  readonly slots: number;
  readonly repeats: number;
  readonly results: string | false;
}

/** `compare`: the protocols beside one another. */
export const compareCommand = (): Command =>
  withExamples(
    new Command("compare")
      .helpGroup(groups.run)
      .description("count and time the consensus protocols beside one another, as ratios to Paxos")
      .option("--bytes <list>", "sizes of a batch, comma separated", wholes, [256, 4096])
      .option("--window <n>", "slots under way at once", whole, 8)
      .option("--slots <n>", "decisions of one run", whole, 256)
      .option("--repeats <n>", "runs of each protocol", whole, 3)
      .option("--results <directory>", "where JSON goes", "bench/results")
      .option("--no-results", "keep nothing"),
    [
      ["eunomia compare", "a few minutes"],
      ["eunomia compare --bytes 65536 --window 2 --no-results", "a question of your own"],
    ],
    [
      "Message delays and messages are counted in virtual time; decisions per second of processor time are those of all nodes",
      "together in one process, with codecs, packets and keys as a node has them, and nothing in place of disks and network.",
    ].join("\n"),
  ).action(({ bytes, results, ...rest }: Given) => {
    compare({ ...rest, batchBytes: bytes, results: results === false ? null : results });
  });
