import type { LocalCluster } from "../local/cluster.ts";
import type { NodeAddress } from "../node/config.ts";

/** So long the cluster may take to be whole again when a trouble is over: a crowded machine takes long to start a process. */
export const patienceMs = 180_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The last slots that nodes have delivered; -1 for one that does not say. */
async function slotsOf(cluster: LocalCluster, members: readonly NodeAddress[]): Promise<number[]> {
  const statuses = await Promise.all(members.map(({ id }) => cluster.status(id)));
  return statuses.map((status) => status?.delivered ?? -1);
}

/**
 * Waits until every member has come beyond where anybody was, and clients are answered. A member that is down is started.
 *
 * @param after The trouble that is over.
 * @throws Error when it takes too long.
 */
export async function wholeAgain(
  cluster: LocalCluster,
  members: readonly NodeAddress[],
  after: string,
  answered: () => boolean,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let level: number | null = null;
  for (;;) {
    for (const { id } of members) if (cluster.pid(id) === undefined) await cluster.start(id);
    const slots = await slotsOf(cluster, members);
    level ??= Math.max(...slots);
    const beyond = level;
    if (slots.every((slot) => slot > beyond) && answered()) return;
    if (performance.now() > deadline)
      throw new Error(
        `${patienceMs / 1000} s after "${after}" the members stand at slots ${slots.join(", ")}, and had to come beyond ${beyond}`,
      );
    await pause(25);
  }
}

/** Waits until all members and the subscriber stand at the same slot. @throws Error when it takes too long */
export async function levelAtEnd(
  cluster: LocalCluster,
  members: readonly NodeAddress[],
  subscriber: () => number,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const slots = [...(await slotsOf(cluster, members)), subscriber()];
    if (new Set(slots).size === 1) return;
    if (performance.now() > deadline)
      throw new Error(`at the end members and subscriber stand at slots ${slots.join(", ")}`);
    await pause(50);
  }
}
