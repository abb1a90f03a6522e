import { createHash } from "node:crypto";

// A third opinion, written from RFC 8032 with big integers and nothing else: slow, and free of any trick.
export const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

export interface Point {
  readonly X: bigint;
  readonly Y: bigint;
  readonly Z: bigint;
  readonly T: bigint;
}

const mod = (a: bigint, m = P) => ((a % m) + m) % m;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b))
    if (e & 1n) result = mod(result * b);
  return result;
}

const invert = (a: bigint) => power(a, P - 2n);
const D = mod(-121665n * invert(121666n));
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);

export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).reverse().toString("hex")}`);
}

export function bytesOf(value: bigint, length = 32): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

const affine = (x: bigint, y: bigint): Point => ({ X: mod(x), Y: mod(y), Z: 1n, T: mod(x * y) });
const ZERO = affine(0n, 1n);

export function add(a: Point, b: Point): Point {
  const A = mod((a.Y - a.X) * (b.Y - b.X));
  const B = mod((a.Y + a.X) * (b.Y + b.X));
  const C = mod(2n * D * a.T * b.T);
  const E = mod(2n * a.Z * b.Z);
  const [e, f, g, h] = [B - A, E - C, E + C, B + A];
  return { X: mod(e * f), Y: mod(g * h), Z: mod(f * g), T: mod(e * h) };
}

export function times(scalar: bigint, point: Point): Point {
  let result = ZERO;
  for (let p = point, s = scalar; s > 0n; s >>= 1n, p = add(p, p)) if (s & 1n) result = add(result, p);
  return result;
}

const same = (a: Point, b: Point) => mod(a.X * b.Z - b.X * a.Z) === 0n && mod(a.Y * b.Z - b.Y * a.Z) === 0n;

/** RFC 8032, 5.1.3. `lenient` takes y >= p and a sign bit on x = 0, as old verifiers do. */
export function decodePoint(bytes: Uint8Array, lenient = false): Point | null {
  const all = numberOf(bytes);
  const sign = all >> 255n;
  const y = all & (2n ** 255n - 1n);
  if (!lenient && y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * v ** 3n * power(u * v ** 7n, (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * SQRT_MINUS_ONE);
  if (mod(v * x * x) !== u) return null;
  if (x === 0n && sign === 1n && !lenient) return null;
  return affine((x & 1n) === sign ? x : -x, y);
}

export function encodePoint(point: Point): Uint8Array {
  const z = invert(point.Z);
  return bytesOf(mod(point.Y * z) | ((mod(point.X * z) & 1n) << 255n));
}

export const BASE = decodePoint(bytesOf(mod(4n * invert(5n)))) as Point;

/** The eight points of small order, in the order of their multiples of one point of order 8. */
export function smallOrderPoints(): Point[] {
  for (let y = 2n; ; y++) {
    const point = decodePoint(bytesOf(y));
    const torsion = point === null ? ZERO : times(L, point);
    if (!same(times(4n, torsion), ZERO))
      return Array.from({ length: 8 }, (_, i) => times(BigInt(i), torsion));
  }
}

/** Every spelling that some verifier takes for a point of small order. */
export function smallOrderEncodings(): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (const point of smallOrderPoints()) {
    const y = numberOf(encodePoint(point)) & (2n ** 255n - 1n);
    for (const spelled of [y, y + P])
      for (const sign of [0n, 1n])
        if (spelled < 2n ** 255n) found.set(`${spelled} ${sign}`, bytesOf(spelled | (sign << 255n)));
  }
  return [...found.values()];
}

export function challenge(R: Uint8Array, A: Uint8Array, message: Uint8Array): bigint {
  return numberOf(createHash("sha512").update(R).update(A).update(message).digest()) % L;
}

/** The strict rule, said with points instead of bytes. */
export function referenceVerify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const A = decodePoint(key);
  const R = decodePoint(signature.subarray(0, 32));
  const S = numberOf(signature.subarray(32));
  if (A === null || R === null || S >= L) return false;
  if (same(times(8n, A), ZERO) || !same(times(L, A), ZERO)) return false;
  const k = challenge(signature.subarray(0, 32), key, message);
  return same(times(S, BASE), add(R, times(k, A)));
}

/** What a dishonest owner of scalar `a` can make: key and nonce point are spelled as it likes. */
export function craft(
  a: bigint,
  key: Uint8Array,
  r: bigint,
  nonce: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const S = (r + challenge(nonce, key, message) * a) % L;
  return Uint8Array.from([...nonce, ...bytesOf(S)]);
}
