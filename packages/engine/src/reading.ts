import { type Infer, nat, nullable, record, type Schema, setAdd, setHas, sortedSet } from "@eunomia/codec";
import type { QuorumSystem } from "./doors.ts";
import type { NodeId } from "./types.ts";

/** The schema of a question "how far have writes come?" that is open: who answered, and the highest slot in the answers. */
export const readingOf = (member: Schema<string>) =>
  nullable(record({ nonce: nat(), top: nat(), heard: sortedSet(member) }));

/** A question that is open; null: none. */
export type Reading = Infer<ReturnType<typeof readingOf>>;

/** Whose answer would count still. */
export const silentIn = (reading: NonNullable<Reading>, members: readonly NodeId[]): readonly NodeId[] =>
  members.filter((member) => !setHas(reading.heard, member));

/** Whether an answer belongs to the question that is open, and is the first one of its sender. */
export const belongsTo = (reading: Reading, nonce: number, from: NodeId): reading is NonNullable<Reading> =>
  reading !== null && reading.nonce === nonce && !setHas(reading.heard, from);

/**
 * Counts one answer. With a read quorum, one that meets every set of processes whose votes choose a value, the maximum is no
 * lower than any slot that was chosen before the question (aneris 5.10).
 *
 * @returns the question, null when it is answered, and then the answer
 */
export function counted(
  reading: NonNullable<Reading>,
  readQuorums: QuorumSystem,
  from: NodeId,
  slot: number,
): { readonly reading: Reading; readonly answer: { readonly nonce: number; readonly slot: number } | null } {
  const top = Math.max(reading.top, slot);
  const heard = [...reading.heard];
  setAdd(heard, from);
  const { nonce } = reading;
  return readQuorums.has(heard)
    ? { reading: null, answer: { nonce, slot: top } }
    : { reading: { nonce, top, heard }, answer: null };
}
