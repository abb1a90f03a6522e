import { utf8Encode } from "@eunomia/codec";
import type { NodeId, Transport } from "@eunomia/engine";
import { decodeBundle, encodeBundle } from "@eunomia/statement-pool";
import { describe, expect, test } from "vitest";
import { heteroPaxos, hmac, paxos, publicKeyOf, seedOf } from "../src/compare/subjects.ts";
import { driven } from "../src/compare/throughput.ts";
import { World } from "../src/compare/world.ts";
import { audit } from "../src/deploy/audit.ts";
import { compareDeployments, compareNodes, delaysOf } from "../src/deploy/compare.ts";
import { DeploymentError, deployedFor } from "../src/deploy/decide.ts";
import { deploymentTexts } from "../src/deploy/examples.ts";
import { nodeProgram } from "../src/deploy/statements.ts";
import { principalOfName, signatureVoice } from "../src/deploy/voice.ts";
import { deployedNodes, keptBy } from "../src/deploy/world-nodes.ts";
import { twoFaced } from "../src/multichain/traitor.ts";

const { lan, wan, auditable } = deploymentTexts;
const deployed = (text: string) => deployedFor(text, compareNodes);
const shape = { batchBytes: 2048, window: 2, slots: 8 };
const publicKeys = new Map(compareNodes.map((node) => [node, publicKeyOf(node)]));

describe("a deployment decides", () => {
  test("what comes with the program", () => {
    expect(deployed(lan)).toMatchObject({
      nodes: "HMAC-SHA256",
      clients: "HMAC-SHA256",
      asStatements: false,
    });
    expect(deployed(lan).route("n1", "n5")).toBeNull();
    expect(deployed(wan)).toMatchObject({ nodes: "HMAC-SHA256", auditors: [], asStatements: true });
    expect(deployed(wan).route("n1", "n2")).toBeNull();
    expect(deployed(wan).route("n2", "n5")).toEqual({
      stages: [
        { kind: "optimistic", relays: [["n4"]], withinMs: 300 },
        { kind: "direct", withinMs: 0 },
      ],
      final: false,
    });
    expect(deployed(auditable)).toMatchObject({
      nodes: "Ed25519",
      auditors: ["auditor"],
      asStatements: true,
    });
  });

  test.each([
    ["MACs for an auditor", auditable.replace("  NODES -> AUDITOR on Protocol : Ed25519;\n", ""), "N301"],
    ["TLS behind a relay", wan.replace("* -> * : HMAC-SHA256", "* -> * : TLS13"), "A203"],
    ["a relay that must not fail", wan.replace(" WITHIN 300ms; DIRECT;", " FINAL;"), "D402"],
    ["nothing that authenticates", lan.replace("* -> * : HMAC-SHA256;", ""), "A201"],
    [
      "MACs under control commands",
      lan
        .replace(" on Control : Ed25519", " on Reply : Ed25519")
        .replace("operator : ed25519", "operator : mac"),
      "N301",
    ],
    ["no deployment", "[Principals] n1", "E101"],
    ["strangers", lan.replaceAll("CLIENTS", "PEOPLE"), "E102"],
  ])("the check refuses %s", (_name, text, code) => {
    const error = refusalOf(text);
    expect(error.report?.diagnostics.map((one) => one.code)).toContain(code);
    expect(error.message).toContain(code);
  });

  test.each([
    [
      "another key",
      auditable
        .replace("on Protocol : Ed25519", "on Protocol : RSA-PSS")
        .replaceAll("mac, ed25519", "mac, ed25519, rsa"),
      "Ed25519 key",
    ],
    [
      "gossip",
      lan.replace("* -> * : DIRECT", "* -> * on Protocol : GOSSIP(2)"),
      "expected DIRECT or OPTIMISTIC",
    ],
    [
      "to negotiate",
      lan
        .replace("* -> * : HMAC-SHA256", "* -> * : HMAC-SHA256 | Ed25519")
        .replace("clients : mac", "clients : mac, ed25519")
        .replace("operator : ed25519", "operator : mac, ed25519"),
      "negotiates nothing",
    ],
    ["a relay outside", wan.replace("OPTIMISTIC(n4)", "OPTIMISTIC(clients)"), "relays among the nodes"],
    [
      "control commands by other signatures",
      lan
        .replace(" on Control : Ed25519", " on Control : RSA-PSS")
        .replace("operator : ed25519", "operator : rsa"),
      "control commands are signed",
    ],
  ])("a node refuses %s, and says why", (_name, text, words) => {
    const error = refusalOf(text);
    expect([error.report, error.message]).toEqual([null, expect.stringContaining(words)]);
  });

  test("other nodes than those of the cluster", () => {
    expect(() => deployedFor(lan, ["n1", "n2"])).toThrow("NODES expected the nodes of the cluster, n1, n2");
  });
});

