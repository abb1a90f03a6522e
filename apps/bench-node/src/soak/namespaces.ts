import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import type { NodeAddress } from "../node/config.ts";

const run = promisify(execFile);
const ip = (...args: readonly string[]): Promise<unknown> => run("ip", [...args]);

/** Set in a process that stands in namespaces of its own. */
const inside = "EUNOMIA_SOAK_NAMESPACES";

/** Whether this process has a network and mounts of its own, and may do with them as it likes. */
export const inNamespaces = (): boolean => process.env[inside] === "1";

/** A network and mounts that end with the process; as somebody who is not root, users of its own as well. */
const unshared = [...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]), "--mount", "--net"];

/** Tries all that will be needed, in namespaces that end at once. */
const trial = [
  "mount -t tmpfs tmpfs /run",
  "mkdir /run/netns",
  "ip link add soak0 type bridge",
  "ip netns add trial",
  "ip link add soak1 type veth peer name eth0 netns trial",
].join(" && ");

/**
 * Runs this program once more, in namespaces of its own, and answers how it ended; else why that cannot be. What it makes there
 * goes away with it.
 */
export async function againInNamespaces(): Promise<{ readonly exit: number } | { readonly not: string }> {
  if (process.platform !== "linux") return { not: `no namespaces on ${process.platform}` };
  const tried = spawnSync("unshare", [...unshared, "sh", "-c", trial], { encoding: "utf8" });
  if (tried.status !== 0) {
    const said = tried.error?.message ?? tried.stderr.trim();
    return { not: `this machine does not allow it: ${said.split("\n").at(-1)}` };
  }
  const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn("unshare", [...unshared, ...self], {
    stdio: "inherit",
    env: { ...process.env, [inside]: "1" },
  });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGTERM", pass).on("SIGINT", pass);
  const [code] = (await once(child, "exit")) as [number | null];
  process.off("SIGTERM", pass).off("SIGINT", pass);
  return { exit: code ?? 130 };
}

const subnet = "10.87.0";
/** Nobody's hardware address: what is sent there arrives nowhere, and nobody is told. */
const nowhere = "02:00:00:00:00:01";
const port = 7700;

/** A network in this process's namespace: a bridge, and each node behind a cable of its own. */
export class NamespaceNetwork {
  readonly places: readonly NodeAddress[];
  readonly #cuts: (readonly [from: string, to: string])[] = [];

  private constructor(places: readonly NodeAddress[]) {
    this.places = places;
  }

  /** @throws what `ip` and `mount` say. */
  static async open(ids: readonly string[]): Promise<NamespaceNetwork> {
    await run("mount", ["-t", "tmpfs", "tmpfs", "/run"]);
    await run("mkdir", ["/run/netns"]);
    await ip("link", "set", "lo", "up");
    await ip("link", "add", "soak", "type", "bridge");
    await ip("addr", "add", `${subnet}.254/24`, "dev", "soak");
    await ip("link", "set", "soak", "up");
    const places = ids.map((id, i) => ({ id, host: `${subnet}.${i + 1}`, port }));
    for (const { id, host } of places) {
      await ip("netns", "add", id);
      await ip("link", "add", `soak-${id}`, "type", "veth", "peer", "name", "eth0", "netns", id);
      await ip("link", "set", `soak-${id}`, "master", "soak", "up");
      await ip("-n", id, "addr", "add", `${host}/24`, "dev", "eth0");
      await ip("-n", id, "link", "set", "eth0", "up");
      await ip("-n", id, "link", "set", "lo", "up");
    }
    return new NamespaceNetwork(places);
  }

  /** The command that runs something at the node. */
  readonly within = (id: string): readonly string[] => ["ip", "netns", "exec", id];

  /** What one sends to the other is lost, packet by packet. */
  async cut(from: string, to: string): Promise<void> {
    const { host } = this.places.find(({ id }) => id === to)!;
    await ip("-n", from, "neigh", "replace", host, "lladdr", nowhere, "nud", "permanent", "dev", "eth0");
    this.#cuts.push([from, host]);
  }

  async heal(): Promise<void> {
    for (const [from, host] of this.#cuts.splice(0))
      await ip("-n", from, "neigh", "del", host, "dev", "eth0");
  }
}

/** A disk of its own for a folder, in memory, so many bytes large. @throws what `mount` says. */
export async function mountSmallDisk(folder: string, sizeBytes: number): Promise<void> {
  await run("mkdir", ["-p", folder]);
  await run("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", folder]);
}
