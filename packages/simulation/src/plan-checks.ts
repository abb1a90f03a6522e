import type { Adversary } from "./byzantine/adversary.ts";
import { SimulationError } from "./errors.ts";
import { calmProfile } from "./faults/draw-profile.ts";
import type { Profile } from "./profile.ts";
import type { RunLimits } from "./run-types.ts";
import type { Cluster, Watch } from "./types.ts";

const refuse = (what: string): never => {
  throw new SimulationError("bad-option", what);
};

/**
 * Refuses limits under which no run makes sense.
 *
 * @throws SimulationError `bad-option`.
 */
export function checkedLimits(limits: RunLimits): RunLimits {
  for (const name of Object.keys(limits))
    if (name !== "mode" && name !== "virtualMs" && name !== "maxSteps")
      refuse(
        `"limits" expected mode, virtualMs and maxSteps, got "${name}": correct the name or leave it out`,
      );
  for (const [name, value] of Object.entries({ virtualMs: limits.virtualMs, maxSteps: limits.maxSteps }))
    if (!(value > 0) || !Number.isFinite(value))
      refuse(`"${name}" expected a positive number, got ${value}: give how long the run may go on`);
  if (limits.mode !== "safety" && limits.mode !== "liveness")
    refuse(`"mode" expected safety or liveness, got ${String(limits.mode)}`);
  return limits;
}

/**
 * Refuses a profile that lacks a field, has one of another name, or a number that is none.
 *
 * @throws SimulationError `bad-option`.
 */
export function checkedProfile(profile: Profile): Profile {
  sameShape("profile", calmProfile, profile);
  return profile;
}

function sameShape(path: string, like: unknown, got: unknown): void {
  if (typeof like !== typeof got || got === null)
    refuse(
      `"${path}" expected ${typeof like === "object" ? "an object" : `a ${typeof like}`}, got ${String(got)}: begin with calmProfile or stormProfile`,
    );
  if (typeof like === "number") {
    const most = path.endsWith("Ms") ? Number.MAX_SAFE_INTEGER : 1;
    if (!((got as number) >= 0 && (got as number) <= most))
      refuse(`"${path}" expected ${most === 1 ? "a share from 0 to 1" : "milliseconds from 0"}, got ${got}`);
  }
  if (typeof like !== "object") return;
  const known = Object.keys(like as object);
  for (const name of Object.keys(got as object))
    if (!known.includes(name))
      refuse(`"${path}" expected ${known.join(", ")}; got "${name}": correct the name or leave it out`);
  for (const name of known)
    sameShape(
      `${path}.${name}`,
      (like as Profile)[name as keyof Profile],
      (got as Profile)[name as keyof Profile],
    );
}

const ears: readonly (keyof Watch)[] = ["output", "step", "sent", "fate", "end"];

/**
 * Refuses a cluster of which nothing could be said in this mode.
 *
 * @throws SimulationError `no-watch` or `bad-option`.
 */
export function checkCluster(name: string, cluster: Cluster, { mode }: RunLimits): void {
  const { watches, clients = [], nodes, budget, done, patienceMs = 1 } = cluster;
  if (!Array.isArray(watches) || watches.length === 0)
    throw new SimulationError(
      "no-watch",
      `"watches" of "${name}" expected at least one, got none: a run that nobody judges proves nothing`,
    );
  for (const watch of watches)
    if (!ears.some((ear) => watch[ear] !== undefined))
      throw new SimulationError(
        "no-watch",
        `the watch "${watch.property}" of "${name}" expected one of ${ears.join(", ")}, got none: it would never say anything`,
      );
  if (mode === "liveness" && done === undefined)
    refuse(
      `"done" of "${name}" expected a function in liveness mode, got none: say when the core has done all, or use "safety"`,
    );
  if (!(patienceMs > 0) || !Number.isFinite(patienceMs))
    refuse(
      `"patienceMs" of "${name}" expected a positive number, got ${patienceMs}: give how long a core may take`,
    );
  const ids = clients.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    refuse(
      `"clients" of "${name}" expected distinct ids, got "${twice}" twice: they would share their chance`,
    );
  for (const { id, thinkMs = 1 } of clients)
    if (!(thinkMs > 0) || !Number.isFinite(thinkMs))
      refuse(
        `"thinkMs" of the client "${id}" expected a positive number, got ${thinkMs}: give the mean time between turns`,
      );
  for (const node of (budget?.cores ?? []).flat())
    if (!nodes.some(({ id }) => id === node))
      refuse(`"cores" of "${name}" expected nodes (${nodes.map(({ id }) => id).join(", ")}), got "${node}"`);
}

/**
 * Refuses an adversary that would see nothing of what travels, and so do nothing.
 *
 * @throws SimulationError `needs-values` or `bad-option`.
 */
export function checkAdversary(adversary: Adversary, wire: "value" | "bytes", system: string): void {
  const { name, intercept, overhear, frame } = adversary;
  if (wire === "bytes" && (intercept !== undefined || overhear !== undefined))
    throw new SimulationError(
      "needs-values",
      `"adversary" expected a system whose messages travel as values, got "${system}" on bytes: leave "${name}" out, or give it "frame" alone`,
    );
  if (wire === "value" && frame !== undefined)
    refuse(`"adversary" expected frames to travel, got values: run "${name}" with wire "bytes"`);
}
