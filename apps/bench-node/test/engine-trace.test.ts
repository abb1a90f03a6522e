import { utf8Encode } from "@eunomia/codec";
import { formatReplay } from "@eunomia/trace";
import { expect, test } from "vitest";
import { replayTrace } from "../src/node/replay.ts";
import { refuseTampering, replayWithoutAccepting } from "./support/engine-traces.ts";
import { clientOf, fourNodes, swapCommand, temporaryDirectory, until } from "./support/real-cluster.ts";

test("what the engines of real nodes did is taken again to the last step, and no line can be tampered with", {
  timeout: 120_000,
}, async () => {
  const directory = temporaryDirectory("engines");
  const cluster = await fourNodes(directory.path, { traceEngines: true });
  try {
    await cluster.startAll();
    let settled = 0;
    let sent = 0;
    const { client, link } = await clientOf(cluster, "client", {
      onSettled: ({ count }) => {
        settled += count;
      },
    });
    await client.registered();
    const some = async (count: number): Promise<void> => {
      for (let k = 0; k < count; k += 1) expect(client.send(utf8Encode(`command ${sent + k}`))).toBe(true);
      sent += count;
      await until("all commands to be answered", () => settled === sent);
    };
    await some(50);
    expect(await swapCommand(cluster, client)).toMatchObject({ kind: "effective" });
    await some(50);
    await cluster.kill("n4");
    await some(25);
    await cluster.start("n4");
    await some(25);
    await client.close();
    await link.close();
    await cluster.stopAll();

    for (const { id } of cluster.config.nodes) {
      const report = await replayTrace(cluster.config, id, cluster.engineTraceFile(id));
      console.log(`${id}: ${formatReplay(report)}`);
      // The last record was taken; only the life that was killed has no end.
      expect(report).toMatchObject(
        id === "n4"
          ? { difference: null, lives: 2, cutLives: 1 }
          : { difference: null, ok: true, lives: 1, cutLives: 0 },
      );
      expect(report.firing).toBeGreaterThan(50);
      expect(report.states).toBeGreaterThan(0);
    }
    console.log(`every corruption of ${refuseTampering(cluster.engineTraceFile("n4"))} lines was refused`);
    await expect(replayTrace(cluster.config, "n1", cluster.engineTraceFile("n2"))).rejects.toThrow(
      "expected node n1, got n2",
    );
    const wrong = await replayWithoutAccepting(cluster, "n2");
    expect(wrong.difference).toMatchObject({ engine: "paxos acceptor", part: "fired" });
  } finally {
    await cluster.stopAll();
    directory.remove();
  }
});
