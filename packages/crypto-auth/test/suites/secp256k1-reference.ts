import { createHash } from "node:crypto";
import { number } from "./vector.ts";

/** secp256k1 with big integers and affine points, straight from SEC 2: a third opinion, slow and with nothing in common. */
export const P = 2n ** 256n - 2n ** 32n - 977n;
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
export type Point = readonly [bigint, bigint] | null;
export const G: Point = [
  0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
];

const mod = (value: bigint, modulus: bigint) => ((value % modulus) + modulus) % modulus;
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = mod(base, modulus), e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus)
    if (e & 1n) result = (result * b) % modulus;
  return result;
}
/** By Euclid. */
export function invert(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [mod(value, modulus), modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return mod(x, modulus);
}

function add(a: Point, b: Point): Point {
  if (a === null) return b;
  if (b === null) return a;
  const [[x1, y1], [x2, y2]] = [a, b];
  if (x1 === x2 && mod(y1 + y2, P) === 0n) return null;
  const slope =
    x1 === x2 ? mod(3n * x1 * x1 * invert(2n * y1, P), P) : mod((y2 - y1) * invert(mod(x2 - x1, P), P), P);
  const x = mod(slope * slope - x1 - x2, P);
  return [x, mod(slope * (x1 - x) - y1, P)];
}
export function times(scalar: bigint, point: Point): Point {
  let result: Point = null;
  for (let s = mod(scalar, N), p = point; s > 0n; s >>= 1n, p = add(p, p))
    if (s & 1n) result = add(result, p);
  return result;
}
function lift(x: bigint, odd: boolean): Point {
  if (x >= P) return null;
  const square = mod(x ** 3n + 7n, P);
  const y = power(square, (P + 1n) / 4n, P);
  if ((y * y) % P !== square) return null;
  return [x, (y & 1n) === (odd ? 1n : 0n) ? y : P - y];
}

export const digest = (message: Uint8Array) => number(createHash("sha256").update(message).digest());

/** SEC 1, 4.1.4, with low S asked for. */
export function verifyEcdsa(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 33 || (key[0] !== 2 && key[0] !== 3) || signature.length !== 64) return false;
  const Q = lift(number(key.subarray(1)), key[0] === 3);
  const [r, s] = [number(signature.subarray(0, 32)), number(signature.subarray(32))];
  if (Q === null || r === 0n || s === 0n || r >= N || s > N / 2n) return false;
  const w = invert(s, N);
  const R = add(times(digest(message) * w, G), times(r * w, Q));
  return R !== null && R[0] % N === r;
}

/** BIP-340, "Verification". */
export function verifySchnorr(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const point = lift(number(key), false);
  const [r, s] = [number(signature.subarray(0, 32)), number(signature.subarray(32))];
  if (point === null || r >= P || s >= N) return false;
  const R = add(times(s, G), times(N - challenge(signature.subarray(0, 32), key, message), point));
  return R !== null && R[1] % 2n === 0n && R[0] === r;
}
export function challenge(nonce: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  const tag = createHash("sha256").update("BIP0340/challenge").digest();
  const hash = createHash("sha256").update(tag).update(tag).update(nonce).update(key).update(message);
  return number(hash.digest()) % N;
}
