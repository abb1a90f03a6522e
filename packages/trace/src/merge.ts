import type { TraceEvent } from "./event.ts";

/** Merges sources by `at`, keeping the order of each: the earliest head comes first, ties by the order of the sources. */
export async function* mergeTraces(
  sources: readonly AsyncIterable<TraceEvent>[],
): AsyncGenerator<TraceEvent> {
  const heads: { readonly source: AsyncIterator<TraceEvent>; event: TraceEvent }[] = [];
  for (const one of sources) {
    const source = one[Symbol.asyncIterator]();
    const first = await source.next();
    if (first.done !== true) heads.push({ source, event: first.value });
  }
  try {
    while (heads.length > 0) {
      let least = 0;
      for (let at = 1; at < heads.length; at += 1)
        if (heads[at]!.event.at < heads[least]!.event.at) least = at;
      const head = heads[least]!;
      yield head.event;
      const next = await head.source.next();
      if (next.done === true) heads.splice(least, 1);
      else head.event = next.value;
    }
  } finally {
    // Whoever stops early, or meets a damaged file, leaves no other file open.
    for (const { source } of heads) await source.return?.();
  }
}
