import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Refusal } from "./exits.ts";

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? error);

/** The text of a file; `-` is standard input. @throws Refusal if it cannot be read. */
export function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : resolve(file), "utf8");
  } catch (error) {
    throw new Refusal(
      "no-file",
      `cannot read ${file} (${codeOf(error)}); name a file that is there, or - for standard input`,
    );
  }
}

/** The value of a file of JSON, whatever it is. @throws Refusal if it cannot be read as that. */
export function jsonOf(file: string): unknown {
  try {
    return JSON.parse(textOf(file));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("no-json", `${file} is no JSON: ${(error as Error).message}`);
  }
}

/** @throws Refusal if the place cannot be written to. */
export function write(file: string, text: string): void {
  try {
    writeFileSync(resolve(file), text);
  } catch (error) {
    throw new Refusal(
      "not-writable",
      `cannot write ${file} (${codeOf(error)}); name a place where you may write`,
    );
  }
}
