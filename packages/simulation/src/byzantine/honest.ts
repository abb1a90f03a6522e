import type { NodeId } from "@eunomia/engine";
import type { Watch } from "../types.ts";

/** The watches, of which those that did not ask for `everybody` hear nothing that Byzantine nodes do. */
export function hearingHonest(watches: readonly Watch[], byzantine: readonly NodeId[]): readonly Watch[] {
  if (byzantine.length === 0) return watches;
  const liars = new Set(byzantine);
  return watches.map((watch) => (watch.everybody === true ? watch : deafTo(watch, liars)));
}

function deafTo(watch: Watch, liars: ReadonlySet<NodeId>): Watch {
  const { property, despiteLies = false, output, step, sent, fate, end } = watch;
  return {
    property,
    despiteLies,
    ...(output !== undefined && {
      output: (said) => (liars.has(said.node) ? null : output.call(watch, said)),
    }),
    ...(step !== undefined && { step: (took) => (liars.has(took.node) ? null : step.call(watch, took)) }),
    ...(sent !== undefined && {
      sent: (packet) => (liars.has(packet.fromNode) ? null : sent.call(watch, packet)),
    }),
    // What became of a node is no judgement, and who is Byzantine is told so too.
    ...(fate !== undefined && { fate: (what) => fate.call(watch, what) }),
    ...(end !== undefined && { end: (settled) => end.call(watch, settled) }),
  };
}
