import { join } from "node:path";
import { utf8Encode } from "@eunomia/codec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClusterFolder } from "../src/cli/layout.ts";
import { openClient } from "../src/local/participants.ts";
import { freePorts } from "../src/local/ports.ts";
import type { NodeAddress } from "../src/node/config.ts";
import { membershipOf } from "../src/node/members.ts";
import { signControl } from "../src/security/signers.ts";
import { until } from "./support/real-cluster.ts";
import { Shell } from "./support/shell.ts";

let shell: Shell;
let folder: ClusterFolder;
const at = (id: string): string => join("c", "nodes", id);

beforeAll(async () => {
  shell = await Shell.open("joined");
  await shell.run("init", "--local", "3", "--checkpoint-slots", "5", "c");
  folder = new ClusterFolder(join(shell.path, "c"));
  await Promise.all(["n1", "n2", "n3"].map((id) => shell.start(at(id))));
}, 90_000);
afterAll(() => shell.close());

/** Has the order decide on other members, signed with the keys that lie in the folder; answers the slot. */
async function reconfigure(nodes: readonly NodeAddress[]): Promise<number | null> {
  const { config } = folder;
  const { tls, name } = folder.client();
  const { client, link } = await openClient({
    config,
    clientSecret: tls,
    self: `${name}/op`,
    nodes: ["n2", "n3"],
  });
  for (let i = 0; i < 20; i += 1) await client.broadcast(utf8Encode(`${i}`));
  const { nextControl, delivered } = await client.status();
  const notAfter = delivered + 1000;
  const protocol = { name: "paxos", params: new Uint8Array() };
  const operation = { kind: "reconfigure", protocol, membership: membershipOf(nodes, 1) } as const;
  const signatures = signControl(folder.controllers(), config.cluster, nextControl, notAfter, operation);
  const outcome = await client.submitControl(
    nextControl,
    notAfter,
    operation,
    signatures,
    AbortSignal.timeout(30_000),
  );
  await client.close();
  await link.close();
  return outcome.kind === "effective" ? outcome.slot : null;
}

test("a node that was prepared joins in the place of another one, which learns that it is out", {
  timeout: 120_000,
}, async () => {
  const [port] = await freePorts(1);
  const joined = await shell.run("join", `n4=127.0.0.1:${port}`, "--observe", "1", "--in", "c");
  // All answer, so it learns from those that are members now.
  expect({ code: joined.code, stderr: joined.stderr }).toEqual({ code: 0, stderr: "" });
  await shell.start(at("n4"));
  const seen = async () => {
    const answer = await fetch(`http://127.0.0.1:${port! + 1}/status.json`);
    return (await answer.json()) as Awaited<ReturnType<Shell["look"]>>;
  };
  expect((await seen()).unready).toContain("no member yet");
  const others = folder.config.nodes.filter(({ id }) => id !== "n1");
  expect(await reconfigure([...others, { id: "n4", host: "127.0.0.1", port: port! }])).toBeGreaterThan(0);
  await until("n4 to be ready", async () => (await seen()).unready.length === 0);
  await until(
    "n4 to have everything",
    async () => (await seen()).delivered >= (await shell.look("c", "n2")).delivered,
  );
  const look = await seen();
  expect(look.members.map(({ id }) => id).sort()).toEqual(["n2", "n3", "n4"]);
  expect(look.retired).toEqual(["n1"]);
  expect((await shell.look("c", "n2")).controls[0]).toMatchObject({
    n: 1,
    what: "members n2, n3, n4, 1 may be down, paxos",
  });
  await until("n1 to know", async () =>
    (await shell.look("c", "n1")).unready.some((why) => why.startsWith("removed")),
  );
  expect(shell.log(at("n1"))).toContain("its name is never used again");

  await shell.stop(at("n1"));
  const doctor = await shell.run("doctor", "c");
  expect(doctor.stdout).toMatch(/ok +peer n4 +127/);
  // One that left is nobody's trouble.
  expect(doctor.stdout).not.toContain("peer n1");

  for (const name of ["n1", "n4"]) {
    const { code, stderr } = await shell.run("join", `${name}=127.0.0.1:1`, "--in", "c");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("expected a name that no node"),
    });
  }
});
