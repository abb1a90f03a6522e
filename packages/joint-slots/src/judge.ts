import { compareBytes, equal, mapGet } from "@eunomia/codec";
import {
  compareMoves,
  decodeBase,
  decodeJoint,
  type Entry,
  encodeJoint,
  JointBlock,
  type Move,
} from "./block.ts";
import type { JointConfig } from "./config.ts";
import type { Followed, JointState, JointTools } from "./engine/types.ts";
import { includesMove } from "./ledger/apply.ts";

/**
 * May a validator vote for a value? `later`: it does not know yet. It follows from what was decided alone, so that safe
 * validators of the same chains come to the same answer. Only after the slot is closed here nothing of it is valid any more.
 */
export type Opinion = "valid" | "invalid" | "later";

/**
 * May this be decided in a joint slot? For every chain followed here: what leaves it is locked there for this slot.
 *
 * @param state that of the engine, as it is now.
 */
export function judgeJoint<A>(
  config: JointConfig,
  tools: JointTools<A>,
  state: Readonly<JointState<A>>,
  slot: number,
  value: Uint8Array,
): Opinion {
  const block = decodeJoint(value);
  if (block === null || slot <= state.closed) return "invalid";
  const names = config.chains.map(({ chain }) => chain);
  if (!block.moves.every((move, i) => isMove(names, move, block.moves[i - 1]))) return "invalid";
  const { next } = block;
  if (next !== null) {
    if (next.from < slot + config.lead) return "invalid";
    if (next.terms !== null && tools.terms?.(next.terms) !== true) return "invalid";
  }
  let opinion: Opinion = "valid";
  for (const [i, chain] of state.chains.keys.entries()) {
    const { ledger } = state.chains.values[i]!;
    const known = mapGet(ledger.slots, slot);
    if (known === undefined) {
      // A chain that left opens nothing any more: no answer but no.
      if (ledger.leftAt !== null || slot < ledger.next) return "invalid";
      opinion = "later";
    } else if (!leavesAsLocked(block.moves, chain, known.locks)) return "invalid";
  }
  return opinion;
}

function isMove(chains: readonly string[], move: Move, before: Move | undefined): boolean {
  const { from, to } = move;
  if (from === to || !chains.includes(from) || !chains.includes(to)) return false;
  return before === undefined || compareMoves(before, move) < 0;
}

const leavesAsLocked = (moves: readonly Move[], chain: string, locks: readonly Move[]): boolean =>
  moves.every((move) => move.from !== chain || includesMove(locks, move));

/** May this be decided in a base slot of a chain? What it says of joint slots is true as far as this node can know. */
export function judgeBase<A>(
  config: JointConfig,
  tools: JointTools<A>,
  state: Readonly<JointState<A>>,
  chain: string,
  value: Uint8Array,
): Opinion {
  const block = decodeBase(value);
  const followed = mapGet(state.chains, chain);
  if (block === null || followed === undefined || block.entries.length > config.entriesMax) return "invalid";
  let opinion: Opinion = "valid";
  for (const entry of block.entries) {
    const found = judgeEntry(config, tools, state, chain, followed, entry);
    if (found === "invalid") return found;
    if (found === "later") opinion = found;
  }
  return opinion;
}

function judgeEntry<A>(
  config: JointConfig,
  tools: JointTools<A>,
  state: Readonly<JointState<A>>,
  chain: string,
  { ledger, decisions }: Followed<A>,
  entry: Entry,
): Opinion {
  if (entry.kind === "leave") return tools.leaves?.(chain, entry.evidence) === true ? "valid" : "invalid";
  if (entry.kind !== "joint" && entry.kind !== "settle") return "valid";
  const own = mapGet(ledger.slots, entry.slot);
  // What is settled, or will never open, makes the entry void: it does no harm, and others may have to take it.
  const settled =
    own === undefined ? entry.slot < ledger.next || ledger.leftAt !== null : own.ending.kind !== "pending";
  if (settled) return "valid";
  if (entry.kind === "joint") {
    const decided = mapGet(decisions, entry.slot);
    if (decided === undefined) return "later";
    return compareBytes(decided, encodeJoint(entry.block)) === 0 ? "valid" : "invalid";
  }
  const { taken, slot } = entry;
  if (taken !== null && (taken.by === chain || !config.chains.some((plan) => plan.chain === taken.by)))
    return "invalid";
  let opinion: Opinion = "valid";
  for (const [i, other] of state.chains.keys.entries()) {
    if (other === chain || (taken !== null && other !== taken.by)) continue;
    const verdict = verdictOf(state.chains.values[i]!, slot);
    if (verdict === "later") opinion = verdict;
    else if (
      verdict === "passed" ? taken !== null : taken === null || !equal(JointBlock, verdict, taken.block)
    )
      return "invalid";
  }
  return opinion;
}

/** What a chain by itself did with a joint slot: took a block, or passed, or nobody knows yet. */
export function verdictOf<A>({ ledger }: Followed<A>, slot: number): JointBlock | "passed" | "later" {
  const known = mapGet(ledger.slots, slot);
  if (known === undefined) return slot >= ledger.next && ledger.leftAt !== null ? "passed" : "later";
  if (known.verdict.kind === "open") return "later";
  return known.verdict.kind === "took" ? known.verdict.block : "passed";
}
