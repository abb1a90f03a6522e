import { readdirSync } from "node:fs";
import {
  crashTolerance,
  dual,
  neverCovered,
  normalize,
  parse,
  print,
  quorumSystem,
  readWriteIntersection,
} from "@eunomia/quorum-algebra";
import { expect, test } from "vitest";

/**
 * Files of small cases: an expression, then one question per line, `----`, and the answers. `vitest run -u` writes the
 * answers anew; they are reviewed as a diff.
 */
const folder = new URL("./cases/", import.meta.url);

const ids = (text: string): string[] => text.split(" ").filter((id) => id !== "");

function answer(expr: string, question: string): string {
  const [verb, rest] = [question.split(" ")[0]!, question.split(" ").slice(1).join(" ")];
  const e = parse(expr);
  switch (verb) {
    case "print":
      return print(e);
    case "normal":
      return print(normalize(e));
    case "dual":
      return print(normalize(dual(e)));
    case "members":
      return quorumSystem(e).members.join(" ") || "none";
    case "has":
      return String(quorumSystem(e).has(ids(rest)));
    case "tolerance":
      return JSON.stringify(crashTolerance(e));
    case "meets":
      return JSON.stringify(readWriteIntersection(e, parse(rest)));
    case "faults":
      return JSON.stringify(neverCovered([e, e], [parse(rest)]));
    case "votes": {
      // "+a -b": a answers, b refuses.
      const tracker = quorumSystem(e).tracker();
      for (const vote of ids(rest))
        vote.startsWith("+") ? tracker.add(vote.slice(1)) : tracker.refuse(vote.slice(1));
      return `${tracker.answer} ${tracker.missing().join(" ")}`.trim();
    }
    default:
      throw new Error(`no question "${verb}"`);
  }
}

function run(source: string): string {
  return source
    .split("\n\n")
    .map((block) => {
      const lines = block.trim().split("\n");
      const asked = lines.slice(0, lines.indexOf("----") < 0 ? lines.length : lines.indexOf("----"));
      const [expr, ...questions] = asked.filter((line) => !line.startsWith("#"));
      return [...asked, "----", ...questions.map((question) => answer(expr!, question))].join("\n");
    })
    .join("\n\n")
    .concat("\n");
}

const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));

test.each(files)("%s", async (name) => {
  const { readFile } = await import("node:fs/promises");
  const path = new URL(name, folder);
  await expect(run(await readFile(path, "utf8"))).toMatchFileSnapshot(path.pathname);
});

test("a wrong answer in a file is noticed", () => {
  expect(run("majority(a..c)\nhas a b\n----\nfalse")).toBe("majority(a..c)\nhas a b\n----\ntrue\n");
});
