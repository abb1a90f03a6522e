import type { ClusterNode } from "../node/config.ts";
import type { NodeLook } from "../observe/look.ts";
import { printed } from "./addresses.ts";
import { CliError } from "./exits.ts";

/** What a node said of itself, or why nothing came. */
export type Looked =
  | { readonly node: ClusterNode; readonly look: NodeLook; readonly tookMs: number }
  | { readonly node: ClusterNode; readonly look: null; readonly reason: string };

/** How long a node may take to say how it is, milliseconds. */
export const lookMs = 2000;

/** Anybody may listen where a node did once. */
const isLook = (answer: unknown): answer is NodeLook => {
  const { node, cluster, members, unready } = (answer ?? {}) as Partial<NodeLook>;
  return (
    typeof node === "string" &&
    typeof cluster === "string" &&
    Array.isArray(members) &&
    Array.isArray(unready)
  );
};

/**
 * Asks one node how it is.
 *
 * @throws CliError `unreachable`.
 */
export async function lookAt(
  place: { readonly host: string; readonly port: number },
  timeoutMs = lookMs,
): Promise<NodeLook> {
  const url = `http://${printed(place)}/status.json`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const look: unknown = await answer.json();
    if (isLook(look)) return look;
    throw new SyntaxError();
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    const got =
      (error as Error).name === "TimeoutError"
        ? `no answer within ${timeoutMs / 1000} s`
        : error instanceof SyntaxError
          ? "something else: another program listens there"
          : (code ?? message);
    throw new CliError("unreachable", `${url}: expected the status of a node, got ${got}`);
  }
}

/** Asks all of these nodes at once. */
export const lookAtAll = (nodes: readonly ClusterNode[], timeoutMs = lookMs): Promise<Looked[]> =>
  Promise.all(
    nodes.map(async (node): Promise<Looked> => {
      if (node.observe === undefined)
        return { node, look: null, reason: "the configuration does not say where it serves its status" };
      const began = performance.now();
      try {
        const look = await lookAt(node.observe, timeoutMs);
        return { node, look, tookMs: performance.now() - began };
      } catch (error) {
        return { node, look: null, reason: (error as Error).message };
      }
    }),
  );

/** The node that has come farthest, of those that answered and are of this cluster; null: none. */
export function farthest(looks: readonly Looked[], cluster: string): NodeLook | null {
  let best: NodeLook | null = null;
  for (const { look } of looks)
    if (look !== null && look.cluster === cluster && look.delivered >= (best?.delivered ?? -1)) best = look;
  return best;
}
