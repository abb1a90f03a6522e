import { portable } from "../src/index.ts";
import { native } from "../src/native.ts";
import {
  add,
  BASE,
  bytesOf,
  challenge,
  craft,
  encodePoint,
  L,
  numberOf,
  P,
  type Point,
  smallOrderEncodings,
  smallOrderPoints,
  times,
} from "./reference.ts";

/** Keys, messages and signatures about which verifiers have been known to part, and honest ones. */
export interface Attempt {
  readonly name: string;
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const a = 0x1234567890abcdefn ** 3n % L;
const r = 0xfedcba987654321n ** 3n % L;
export const A = times(a, BASE);
const R = times(r, BASE);
export const honestKey = encodePoint(A);
const honestNonce = encodePoint(R);
export const torsion = smallOrderPoints();
export const text = (n: number) => new TextEncoder().encode(`message ${n}`);
export const withSign = (bytes: Uint8Array) =>
  Uint8Array.from(bytes, (byte, i) => (i === 31 ? byte | 0x80 : byte));
export const both = (R: Uint8Array, S: Uint8Array) => Uint8Array.from([...R, ...S]);

/** Every spelling with y >= p: nineteen values of y, both signs. */
const nonCanonical = Array.from({ length: 38 }, (_, i) =>
  bytesOf((P + BigInt(i >> 1)) | (BigInt(i & 1) << 255n)),
);

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

/** The attempt, its S + L twin, and the same with the highest bits of S set. */
function* spellingsOfS(attempt: Attempt): Generator<Attempt> {
  const S = numberOf(attempt.signature.subarray(32));
  const head = attempt.signature.subarray(0, 32);
  for (let n = 1n; n < 16n; n++)
    if (S + n * L < 2n ** 256n)
      yield { ...attempt, name: `${attempt.name}, S + ${n}L`, signature: both(head, bytesOf(S + n * L)) };
  for (const bit of [253, 254, 255])
    yield {
      ...attempt,
      name: `${attempt.name}, S bit ${bit}`,
      signature: flipped(attempt.signature, 256 + bit),
    };
}

export function honest(message: Uint8Array, name = "honest"): Attempt {
  return { name, key: honestKey, message, signature: craft(a, honestKey, r, honestNonce, message) };
}

function* honestAndDamaged(): Generator<Attempt> {
  yield honest(new Uint8Array(0), "empty message");
  yield honest(new Uint8Array(1 << 20).fill(9), "1 MiB message");
  const good = honest(text(0));
  yield good;
  yield* spellingsOfS(good);
  for (let bit = 0; bit < 512; bit += 7)
    yield { ...good, name: `signature bit ${bit}`, signature: flipped(good.signature, bit) };
  for (let bit = 0; bit < 256; bit += 5)
    yield { ...good, name: `key bit ${bit}`, key: flipped(good.key, bit) };
  yield { ...good, name: "other message", message: text(1) };
  for (const length of [0, 31, 33, 63, 65]) {
    const cut = (bytes: Uint8Array) => Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0);
    yield { ...good, name: `signature of ${length}`, signature: cut(good.signature) };
    yield { ...good, name: `key of ${length}`, key: cut(good.key) };
  }
}

/** Nonce points that the owner of an honest key chooses: identity, small order, shifted, and all odd spellings. */
function* oddNonces(): Generator<Attempt> {
  for (const [i, nonce] of [...smallOrderEncodings(), ...nonCanonical].entries())
    for (let n = 0; n < 4; n++)
      yield {
        name: `odd R ${i}`,
        key: honestKey,
        message: text(n),
        signature: craft(a, honestKey, 0n, nonce, text(n)),
      };
  for (const [i, T] of torsion.entries()) {
    const nonce = encodePoint(add(R, T));
    yield {
      name: `R + T${i}`,
      key: honestKey,
      message: text(i),
      signature: craft(a, honestKey, r, nonce, text(i)),
    };
  }
}

/** Keys of small order, odd spellings of keys, and keys with a small-order part, each with what its owner could sign. */
function* oddKeys(): Generator<Attempt> {
  const identity = encodePoint(torsion[0] as Point);
  for (const [i, key] of [...smallOrderEncodings(), ...nonCanonical].entries())
    for (let n = 0; n < 4; n++) {
      yield { name: `odd A ${i}`, key, message: text(n), signature: both(identity, new Uint8Array(32)) };
      if (n < 2)
        yield {
          name: `odd A ${i}, r`,
          key,
          message: text(n),
          signature: craft(0n, key, r, honestNonce, text(n)),
        };
    }
  for (const T of torsion.slice(1)) {
    const key = encodePoint(add(A, T));
    for (let n = 0, exact = 0; exact < 2; n++) {
      const fits = challenge(honestNonce, key, text(n)) % 8n === 0n;
      if (fits) exact++;
      if (fits || n < 2)
        yield {
          name: fits ? "A + T, k divisible by 8" : "A + T",
          key,
          message: text(n),
          signature: craft(a, key, r, honestNonce, text(n)),
        };
    }
  }
  yield {
    name: "key not on the curve",
    key: bytesOf(2n),
    message: text(0),
    signature: honest(text(0)).signature,
  };
}

function* random(): Generator<Attempt> {
  let state = 0x2545f491n;
  const bytes = (length: number) =>
    Uint8Array.from({ length }, () => {
      state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
      return Number(state >> 56n);
    });
  for (let n = 0; n < 60; n++) {
    const seed = bytes(32);
    const message = bytes(n);
    yield { name: "random bytes", key: bytes(32), message, signature: bytes(64) };
    yield {
      name: "signed by the other provider",
      key: portable.ed25519.publicKey(seed),
      message,
      signature: (n % 2 ? portable : native).ed25519.sign(seed, message),
    };
  }
}

export const groups: [string, Attempt[]][] = [
  ["honest and damaged", [...honestAndDamaged()]],
  ["odd nonce points", [...oddNonces()]],
  ["odd keys", [...oddKeys()]],
  ["random", [...random()]],
];
