import { concat, equalBytes, sha256, utf8Encode } from "@eunomia/codec";
import type { NodeId } from "@eunomia/engine";
import type { ByzantineOracles } from "../../src/byzantine.ts";

/** Stands for a signature: who may make one is up to the test. */
export const sealOf = (signer: NodeId, domain: string, bytes: Uint8Array): Uint8Array =>
  sha256(concat(utf8Encode(`${signer}\u0000${domain}\u0000`), bytes));

/** What a process of a test is given; every value is valid but the text `bad`. */
export const sealsOf = (self: NodeId): ByzantineOracles => ({
  sign: (domain, bytes) => sealOf(self, domain, bytes),
  verify: (signer, domain, bytes, signature) => equalBytes(sealOf(signer, domain, bytes), signature),
  valid: (_slot, value) => !equalBytes(value, utf8Encode("bad")),
});
