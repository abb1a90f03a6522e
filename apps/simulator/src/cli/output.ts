import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Writes a file into a folder, which is made if it is not there; answers its path from here. */
export function writeInto(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}

/** A name of a model, system or mutant as part of a file's name. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll(/[^\w.-]+/g, "-")).join("-");
