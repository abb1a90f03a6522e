import type { Client, GatewayLink } from "@eunomia/aneris-client";
import { utf8Encode } from "@eunomia/codec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KvClient } from "../src/kv/client.ts";
import type { LocalCluster } from "../src/local/cluster.ts";
import { openClient } from "../src/local/participants.ts";
import { judge, KvHistory, withOldRead } from "./support/kv-history.ts";
import { clientOf, fourNodes, swapCommand, temporaryDirectory, until } from "./support/real-cluster.ts";

const directory = temporaryDirectory("reads");
const open: { readonly client: Client; readonly link: GatewayLink }[] = [];
let cluster: LocalCluster;
let controls: Client;

beforeAll(async () => {
  cluster = await fourNodes(directory.path, { application: "kv", checkpointSlots: 300, fifo: false });
  await cluster.startAll();
  controls = (await opened("controls", [])).client;
}, 60_000);

afterAll(async () => {
  for (const { client, link } of open) {
    await client.close();
    await link.close();
  }
  await cluster?.stopAll();
  directory.remove();
});

/** A client that talks to these nodes, all of them if none is named. */
async function opened(self: string, nodes: readonly string[]) {
  const { config, secrets } = cluster;
  const made =
    nodes.length === 0
      ? await clientOf(cluster, self)
      : await openClient({ config, clientSecret: secrets.clients, self, nodes });
  open.push(made);
  return made;
}

test("what was put is got, listed and deleted; a list goes on where it ended", {
  timeout: 60_000,
}, async () => {
  const kv = new KvClient((await opened("user", [])).client);
  const key = (name: string): Uint8Array => utf8Encode(`list/${name}`);
  for (const name of ["b", "a", "c"]) await kv.put(key(name), utf8Encode(name.toUpperCase()));
  const found = await kv.get(key("b"));
  expect(new TextDecoder().decode(found!.value)).toBe("B");
  const { slot } = await kv.delete(key("a"));
  expect(await kv.get(key("a"), { level: "session" })).toBe(null);
  expect(await kv.get(key("a"), { level: { slot } })).toBe(null);
  const first = await kv.list(utf8Encode("list/"), { limit: 1 });
  expect(first.more).toBe(true);
  const rest = await kv.list(utf8Encode("list/"), { after: first.pairs[0]!.key, level: { maxBehindMs: 10 } });
  expect(rest.more).toBe(false);
  expect([...first.pairs, ...rest.pairs].map((pair) => new TextDecoder().decode(pair.key))).toEqual([
    "list/b",
    "list/c",
  ]);
});

test("reads at every node are linearizable under kill -9, SIGSTOP and a swap; stale ones are as new as they say", {
  timeout: 180_000,
}, async () => {
  const history = new KvHistory();
  const end = new AbortController();
  const { signal } = end;
  const keys = ["x", "y"];
  const writers = ["writer-1", "writer-2"].map(async (who, own) => {
    const kv = new KvClient((await opened(who, [])).client);
    for (let i = own; !signal.aborted; i += 1) await history.put(who, kv, keys[i % 2]!, signal);
  });
  const readers = cluster.config.nodes.map(async ({ id }) => {
    const who = `reader-${id}`;
    const kv = new KvClient((await opened(who, [id])).client);
    for (let i = 0; !signal.aborted; i += 1) {
      const key = keys[i % 2]!;
      if (i % 4 < 3) await history.get(who, kv, key, signal);
      else await history.peek(who, kv, key, 400, signal);
    }
  });
  const goesOn = (count: number): Promise<void> => {
    const from = history.done;
    return until(`${count} more operations`, () => history.done >= from + count);
  };
  await goesOn(150);
  await cluster.kill("n1");
  await goesOn(120);
  await cluster.start("n1");
  await goesOn(120);
  const asleep = cluster.pid("n2")!;
  process.kill(asleep, "SIGSTOP");
  await goesOn(120);
  expect(await swapCommand(cluster, controls, { protocol: "paxos" })).toMatchObject({ kind: "effective" });
  await goesOn(250);
  process.kill(asleep, "SIGCONT");
  await goesOn(250);
  expect((await cluster.status("n2"))?.epoch).toBe(1);
  end.abort();
  await Promise.all([...writers, ...readers]);
  const verdict = judge(history.events);
  console.log(`${verdict.detail}; ${history.behind} stale answers had not seen everything`);
  expect(verdict.kind).toBe("ok");
  expect(history.broken).toEqual([]);
  expect(judge(withOldRead(history.events)).kind).toBe("violated");
});
