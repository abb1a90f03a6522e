import {
  encodeCommand,
  encodeControl,
  encodeRegistration,
  joinBatch,
  Operation,
  readBatch,
} from "@eunomia/aneris-switch/messages";
import { concat, generate, type Source, Writer } from "@eunomia/codec";
import { hmacAuthenticator, plainAuthenticator } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { type Authenticator, openFrame, packetHeader } from "@eunomia/engine";
import type { FuzzTarget } from "./target.ts";

const short = (source: Source, most: number): Uint8Array =>
  Uint8Array.from({ length: source.next() % (most + 1) }, () => source.next() >>> 24);
const number = (source: Source): number => source.next() >>> (source.next() % 32);

/** Believes every packet: what is fuzzed is the frame inside. */
const believing: Authenticator = {
  self: "a",
  seal: (_audience, bytes) => (bytes instanceof Uint8Array ? bytes : concat(...bytes)),
  open: (bytes) => ({ ok: true, from: "b", bytes, convinces: "receiver" }),
};

/** Packets that lie end to end, as one node sends them to another. */
const frame: FuzzTarget = {
  name: "engine/frame",
  valid(source, size) {
    const packets = Array.from({ length: source.next() % (size + 1) }, () => {
      const body = short(source, 24);
      return [packetHeader("a/acceptor", "b/leader", String(number(source)), body.length), body];
    });
    return concat(...packets.flat());
  },
  read(input) {
    let refused: string | null = null;
    const packets = openFrame(
      believing,
      () => "b",
      "b",
      input,
      (reason) => {
        refused = reason;
      },
    );
    if (refused !== null) return refused;
    return concat(
      ...packets.flatMap(({ to, from, instance, body }) => [
        packetHeader(to, from, instance, body.length),
        body,
      ]),
    );
  },
};

/** One entry laid out again from what was read of it. */
function entryBytes(batch: Uint8Array, entry: NonNullable<ReturnType<typeof readBatch>>[number]): Uint8Array {
  if (entry.kind === "command")
    return encodeCommand(entry.client, entry.seq, entry.ack, batch.subarray(entry.bodyStart, entry.end));
  if (entry.kind === "register") return encodeRegistration(entry.nonce, entry.owner);
  const writer = new Writer(256);
  writer.arrayHeader(5);
  writer.uint(1);
  writer.uint(entry.n);
  writer.uint(entry.notAfter);
  writer.bytes(entry.operation);
  writer.arrayHeader(entry.signatures.length);
  for (const { principal, signature } of entry.signatures) {
    writer.arrayHeader(2);
    writer.text(principal);
    writer.bytes(signature);
  }
  return writer.finish();
}

/** What clients submit and slots hold: commands, control commands and registrations. */
const batch: FuzzTarget = {
  name: "aneris/batch",
  valid(source, size) {
    const entries = Array.from({ length: source.next() % (size + 1) }, () => {
      const kind = source.next() % 3;
      if (kind === 0) return encodeCommand(number(source), number(source), number(source), short(source, 40));
      if (kind === 1) return encodeRegistration(short(source, 32));
      const signatures = Array.from({ length: source.next() % 3 }, () => ({
        principal: `p${source.next() % 4}`,
        signature: short(source, 64),
      }));
      return encodeControl(number(source), number(source), generate(Operation, source, 2), signatures);
    });
    return joinBatch(entries);
  },
  read(input) {
    const entries = readBatch(input);
    if (entries === null) return "no batch";
    return joinBatch(entries.map((entry) => entryBytes(input, entry)));
  },
};

/** Sealed packets: nothing but what the sender sealed may be accepted, and it opens to what was sealed. */
function sealed(name: string, cost: number, pair: readonly [Authenticator, Authenticator]): FuzzTarget {
  const [sender, receiver] = pair;
  return {
    name,
    cost,
    valid: (source) => sender.seal(receiver.self, short(source, 64)),
    read(input) {
      const opened = receiver.open(input);
      return opened.ok ? sender.seal(receiver.self, opened.bytes) : opened.reason;
    },
  };
}

function authenticators(): readonly FuzzTarget[] {
  const peers = ["a", "b"];
  const keys = { kind: "cluster", secret: new Uint8Array(32).fill(7), peers } as const;
  const plain = (self: string) => plainAuthenticator({ self, cluster: "fuzz", peers });
  const hmac = (self: string) => hmacAuthenticator({ self, cluster: "fuzz", keys, provider: native });
  return [sealed("auth/plain", 1, [plain("a"), plain("b")]), sealed("auth/hmac", 16, [hmac("a"), hmac("b")])];
}

/** Readers that are laid out by hand, without a schema. */
export function readerTargets(): readonly FuzzTarget[] {
  return [frame, batch, ...authenticators()];
}
