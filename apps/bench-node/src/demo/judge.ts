import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { broadcastMonitors, mergeTraces, readTrace, verdicts } from "@eunomia/trace";

export interface PropertyVerdict {
  readonly property: string;
  readonly kind: "ok" | "violated" | "pending";
  readonly detail?: string;
}

/** Judges the broadcast properties from the traces of all processes. `subscribers` get no excuse for having restarted. */
export async function judgeTraces(
  files: readonly string[],
  processes: readonly string[],
  subscribers: readonly string[],
): Promise<PropertyVerdict[]> {
  const monitors = broadcastMonitors({
    fifo: true,
    // A killed node loses the last lines of its trace, not of its log: where it goes on from shows what it had.
    recoverCovers: true,
    processes: [...processes, ...subscribers],
    isSubscriber: (who) => subscribers.includes(who),
  });
  for await (const event of mergeTraces(files.map(readTrace)))
    for (const monitor of monitors) monitor.feed(event);
  return verdicts(monitors, true).map(({ property, kind, detail }) => ({
    property,
    kind,
    ...(detail !== undefined && { detail }),
  }));
}

export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

export async function digestOf(file: string): Promise<FileDigest> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}
