import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { refuse } from "./refusal.ts";

/** The text of a replay file that a user has named. */
export function textOf(file: string): string {
  try {
    return readFileSync(resolve(file), "utf8");
  } catch (error) {
    const { code } = error as { code?: string };
    return refuse(
      "no-file",
      `cannot read ${file} (${code})`,
      "name a replay file that `run` or `check` has written",
    );
  }
}
