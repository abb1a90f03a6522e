import { cpus } from "node:os";
import { InvalidArgumentError } from "commander";

/** Readers of option values. What they throw, commander prints with the name of the option. */

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError(`expected a positive integer, got "${text}".`);
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError(`expected an integer from 0 on, got "${text}".`);
  return value;
}

/** A port of TCP; 0: any free one. */
export function port(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError(`expected a port from 0 to 65535, got "${text}".`);
  return value;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `90`, `90s`, `10m`, `2h`; answers seconds. */
export function duration(text: string): number {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text) ?? [];
  const seconds = Number(number) * (unitSeconds[unit || "s"] ?? 0);
  if (!(seconds > 0))
    throw new InvalidArgumentError(`expected a time such as 90s, 10m or 2h, got "${text}".`);
  return seconds;
}

const unitBytes: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** `512M`, `4G`, or plain bytes; answers bytes. */
export function memory(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([KMG]?)$/.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (unitBytes[unit] ?? 0));
  if (!(bytes > 0)) throw new InvalidArgumentError(`expected a size such as 512M or 4G, got "${text}".`);
  return bytes;
}

/** One process for each processor. */
export const allWorkers = (): number => Math.max(1, cpus().length);
