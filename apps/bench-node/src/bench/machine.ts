import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** The commit that is checked out, in short. */
export function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown"; // Not a checkout.
  }
}

/** Processors and Node, in one line. */
export const machine = (): string => `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`;