function refusalOf(text: string): DeploymentError {
  try {
    deployed(text);
  } catch (error) {
    if (error instanceof DeploymentError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

describe("one spec under three deployments", () => {
  test.each(["paxos", "two-thirds", "hetero-paxos"] as const)("%s", (protocol) => {
    const [room, signed, straight, relayed] = compareDeployments({
      protocol,
      deployments: deploymentTexts,
      shape: { ...shape, batchBytes: 8192 },
      farMs: 20,
      repeats: 1,
    });
    expect(room).toMatchObject({ farBytes: 0, ratios: { bytes: 1, cpu: 1, latency: 1 }, audited: null });
    expect(signed!.audited).toMatchObject({ guilty: 0, missing: 0 });
    expect(signed!.audited!.statements).toBeGreaterThan(shape.slots);
    expect(signed!.latencyMs).toBe(room!.latencyMs);
    // What a relay is for.
    expect(relayed!.farBytes).toBeLessThan(0.75 * straight!.farBytes);
    expect(relayed!.latencyMs).toBeLessThan(straight!.latencyMs + 10);
  });
});

/** A node that is switched off: whatever it hears or says comes to nothing. */
const off = ({ transport }: { readonly transport: Transport }) => {
  transport.listen(() => {});
  const silent = { ...transport, send: () => true, listen: () => {} };
  const wire = { send: () => true, listen: () => {} };
  return { transport: silent, authenticator: hmac("n4", compareNodes), wire };
};

describe("no safety and no life hangs on a relay", () => {
  const warmUp = { ms: 2000, slots: 2 };
  const far = delaysOf("sites", 20);
  const without = (text: string) => {
    const { nodes } = deployedNodes(paxos(6), deployed(text));
    const alive = nodes.map((node) => (node.id === "n4" ? { ...node, line: off } : node));
    return driven(alive, shape, warmUp, far);
  };

  test("a dead one only delays", () => {
    const quick = driven(deployedNodes(paxos(6), deployed(wan)).nodes, shape, warmUp, far);
    const slow = without(wan);
    expect(quick.delays).toBeLessThan(100);
    expect(slow.delays).toBeGreaterThanOrEqual(300);
  });

  test("one that is believed in blindly stops all: this deployment says that it never fails", () => {
    const blind = wan
      .replaceAll(" WITHIN 300ms; DIRECT;", " FINAL;")
      .replace("[Authentication]", "[Faults] n1 : crash <= 0; n4 : crash <= 0; [Authentication]");
    expect(() => without(blind)).toThrow("nothing came of");
  });
});

/** What the nodes keep while they decide, one of them perhaps with two faces. */
function keptOf(liar: NodeId | null): Map<NodeId, readonly Uint8Array[]> {
  const { nodes, evidence, refusals } = deployedNodes(heteroPaxos(6), deployed(auditable));
  const step = twoFaced({
    voter: `${liar}/member`,
    deceived: (process) => ["n5/member", "n6/member"].includes(process),
    liesIn: (slot) => slot % 4 === 0,
    rivalOf: (value) => utf8Encode(`not ${value.length} bytes`),
  });
  const decided = new Set<number>();
  const world = new World(
    nodes.map((node) => (node.id === liar ? { ...node, step } : node)),
    (_process, { kind, slot }) => kind === "decided" && decided.add(slot!),
  );
  for (let slot = 1; slot <= 8; slot += 1) {
    world.command("n1/member", { kind: "propose", slot, value: utf8Encode(`value ${slot}`) });
    for (let i = 0; i < 20; i += 1) world.tick();
  }
  world.stop();
  expect([...refusals()]).toEqual([]);
  expect(decided.size).toBeGreaterThanOrEqual(6);
  return new Map([...evidence].map(([node, journal]) => [node, keptBy(journal)]));
}

describe("an auditor looks at what was kept", () => {
  const honest = keptOf(null);

  test("nobody is accused where nobody lied, and nothing is missing", () => {
    const report = audit("auditor", publicKeys, honest);
    expect(report).toMatchObject({ guilty: [], missing: new Map(), refused: new Map() });
    expect([...report.said.keys()].sort()).toEqual(compareNodes);
  });

  test("a node with two faces is convicted by what the others hold, and nobody else", () => {
    const kept = keptOf("n3");
    // Not even its own log is needed.
    kept.delete("n3");
    const { guilty } = audit("auditor", publicKeys, kept);
    expect(new Set(guilty.map(({ node }) => node))).toEqual(new Set(["n3"]));
    expect(guilty[0]).toMatchObject({ type: "Speech" });
    expect(guilty[0]!.heldBy.length).toBeGreaterThan(1);
  });

  test("what is not there is told, what was changed is no evidence, and frames nobody", () => {
    const own = honest.get("n1")!;
    const said = own.filter((bytes) => {
      const { issuer, content } = decodeBundle(bytes).core;
      return content.type === "Said" && content.body[0] === 2 && issuer === decodeBundle(own[0]!).core.issuer;
    });
    const hidden = new Map(
      [...honest].map(([node, all]) => [
        node,
        all.filter((bytes) => !said.some((one) => Buffer.compare(one, bytes) === 0)),
      ]),
    );
    const author = [...audit("auditor", publicKeys, hidden).missing];
    expect(author).toEqual([[expect.any(String), [2]]]);
    const { core, evidence } = decodeBundle(own[0]!);
    const forged = encodeBundle({
      core: {
        ...core,
        content: { ...core.content, body: [...core.content.body.slice(0, -1), new Uint8Array(3)] },
      },
      evidence,
    });
    const report = audit("auditor", publicKeys, new Map([["n2", [own[0]!, forged, own[0]!.subarray(1)]]]));
    expect([report.guilty, [...report.refused.keys()].sort()]).toEqual([
      [],
      ["n2: MALFORMED", "n2: not convincing"],
    ]);
  });

  test("a node that lost its log and went on says two things under one number", () => {
    const voice = signatureVoice({ self: "n1", nodes: compareNodes }, seedOf("n1"), publicKeyOf);
    const say = (letters: number) =>
      encodeBundle(
        voice.say(
          {
            type: "Said",
            ctx: { manifest: nodeProgram.manifest, epoch: 0, instance: new Uint8Array() },
            body: [1, new Uint8Array(letters)],
          },
          ["n2"],
          [principalOfName("auditor")],
        )!,
      );
    const { guilty } = audit("auditor", publicKeys, new Map([["n2", [say(1), say(2)]]]));
    expect(guilty).toMatchObject([{ node: "n1", type: "Said", heldBy: ["n2"] }]);
  });
});
