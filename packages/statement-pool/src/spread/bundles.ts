import { DecodeError, type PrincipalId, sha256 } from "@eunomia/codec";
import type { Evidence } from "@eunomia/engine";
import { minimalQuorums } from "@eunomia/quorum-algebra/sets";
import { decodeBundle, encodeBundle, readBundle } from "../statement/evidence.ts";
import { type Hash, statementIdOf } from "../statement/identity.ts";
import type { Id, Quorum } from "../statement/types.ts";

/** The id of the statement in an encoded bundle; null: it is none. Never throws, whatever the bytes. */
export function bundleId(bundle: Uint8Array, hash: Hash = sha256): Id | null {
  try {
    const { coreStart, coreEnd } = readBundle(bundle, 1024, 256);
    return statementIdOf(bundle.subarray(coreStart, coreEnd), hash);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

const component = (evidence: Evidence, to: PrincipalId): readonly Evidence[] => {
  if (evidence.scheme !== "HMAC-SHA256" && evidence.scheme !== "HMAC-SHA1") return [evidence];
  const tag = evidence.tags.get(to);
  return tag === undefined ? [] : [{ ...evidence, tags: new Map([[to, tag]]) }];
};

/**
 * The bundle for one receiver: of a MAC vector its own component only. Through relays vectors have to travel whole.
 *
 * @throws DecodeError if it is no bundle.
 */
export function onlyFor(bundle: Uint8Array, to: PrincipalId): Uint8Array {
  const { core, evidence } = decodeBundle(bundle);
  const some = evidence.some(({ scheme }) => scheme === "HMAC-SHA256" || scheme === "HMAC-SHA1");
  return some ? encodeBundle({ core, evidence: evidence.flatMap((one) => component(one, to)) }) : bundle;
}

/**
 * Sets of relays for an optimistic stage, cheapest first, then by name: minimal sets that satisfy the expression. At most `most`.
 *
 * @example
 * relaySets(parse("{a, b, c} >= 2")) // [["a", "b"], ["a", "c"], ["b", "c"]]
 */
export function relaySets(relays: Quorum, cost: (relay: string) => number = () => 1, most = 16): string[][] {
  const sets = [...minimalQuorums(relays, { maxCount: 1024 })].map((set) => [...set]);
  const price = (set: readonly string[]): number => set.reduce((sum, relay) => sum + cost(relay), 0);
  return sets.sort((a, b) => price(a) - price(b) || (a.join() < b.join() ? -1 : 1)).slice(0, most);
}
