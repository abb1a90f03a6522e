import { refuse, SimulationError } from "./errors.ts";
import { mustBeFunction, onlyKeys } from "./plan-checks.ts";
import type { RunLimits } from "./run-types.ts";
import type { ClientSpec, Cluster, FaultBudget, NodeSpec, Watch } from "./types.ts";

const clusterKeys = [
  ...["nodes", "nodeOf", "clients", "watches", "budget", "resign", "done", "patienceMs", "describe"],
];

const ears: readonly (keyof Watch)[] = ["output", "step", "sent", "fate", "end"];

/**
 * Refuses a cluster of which nothing could be said in this mode.
 *
 * @throws SimulationError `no-watch` or `bad-option`.
 */
export function checkCluster(name: string, cluster: Cluster, { mode }: RunLimits): void {
  onlyKeys(`build" of "${name}`, cluster, clusterKeys);
  const { watches, clients = [], nodes, nodeOf, budget, resign, done, describe, patienceMs = 1 } = cluster;
  if (done !== undefined) mustBeFunction(`done" of "${name}`, done);
  if (describe !== undefined) mustBeFunction(`describe" of "${name}`, describe);
  if (resign !== undefined) mustBeFunction(`resign" of "${name}`, resign);
  if (!Array.isArray(watches) || watches.length === 0)
    throw new SimulationError(
      "no-watch",
      `"watches" of "${name}" expected at least one, got none: a run that nobody judges proves nothing`,
    );
  for (const watch of watches) checkWatch(name, watch);
  checkNodes(name, nodes);
  mustBeFunction(`nodeOf" of "${name}`, nodeOf);
  if (mode === "liveness" && done === undefined)
    refuse(
      `"done" of "${name}" expected a function in liveness mode, got none: say when the core has done all, or use "safety"`,
    );
  if (!(patienceMs > 0) || !Number.isFinite(patienceMs))
    refuse(
      `"patienceMs" of "${name}" expected a positive number, got ${patienceMs}: give how long a core may take`,
    );
  checkClients(name, clients);
  if (budget !== undefined) checkBudget(name, budget, nodes);
}

function checkBudget(name: string, budget: FaultBudget, nodes: readonly NodeSpec[]): void {
  onlyKeys(`budget" of "${name}`, budget, ["tolerates", "cores"]);
  mustBeFunction(`tolerates" of "${name}`, budget.tolerates);
  const { cores = [] } = budget;
  if (!Array.isArray(cores) || !cores.every((core) => Array.isArray(core)))
    refuse(`"cores" of "${name}" expected a list of lists of nodes, got ${String(cores)}`);
  for (const node of cores.flat())
    if (!nodes.some(({ id }) => id === node))
      refuse(`"cores" of "${name}" expected nodes (${nodes.map(({ id }) => id).join(", ")}), got "${node}"`);
}

function checkNodes(name: string, nodes: readonly NodeSpec[]): void {
  if (!Array.isArray(nodes) || nodes.length === 0)
    refuse(
      `"nodes" of "${name}" expected at least one, got ${Array.isArray(nodes) ? "none" : String(nodes)}`,
    );
  distinctIds(`nodes" of "${name}`, nodes, "they would share their disk");
  for (const { id, start } of nodes) mustBeFunction(`start" of the node "${id}`, start);
}

function checkWatch(name: string, watch: Watch): void {
  if (typeof watch?.property !== "string" || watch.property === "")
    refuse(`a watch of "${name}" expected a property in words, got ${String(watch?.property)}`);
  const heard = ears.filter((ear) => watch[ear] !== undefined);
  for (const ear of heard) mustBeFunction(`${ear}" of the watch "${watch.property}`, watch[ear]);
  if (heard.length === 0)
    throw new SimulationError(
      "no-watch",
      `the watch "${watch.property}" of "${name}" expected one of ${ears.join(", ")}, got none: it would never say anything`,
    );
}

function checkClients(name: string, clients: readonly ClientSpec[]): void {
  if (!Array.isArray(clients)) refuse(`"clients" of "${name}" expected a list, got ${String(clients)}`);
  distinctIds(`clients" of "${name}`, clients, "they would share their chance");
  for (const { id, act, thinkMs = 1 } of clients) {
    mustBeFunction(`act" of the client "${id}`, act);
    if (!(thinkMs > 0) || !Number.isFinite(thinkMs))
      refuse(
        `"thinkMs" of the client "${id}" expected a positive number, got ${thinkMs}: give the mean time between turns`,
      );
  }
}

function distinctIds(what: string, all: readonly { readonly id: string }[], why: string): void {
  const seen = new Set<string>();
  for (const one of all) {
    const id: unknown = one?.id;
    if (typeof id !== "string" || id === "")
      refuse(`"${what}" expected each to have an id, got ${String(id)}`);
    if (seen.has(id)) refuse(`"${what}" expected distinct ids, got "${id}" twice: ${why}`);
    seen.add(id);
  }
}

/**
 * Refuses a script with turns of clients that the cluster does not have.
 *
 * @throws SimulationError `bad-option`.
 */
export function checkTurns(script: readonly string[], { clients = [] }: Cluster): void {
  for (const line of script) {
    const id = /^\?(.+) \d+( @|$)/s.exec(line)?.[1];
    if (id !== undefined && !clients.some((client) => client.id === id))
      refuse(
        `"script" expected turns of clients (${clients.map((client) => client.id).join(", ")}), got "${line}": it is the script of another system`,
      );
  }
}
