import { encode, utf8Encode } from "@eunomia/codec";
import { describe, expect, test } from "vitest";
import { controlDomain, controlSigningBytes, encodeControl, Operation } from "../src/messages.ts";
import { configOf, Life, oracles, protocol } from "./support/lab.ts";

const keyOf = (name: string): Uint8Array => utf8Encode(`the key of ${name}`);
const principals = ["a", "b", "c"].map((id) => ({ id, key: keyOf(id) }));
const sign = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  oracles.sha256(Uint8Array.of(...key, 0, ...utf8Encode(controlDomain), 0, ...bytes));

/** A control command that these sign, each as `id` or as `id with key`. */
function signedBy(n: number, operation: Operation, signers: readonly string[]): Uint8Array {
  const bytes = controlSigningBytes("test", n, 1000, encode(Operation, operation));
  return encodeControl(
    n,
    1000,
    operation,
    signers.map((signer) => {
      const [id, key = id] = signer.split(" with ");
      return { principal: id!, signature: sign(keyOf(key!), bytes) };
    }),
  );
}

const swap: Operation = { kind: "swap", protocol: protocol("paxos") };

/** What comes of a swap that these sign where two of three are asked for; and how many signatures were looked at. */
function outcome(signers: readonly string[]): { reason: string; verified: number } {
  let verified = 0;
  const counting = {
    ...oracles,
    verify: (...all: Parameters<typeof oracles.verify>) => {
      verified += 1;
      return oracles.verify(...all);
    },
  };
  const life = new Life({ controllers: { threshold: 2, principals } }, undefined, counting);
  verified = 0;
  life.submit(signedBy(1, swap, signers));
  const [refusal] = life.outputsOf("controlRejected");
  return { reason: refusal?.reason ?? "taken", verified };
}

describe("k of m control principals", () => {
  test.each<[string, string[], string]>([
    ["two of three", ["a", "c"], "taken"],
    ["all three", ["a", "b", "c"], "taken"],
    ["one", ["a"], "signatures: expected 2 of the control principals"],
    ["one of them twice", ["a", "a"], "signatures: a principal signs once"],
    ["one under two names", ["a", "b with a"], "signatures: expected 2 of the control principals"],
    ["one and a stranger", ["a", "z"], "signatures: expected 2 of the control principals"],
    ["nobody", [], "signatures: expected 2 of the control principals"],
  ])("%s", (_what, signers, reason) => {
    expect(outcome(signers).reason).toBe(reason);
  });

  test("a long list of signatures costs no verification per entry of the list", () => {
    expect(outcome(Array(1000).fill("a with z")).verified).toBe(0);
    expect(outcome([...Array(500).keys()].map((i) => `z${i}`)).verified).toBe(0);
    expect(outcome(["a with z", "b with z", "c with z"]).verified).toBe(3);
  });

  test("a key under two names is refused, in the configuration and in the order", () => {
    const twice = { threshold: 2, principals: [principals[0]!, { id: "b", key: keyOf("a") }] };
    expect(() => new Life({ controllers: twice })).toThrow("a key is listed twice");
    const life = new Life({ controllers: { threshold: 2, principals } });
    life.submit(signedBy(1, { kind: "keys", controllers: twice }, ["a", "b"]));
    expect(life.outputsOf("controlRejected")).toMatchObject([
      { n: 1, reason: "controllers: a key is listed twice" },
    ]);
    life.decided(1, [signedBy(1, { kind: "keys", controllers: twice }, ["a", "b"])]);
    expect(life.state).toMatchObject({
      nextControl: 1,
      controllers: configOf({ controllers: { threshold: 2, principals } }).controllers,
    });
  });

  test("new principals count from the next command on, and those they replace no longer", () => {
    const life = new Life({ controllers: { threshold: 2, principals }, controlGap: 1 });
    const next = { threshold: 1, principals: [{ id: "d", key: keyOf("d") }] };
    life.submit(signedBy(1, { kind: "keys", controllers: next }, ["b", "c"]));
    life.decideAll();
    life.submit(signedBy(2, swap, ["a", "b"]));
    expect(life.outputsOf("controlRejected")).toMatchObject([{ n: 2 }]);
    life.submit(signedBy(2, swap, ["d"]));
    life.decideAll();
    expect(life.state.epochs.at(-1)).toMatchObject({ id: 1, protocol: { name: "paxos" } });
  });
});
