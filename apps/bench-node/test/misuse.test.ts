import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { getCommand, putCommand } from "../src/cli/commands/kv.ts";
import { loadCommand } from "../src/cli/commands/load.ts";
import { reconfigureCommand } from "../src/cli/commands/reconfigure.ts";
import { lookAt } from "../src/cli/looks.ts";
import { eunomia } from "../src/cli/program.ts";
import { readKeys } from "../src/security/signers.ts";
import { called } from "./support/called.ts";
import { temporaryDirectory } from "./support/real-cluster.ts";

const directory = temporaryDirectory("misuse");
afterAll(() => directory.remove());

/** What commander says of wrong usage; it ends the program with it. */
const usage = async (command: Command, ...words: string[]): Promise<unknown> =>
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(words, { from: "user" })
    .catch((error: unknown) => error);

test.each([
  ["--add", "n4"],
  ["--add", ""],
  ["--replace", "n4=h:1"],
  ["--replace", "n1=n4"],
])("%s %j is wrong usage, in one line", async (option, value) => {
  expect(await usage(reconfigureCommand(), option, value)).toMatchObject({
    code: "commander.invalidArgument",
    message: expect.stringMatching(/^error: option .* is invalid\. expected .*host:port.*got ".*"$/),
  });
});

test("what is given in seconds has a default in seconds", () => {
  for (const command of [putCommand(), getCommand(), loadCommand()])
    expect(command.helpInformation()).toMatch(/--timeout <seconds> +give up after so long \(default: 10\)/);
  expect(loadCommand().helpInformation()).toMatch(/--for <seconds> +how long \(default: 10\)/);
});

test.each([["inspect"], ["restore"]])("%s of no file says so", async (what) => {
  const words =
    what === "inspect" ? ["snapshot", "inspect", "none"] : ["restore", "none", "r", "--local", "1"];
  const said = "error: none: expected a file that `eunomia snapshot export` wrote, got nothing\n";
  expect(await called(...words)).toEqual({ code: 2, stdout: "", stderr: said });
});

test("a cluster's folder is no node's, and nothing is said of lost data", async () => {
  await called("init", "--local", "1", join(directory.path, "c"));
  const { code, stderr } = await called("start", join(directory.path, "c"));
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/got that of a cluster: name one of those in .*nodes\n$/),
  ]);
});

test("a damaged key, a folder in the way and what the system refuses are told by their paths", async () => {
  const cluster = join(directory.path, "damaged");
  await called("init", "--local", "1", cluster);
  const key = join(cluster, "controllers", "bad.json");
  writeFileSync(key, "nothing", { mode: 0o600 });
  expect(() => readKeys(key)).toThrow(`${key}: "text" expected JSON, got 7 characters that are not`);
  const pid = join(cluster, "nodes", "n1", "node.pid");
  mkdirSync(pid);
  expect((await called("start", join(cluster, "nodes", "n1"))).stderr).toBe(
    `error: ${pid}: expected a file or nothing, got something else: remove it\n`,
  );
  const { code, stderr } = await called("init", "--local", "1", join(key, "c"));
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: .*bad\.json.*: expected .*got EEXIST/)]);
});

test("wrong usage is told as JSON where JSON is wanted", async () => {
  let said = "";
  const writeErr = (text: string): void => {
    said += text;
  };
  const status = eunomia(true).commands.find((command) => command.name() === "status")!;
  await status
    .exitOverride()
    .configureOutput({ writeErr })
    .parseAsync(["--nothing"], { from: "user" })
    .catch(() => {});
  expect(JSON.parse(said)).toEqual({ error: { code: "usage", message: "unknown option '--nothing'" } });
});

test("without the authority nobody is certified, and what to do is said", async () => {
  await called("init", "--local", "1", join(directory.path, "a"));
  rmSync(join(directory.path, "a", "authority"), { recursive: true });
  for (const words of [["rotate"], ["join", "n2=127.0.0.1:1"]]) {
    const { code, stderr } = await called(...words, "--in", join(directory.path, "a"));
    expect([code, stderr]).toEqual([2, expect.stringContaining("bring the folder back here")]);
  }
});

/** What an operator is told of an address where no node answers, but this. */
async function told(answer: (to: ServerResponse) => void, timeoutMs?: number): Promise<string> {
  const server: Server = createServer((_, to) => answer(to)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const error = await lookAt({ host: "127.0.0.1", port }, timeoutMs).catch((thrown: Error) => thrown);
  server.closeAllConnections();
  server.close();
  return (error as Error).message.replace(/^.*got /, "");
}

test("a status that does not come, or is none, is said in words", async () => {
  expect(await told(() => {}, 50)).toBe("no answer within 0.05 s");
  for (const text of ["<html>", "null", "{}", "[]", '{"node":"n1"}'])
    expect(await told((to) => to.end(text))).toBe("something else: another program listens there");
});
