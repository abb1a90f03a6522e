import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { refuse } from "./refusal.ts";

/**
 * Does something to files that a user has named.
 *
 * @throws Refusal if the system does not let it.
 */
export function onDisk<R>(path: string, act: () => R): R {
  try {
    return act();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return refuse("not-writable", `cannot write ${path} (${code})`, "name a place where you may write");
  }
}

/**
 * Makes the folder of a command's results if it is not there: before the work, which would be lost without it.
 *
 * @throws Refusal if nothing can be written there.
 */
export function prepareFolder(folder: string): void {
  onDisk(folder, () => {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  });
}

/** Writes a file into a folder, which is made if it is not there; answers its path from here. @throws Refusal */
export function writeInto(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  onDisk(file, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  });
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}

/** A name of a model, system or mutant as part of a file's name. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll(/[^\w.-]+/g, "-")).join("-");
