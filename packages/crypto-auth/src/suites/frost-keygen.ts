import type { Random } from "@eunomia/engine";
import { ed25519_FROST as frost } from "@noble/curves/ed25519.js";
import { KeyError } from "../errors.ts";
import { assertFrostSizes, type FrostMember, frostGroup } from "./frost-signing.ts";
import { randomBytes } from "./suite.ts";

/** What a member sends to all others at first. Every member must see the same: use a broadcast that keeps to it. */
export interface FrostRound1 {
  readonly index: number;
  readonly commitment: readonly Uint8Array[];
  readonly proofOfKnowledge: Uint8Array;
}

const idOf = (index: number): string => frost.Identifier.fromNumber(index);

/**
 * Makes a key that nobody ever holds, among all n members: each sends `round1` to all, then to each other member its own share in
 * secret (`round2`), and has its part of the key (`finish`). A member that sends something wrong makes the others' calls throw
 * `KeyError` `bad-group`: the group begins again without it. All of `round1` and `round2` of the others is needed.
 *
 * @example
 * const keygen = new FrostKeygen({ index: 1, k: 2, n: 3 }, systemRandom())
 */
export class FrostKeygen {
  readonly round1: FrostRound1;
  readonly #index: number;
  readonly #secret: ReturnType<typeof frost.DKG.round1>["secret"];
  #others: readonly FrostRound1[] = [];

  constructor(
    { index, k, n }: { readonly index: number; readonly k: number; readonly n: number },
    random: Random,
  ) {
    assertFrostSizes(k, n);
    if (!Number.isSafeInteger(index) || index < 1 || index > n)
      throw new KeyError("bad-group", "index", `expected a number from 1 to ${n}, got ${index}`);
    const started = frost.DKG.round1(idOf(index), { min: k, max: n }, undefined, (length = 32) =>
      randomBytes(random, length),
    );
    const { commitment, proofOfKnowledge } = started.public;
    this.round1 = { index, commitment, proofOfKnowledge };
    this.#index = index;
    this.#secret = started.secret;
  }

  /** The shares for the others, by number, out of the first messages of all others. */
  round2(others: readonly FrostRound1[]): ReadonlyMap<number, Uint8Array> {
    this.#others = others;
    return attempt("round1", () => {
      const shares = frost.DKG.round2(this.#secret, others.map(libraryRound1));
      return new Map(
        others.map(({ index }) => [
          index,
          (shares[idOf(index)] as { signingShare: Uint8Array }).signingShare,
        ]),
      );
    });
  }

  /** The own part of the key, out of the shares that the others sent here, by number. */
  finish(shares: ReadonlyMap<number, Uint8Array>): FrostMember {
    return attempt("round2", () => {
      const round2 = [...shares].map(([index, signingShare]) => ({ identifier: idOf(index), signingShare }));
      const key = frost.DKG.round3(this.#secret, this.#others.map(libraryRound1), round2);
      frost.DKG.clean(this.#secret);
      return { index: this.#index, group: frostGroup(key.public), share: key.secret.signingShare };
    });
  }
}

const libraryRound1 = ({ index, commitment, proofOfKnowledge }: FrostRound1) => ({
  identifier: idOf(index),
  commitment: [...commitment],
  proofOfKnowledge,
});

/** Whatever the library finds wrong in the messages of others has one name here. */
function attempt<T>(field: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new KeyError(
      "bad-group",
      field,
      `expected messages that fit together: ${(error as Error).message}`,
    );
  }
}
