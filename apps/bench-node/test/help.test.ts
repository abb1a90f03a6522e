import { execFileSync } from "node:child_process";
import type { Command } from "commander";
import { describe, expect, test, vi } from "vitest";
import { eunomia } from "../src/cli/program.ts";

/** All commands that are shown, with their commands, by the words that name them. */
function* commandsOf(command: Command, path: readonly string[] = []): Generator<[string, Command]> {
  for (const sub of command.createHelp().visibleCommands(command)) {
    if (sub.name() === "help") continue;
    const words = [...path, sub.name()];
    if (sub.commands.length === 0) yield [words.join(" "), sub];
    yield* commandsOf(sub, words);
  }
}

function helpOf(command: Command): string {
  let text = "";
  command
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
    })
    .outputHelp();
  return text;
}

/** Lines of a help that have this program do something, without what they are for. */
function examplesOf(help: string): string[] {
  const [, examples = ""] = help.split("\nExamples\n");
  const lines = examples.split("\n\n")[0]!.split("\n");
  return lines.map((line) => line.trim().split(/\s{3,}/)[0]!).filter((line) => typed.test(line));
}

const typed = /(?:^|\| |\()eunomia( [^|<>)]*)?/;

/** The words after `eunomia` of a line, as a shell has them. */
function wordsOf(line: string): string[] {
  const [, own = ""] = typed.exec(line)!;
  return [...own.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

class Usage extends Error {}

/** The program, of which nothing is carried out: says which command a line comes to. @throws Usage */
function parsed(words: readonly string[]): string {
  const program = eunomia();
  let reached = "";
  const still = (command: Command, path: readonly string[]): void => {
    let said = "";
    command
      .exitOverride(() => {
        throw new Usage(said);
      })
      .configureOutput({
        writeErr: (part) => {
          said += part;
        },
      });
    if (command.commands.length === 0)
      command.action(() => {
        reached = path.join(" ");
      });
    for (const sub of command.commands) still(sub, [...path, sub.name()]);
  };
  still(program, []);
  program.parse([...words], { from: "user" });
  return reached;
}

const commands = [...commandsOf(eunomia())];

describe.each(commands)("%s", (path, command) => {
  const help = helpOf(command);

  test("teaches: a description, options with theirs, the exit codes", () => {
    expect(command.description()).toMatch(/^[a-z]/);
    for (const option of command.createHelp().visibleOptions(command))
      expect(option.description).not.toBe("");
    expect(help).toMatch(/Exit codes: 0 done; 1 .*; 2 .*; 3 /);
  });

  test("has two examples at least, and each of them parses as this command", () => {
    const examples = examplesOf(help);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const line of examples) expect([line, parsed(wordsOf(line))]).toEqual([line, path]);
  });
});

test("an example that does not parse is found", () => {
  expect(wordsOf("seq 3 | eunomia run - --seconds 30")).toEqual(["run", "-", "--seconds", "30"]);
  expect(wordsOf('eunomia broadcast "pay 5 to bob"')).toEqual(["broadcast", "pay 5 to bob"]);
  expect(() => parsed(["swap", "paxos", "--mode", "sudden"])).toThrow(/Allowed choices are cut, window/);
  expect(() => parsed(["put", "colour"])).toThrow(/missing required argument/);
  expect(() => parsed(["get", "colour", "--levle", "stale"])).toThrow(/Did you mean --level/);
  // The default command takes a file.
  expect(parsed(["statsu"])).toBe("run");
});

test("the help of the program names every command under a group", () => {
  const help = helpOf(eunomia());
  for (const group of ["Set up:", "Run:", "Use:", "Change:", "Look:", "Check:"])
    expect(help).toContain(group);
  for (const [path] of commands) expect(help).toMatch(new RegExp(`^  ${path.split(" ")[0]} `, "m"));
  expect(help).not.toMatch(/^ {2}node /m);
});

describe("completion", () => {
  const written = (shell: string): string => {
    const program = eunomia();
    let text = "";
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
      text += String(part);
      return true;
    });
    try {
      program.parse(["completion", shell], { from: "user" });
    } finally {
      spy.mockRestore();
    }
    return text;
  };

  /** What bash offers for the last of these words. */
  const offered = (...words: string[]): string[] => {
    const script = [
      'source /dev/stdin <<< "$1"; shift',
      'COMP_WORDS=(eunomia "$@"); COMP_CWORD=$#; _eunomia',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join("\n");
    const args = ["-c", script, "bash", written("bash"), ...words];
    return execFileSync("bash", args, { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  };

  test("bash completes commands, their commands, and options of each", () => {
    expect(offered("sw")).toEqual(["swap"]);
    expect(offered("snapshot", "")).toEqual(expect.arrayContaining(["list", "export", "inspect"]));
    expect(offered("snapshot", "export", "--no")).toEqual(["--node"]);
    expect(offered("get", "colour", "--le")).toEqual(["--level"]);
    // An option of another command is none of this one.
    expect(offered("put", "colour", "--le")).toEqual([]);
  });

  test("fish and zsh get a line or a word for every command", () => {
    const [fish, zsh] = [written("fish"), written("zsh")];
    for (const [path] of commands) {
      const name = path.split(" ").at(-1)!;
      expect(fish).toMatch(new RegExp(`-a ${name} `));
      expect(zsh).toContain(name);
    }
    expect(zsh).toMatch(/^#compdef eunomia/);
  });
});
