import { spawnSync } from "node:child_process";

/** A command that failed, with what it said. */
export class CommandFailed extends Error {
  constructor(command: string, said: string) {
    super(`${command} failed:\n${said.slice(-4000)}`);
    this.name = "CommandFailed";
  }
}

/** Runs a command to its end and answers what it wrote. @throws CommandFailed */
export function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 << 20,
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
  });
  if (status !== 0)
    throw new CommandFailed(
      [command, ...args].join(" "),
      `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`,
    );
  return stdout;
}
