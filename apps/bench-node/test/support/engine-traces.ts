import { readFileSync } from "node:fs";
import { EngineReplay, RecordReader, type ReplayReport } from "@eunomia/trace";
import { nodeBodyDigest, nodeTextDigest, readEngineTrace } from "@eunomia/trace/file";
import { expect } from "vitest";
import type { LocalCluster } from "../../src/local/cluster.ts";
import { nodeEngines } from "../../src/node/replay.ts";

/** Every line of a file dropped, repeated, exchanged with the next one, and damaged in two ways: all must be refused. */
export function refuseTampering(file: string): number {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const reader = new RecordReader(nodeTextDigest);
  const isBegin = (line: string): boolean => line.startsWith('{"kind":"begin"');
  const refused = (line: string): void =>
    expect(() => reader.read(line)).toThrow(expect.objectContaining({ code: "broken-chain" }));
  let lives = 0;
  for (const [at, line] of lines.entries()) {
    // A line that is refused leaves the reader where it was. Dropped or exchanged: the next line comes here.
    const next = lines[at + 1];
    if (next !== undefined && !isBegin(next)) refused(next);
    refused(line.replace(/\d(?=[^\d]*,"chain")/, (digit) => String((Number(digit) + 1) % 10)));
    refused(line.replace('"', "'"));
    reader.read(line);
    if (isBegin(line)) lives += 1;
    else refused(line);
  }
  // Dropped ends and repeated begins leave a life without its end: that is counted.
  const cut = (kept: readonly string[]): number => {
    const other = new RecordReader(nodeTextDigest);
    for (const line of kept) other.read(line);
    other.finish();
    return other.cutLives;
  };
  const cutLives = cut(lines);
  expect(cut(lines.slice(0, -1))).toBe(cutLives + 1);
  expect(cut([lines[0]!, ...lines])).toBe(cutLives + 1);
  expect(lives).toBeGreaterThan(1);
  return lines.length;
}

/** Replays a node with acceptors that never accept: the first step in which that shows must be found. */
export async function replayWithoutAccepting(cluster: LocalCluster, id: string): Promise<ReplayReport> {
  const engineOf = nodeEngines(cluster.config, id);
  const replay = new EngineReplay({
    engineOf: (record) => {
      const engine = engineOf(record);
      if (engine?.name !== "paxos acceptor") return engine;
      return { ...engine, actions: engine.actions.filter((action) => !/accept/.test(action.name)) };
    },
    digest: nodeBodyDigest,
    textDigest: nodeTextDigest,
  });
  for await (const record of readEngineTrace(cluster.engineTraceFile(id))) if (!replay.feed(record)) break;
  return replay.report();
}
