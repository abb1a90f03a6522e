import { readFileSync } from "node:fs";
import type { Vector } from "./vector/types.ts";

/** Reads vectors from a file of JSON lines; empty lines are skipped. */
export function readVectors(file: string | URL): Vector[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Vector);
}

/** The project's own vectors of ordered broadcast (see `vectors/README.md`): of one machine, or all of them. */
export function broadcastVectors(machine?: string): Vector[] {
  // This file and the bundle made of it both stand one folder below the package.
  const all = readVectors(new URL("../vectors/broadcast.jsonl", import.meta.url));
  return machine === undefined ? all : all.filter((vector) => vector.machine === machine);
}
