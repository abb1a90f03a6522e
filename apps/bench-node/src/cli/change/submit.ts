import type { Operation } from "@eunomia/aneris-switch/messages";
import type { Keys } from "@eunomia/crypto-auth";
import type { ClusterConfig } from "../../node/config.ts";
import { describedOperation } from "../../node/operations.ts";
import { signControl } from "../../security/signers.ts";
import { type ClientFlags, type Connection, settled } from "../connect.ts";
import { CliError, exits } from "../exits.ts";
import { farthest, lookAtAll } from "../looks.ts";
import type { Standing } from "./plan.ts";

const pauseMs = 100;

/** How the cluster stands, as its nodes say. @throws CliError `unreachable`. */
export function standingOf({ look }: Pick<Connection, "look">): Standing & { readonly epoch: number } {
  if (look === null)
    throw new CliError(
      "unreachable",
      "no node says who its members are: start the nodes, and let them serve their status (`observe` in cluster.json)",
    );
  return look;
}

/**
 * The keys with which a change is signed.
 *
 * @throws CliError `too-few-signatures`, `key-used-twice`, `no-controller`: nothing was handed in.
 */
export function signersOf({ folder }: Pick<Connection, "folder">, wanted?: readonly string[]): Keys[] {
  const signing = wanted ?? folder.controllerNames();
  const keys = folder.controllers(signing);
  for (const [at, { principal }] of keys.entries()) {
    const first = keys.findIndex((other) => other.principal === principal);
    if (first === at) continue;
    const files = [...new Set([signing[first], signing[at]])].join(" and ");
    throw new CliError(
      "key-used-twice",
      `--sign expected the keys of different principals, got the key of ${files} twice: it counts once, so another principal must sign`,
    );
  }
  const { threshold } = folder.config.controllers;
  if (keys.length < threshold)
    throw new CliError(
      "too-few-signatures",
      `expected the keys of ${threshold} principals in ${folder.root}/controllers, got ${keys.length}: a change needs that many signatures`,
    );
  return keys;
}

/** A change that stands in the order: its number, and the slot. */
export interface Taken {
  readonly n: number;
  readonly slot: number;
}

/**
 * A number that is not the next one any more was used by another change, or by this very one, whose answer was lost: its slot then.
 */
async function wasOurs(to: Connection, n: number, operation: Operation): Promise<number | null> {
  const look = farthest(await lookAtAll(to.folder.knownNodes()), to.folder.config.cluster);
  const mine = look?.controls.find(
    (control) => control.n === n && control.what === describedOperation(operation),
  );
  return mine?.slot ?? null;
}

/**
 * Signs a change with the next number and hands it in.
 *
 * @throws CliError `refused`, with the reason of the cluster; `unreachable`; `unknown`.
 */
export async function submit(
  to: Connection,
  given: ClientFlags,
  keys: readonly Keys[],
  operation: Operation,
): Promise<Taken> {
  const { cluster }: ClusterConfig = to.folder.config;
  let signed = false;
  const outcome = await settled(
    to,
    given,
    (signal) =>
      to.client.control({
        operation,
        signal,
        sign: (n, notAfter) => {
          signed = true;
          return signControl(keys, cluster, n, notAfter, operation);
        },
      }),
    { handedIn: () => signed, lookWith: "eunomia status" },
  );
  if (outcome.kind === "effective") return { n: outcome.n, slot: outcome.slot };
  const slot = outcome.reason.startsWith("number") ? await wasOurs(to, outcome.n, operation) : null;
  if (slot !== null) return { n: outcome.n, slot };
  throw new CliError(
    "refused",
    `the cluster refused (${outcome.reason}), and nothing changed${outcome.reason.startsWith("number") ? ": another change came first. See `eunomia status`, and decide again" : ""}`,
    exits.refused,
  );
}

/**
 * Waits until a node that has come far enough runs in a later epoch than before; null: not within the time limit. Gateways know of an
 * epoch by its first slot, nodes at once, so nodes are asked.
 */
export async function inForce(
  { folder }: Pick<Connection, "folder">,
  { timeout }: Pick<ClientFlags, "timeout">,
  epochBefore: number,
): Promise<{ readonly epoch: number; readonly protocol: string } | null> {
  const until = performance.now() + timeout;
  do {
    const look = farthest(await lookAtAll(folder.knownNodes(), 1000), folder.config.cluster);
    if (look !== null && look.epoch > epochBefore) return { epoch: look.epoch, protocol: look.protocol };
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  } while (performance.now() < until);
  return null;
}
