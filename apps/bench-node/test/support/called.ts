import { eunomia } from "../../src/cli/program.ts";
import type { Ran } from "./shell.ts";

/**
 * Runs a command of the program in this process, which takes less time than to start another one. One at a time, and none that ends
 * with wrong usage.
 */
export async function called(...words: string[]): Promise<Ran> {
  let [stdout, stderr] = ["", ""];
  const { log, error } = console;
  const write = process.stdout.write;
  console.log = (line: string) => {
    stdout += `${line}\n`;
  };
  console.error = (line: string) => {
    stderr += `${line}\n`;
  };
  process.stdout.write = (part: string | Uint8Array) => {
    stdout += typeof part === "string" ? part : Buffer.from(part).toString();
    return true;
  };
  const before = process.exitCode;
  try {
    process.exitCode = 0;
    await eunomia().parseAsync(words, { from: "user" });
    return { code: Number(process.exitCode), stdout, stderr };
  } finally {
    Object.assign(console, { log, error });
    process.stdout.write = write;
    process.exitCode = before;
  }
}
