import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Judgement, judge } from "@eunomia/trace";
import { readTrace } from "@eunomia/trace/file";

/** Judges the broadcast properties from the traces of all processes. Subscribers get no excuse for having restarted. */
export function judgeTraces(
  files: readonly string[],
  processes: readonly string[],
  subscribers: readonly string[],
): Promise<Judgement> {
  return judge(
    files.map((file) => readTrace(file)),
    {
      fifo: true,
      // A killed node loses the last lines of its trace, not of its log: where it goes on from shows what it had.
      recoverCovers: true,
      processes: [...processes, ...subscribers],
      isSubscriber: (who) => subscribers.includes(who),
    },
  );
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
