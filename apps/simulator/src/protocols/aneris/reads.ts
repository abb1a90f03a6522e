import type { Invariant, Model, ModelInput, View, Witness } from "@eunomia/checker";
import { historyOf, namesIn } from "./delivered.ts";

/** The read of somebody who was told nothing, and that of somebody who knows that `c1:1` was delivered. */
const early = 1;
const late = 2;

/** A reader may ask at any moment, and its question may still be open when it asks again. */
export const earlyRead: Readonly<Record<string, ModelInput>> = {
  read: { commands: [{ kind: "readIndex", nonce: early }] },
};

const holdsWrite = (vector: Uint8Array): boolean => namesIn(vector).includes("c1:1");

/** As soon as the first replica delivers `c1:1`, the last one is asked to read. */
export const readingBehind =
  (replicas: readonly string[], routes: NonNullable<Model["routes"]>): NonNullable<Model["routes"]> =>
  (process, output) => {
    const { kind, vector } = output as { readonly kind: string; readonly vector: Uint8Array };
    const told = process === replicas[0] && kind === "deliver" && holdsWrite(vector);
    const read = { to: replicas.at(-1)!, command: { kind: "readIndex", nonce: late } };
    return told ? [...routes(process, output), read] : routes(process, output);
  };

/** Who reads after the write was delivered somewhere has it (aneris 5.10). */
export const readsSee = (replicas: readonly string[]): Invariant => ({
  name: "linearizable reads",
  holds(view) {
    const read = readsOf(view, replicas).find(({ nonce }) => nonce === late);
    if (read === undefined) return null;
    const written = historyOf(view, replicas[0]!).slots.find(({ vector }) => holdsWrite(vector))!.slot;
    return read.slot >= written
      ? null
      : `${replicas.at(-1)} reads after slot ${read.slot}, when slot ${written} was delivered before`;
  },
});

export const readWitnesses = (replicas: readonly string[]): Witness[] => [
  {
    name: `${replicas.at(-1)} reads the write`,
    reached: (view) => readsOf(view, replicas).some(({ nonce }) => nonce === late),
  },
  {
    name: `${replicas.at(-1)} reads that nothing was written`,
    reached: (view) => readsOf(view, replicas).some(({ nonce, slot }) => nonce === early && slot === 0),
  },
];

const readsOf = (view: View, replicas: readonly string[]) => historyOf(view, replicas.at(-1)!).reads;
