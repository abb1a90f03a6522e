const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
/** What a right checksum leaves over: bech32 (BIP 173) and bech32m (BIP 350). */
const constants = [1, 0x2bc830a3];
const checksumLength = 6;

/** The parts of an address. `data` is in its letters, without the checksum: equal accounts on two chains have equal data. */
export interface Bech32 {
  readonly prefix: string;
  readonly data: string;
}

/** Reads a bech32 or bech32m text of any length; null if it is none or its checksum is wrong. */
export function readBech32(text: string): Bech32 | null {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return null;
  const one = lower.lastIndexOf("1");
  const prefix = lower.slice(0, Math.max(one, 0));
  const values = [...lower.slice(one + 1)].map((letter) => letters.indexOf(letter));
  if (!/^[!-~]+$/.test(prefix) || values.length < checksumLength || values.includes(-1)) return null;
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  const checked = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values];
  return constants.includes(remainder(checked))
    ? { prefix, data: lower.slice(one + 1, -checksumLength) }
    : null;
}

/** The remainder of the BCH code over 32 letters. */
function remainder(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    generators.forEach((generator, bit) => {
      if (((top >> bit) & 1) === 1) sum ^= generator;
    });
  }
  return sum;
}
