import { Command, InvalidArgumentError } from "commander";
import { groups, withExamples } from "../cli/help.ts";
import { bench } from "./bench.ts";
import { allShapes, quickShapes, type Shape } from "./shapes.ts";

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError(`expected a positive number, got "${text}"`);
  return value;
};
const whole = (text: string): number => {
  const value = positive(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError(`expected a whole number, got "${text}"`);
  return value;
};
const wholes = (text: string): readonly number[] => text.split(",").map(whole);

interface Given {
  readonly quick: boolean;
  readonly bytes?: readonly number[];
  readonly outstanding?: readonly number[];
  readonly connections?: readonly number[];
  readonly seconds: number;
  readonly repeats: number;
  readonly results: string | false;
}

/** Shapes as they are asked for one by one, or the usual ones. */
function shapesOf({ quick, bytes, outstanding, connections }: Given): readonly Shape[] {
  if (bytes === undefined && outstanding === undefined && connections === undefined)
    return quick ? quickShapes : allShapes;
  return (bytes ?? [256]).flatMap((bodyBytes) => [
    ...(outstanding ?? (connections ? [] : [256])).map((under) => ({
      bodyBytes,
      connections: 1,
      outstanding: under,
    })),
    ...(connections ?? []).map((count) => ({ bodyBytes, connections: count, outstanding: count })),
  ]);
}

/** `bench`: the cluster beside etcd. */
export const benchCommand = (): Command =>
  withExamples(
    new Command("bench")
      .helpGroup(groups.run)
      .description(
        "run a durable cluster of three beside etcd, if it is installed, alternating, and print ratios",
      )
      .option("--quick", "256 B only, shorter runs: within five minutes", false)
      .option("--bytes <list>", "sizes of a value, comma separated", wholes)
      .option("--outstanding <list>", "writes under way on one connection, comma separated", wholes)
      .option("--connections <list>", "numbers of connections with one write each, comma separated", wholes)
      .option("--seconds <n>", "length of a run (3; 2 with --quick)", positive)
      .option("--repeats <n>", "runs of each system (3)", whole)
      .option("--results <directory>", "where JSON and the page with curves go", "bench/results")
      .option("--no-results", "keep nothing"),
    [
      ["eunomia bench --quick", "five minutes"],
      ["eunomia bench", "every size, some twenty minutes"],
      ["eunomia bench --bytes 4096 --outstanding 32,128", "a question of your own"],
      ["eunomia bench --connections 16 --repeats 5", "many connections"],
    ],
    [
      "Figures are medians; ratios are taken pair by pair, since the machine changes under them. etcd comes from Debian's",
      "etcd-server; without it the cluster is measured alone, and the report says so.",
    ].join("\n"),
  ).action(async (given: Given) => {
    await bench({
      shapes: shapesOf(given),
      seconds: given.seconds ?? (given.quick ? 2 : 3),
      repeats: given.repeats ?? 3,
      results: given.results === false ? null : given.results,
    });
  });
