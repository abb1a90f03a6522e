import { Argument, Command } from "commander";
import { guarded } from "../exits.ts";
import { groups, withExamples } from "../help.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** Words that may follow a command: its own commands and options. */
interface Words {
  /** The commands before, e.g. `snapshot list`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly what: string }[];
}

function wordsOf(command: Command, path: readonly string[] = []): Words[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const words = [
    ...commands.map((sub) => ({ word: sub.name(), what: sub.description() })),
    ...help.visibleOptions(command).flatMap((option) => {
      const word = option.long ?? option.short;
      return word === undefined ? [] : [{ word, what: option.description }];
    }),
  ];
  const own: Words = { path: path.join(" "), words };
  return [
    own,
    ...commands.flatMap((sub) => (sub.name() === "help" ? [] : wordsOf(sub, [...path, sub.name()]))),
  ];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(name: string, all: readonly Words[]): string {
  const cases = all.map(
    ({ path, words }) => `    ${quoted(path)}) words=${quoted(words.map(({ word }) => word).join(" "))} ;;`,
  );
  return `_${name}() {
  local path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) case "$path" in ${nested(all)}) path="$path $word" ;; "") path="$word" ;; esac ;; esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _${name} ${name}
`;
}

/** Commands that have commands. */
const nested = (all: readonly Words[]): string =>
  [...new Set(all.flatMap(({ path }) => (path.includes(" ") ? [path.split(" ")[0]!] : [])))]
    .map(quoted)
    .join("|") || "'?'";

function zsh(name: string, all: readonly Words[]): string {
  return `#compdef ${name}\nautoload -U +X bashcompinit && bashcompinit\n${bash(name, all)}`;
}

function fish(name: string, all: readonly Words[]): string {
  const lines = all.flatMap(({ path, words }) => {
    const when =
      path === ""
        ? `__fish_use_subcommand`
        : path
            .split(" ")
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join("; and ");
    return words.map(({ word, what }) => {
      const told = quoted(what.split(":")[0]!.slice(0, 80));
      return word.startsWith("--")
        ? `complete -c ${name} -n ${quoted(when)} -l ${word.slice(2)} -d ${told}`
        : word.startsWith("-")
          ? `complete -c ${name} -n ${quoted(when)} -s ${word.slice(1)} -d ${told}`
          : `complete -c ${name} -n ${quoted(when)} -a ${word} -d ${told}`;
    });
  });
  return `${lines.join("\n")}\n`;
}

const writers: Readonly<Record<Shell, (name: string, all: readonly Words[]) => string>> = { bash, zsh, fish };

/** `completion`: what a shell needs to complete the words of this program. */
export const completionCommand = (): Command => {
  const command = new Command("completion");
  return withExamples(
    command
      .helpGroup(groups.look)
      .description("print what a shell needs to complete commands and options")
      .addArgument(new Argument("<shell>", "for which shell").choices(shells)),
    [
      ["source <(eunomia completion bash)", "in ~/.bashrc; zsh alike"],
      ["eunomia completion fish > ~/.config/fish/completions/eunomia.fish", "for fish"],
    ],
  ).action(
    guarded((shell: Shell) => {
      const program = command.parent!;
      process.stdout.write(writers[shell](program.name(), wordsOf(program)));
    }),
  );
};
