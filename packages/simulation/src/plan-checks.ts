import type { Adversary } from "./byzantine/adversary.ts";
import { arityMax } from "./choice/stream.ts";
import { refuse, SimulationError } from "./errors.ts";
import { calmProfile } from "./faults/draw-profile.ts";
import type { Profile } from "./profile.ts";
import type { RunEyes, RunLimits, RunPlan } from "./run-types.ts";
import type { Choice, Cluster, System } from "./types.ts";

/**
 * Something that has none but known names, so that nothing in it is silently lost.
 *
 * @throws SimulationError `bad-option`.
 */
export function onlyKeys(what: string, value: unknown, known: readonly string[]): void {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    refuse(`"${what}" expected an object, got ${String(value)}`);
  for (const name of Object.keys(value))
    if (!known.includes(name))
      refuse(`"${what}" expected ${known.join(", ")}; got "${name}": correct the name or leave it out`);
}

/** @throws SimulationError `bad-option`. */
export function mustBeFunction(what: string, value: unknown): void {
  if (typeof value !== "function") refuse(`"${what}" expected a function, got ${String(value)}`);
}

/** A number of something, from `least`. @throws SimulationError `bad-option`. */
export function mustCount(what: string, value: unknown, least: number): void {
  if (value !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(value) && (value as number) >= least))
    refuse(`"${what}" expected an integer from ${least}, got ${String(value)}`);
}

const planKeys = [
  "system",
  "seed",
  "config",
  "profile",
  "limits",
  "choices",
  "drawAfterMs",
  "wire",
  "script",
  "adversary",
  "substitute",
];

/** Every kind of line that a run tells: see `Director`. */
const move =
  /^(start|@scene|@byz|[~!>^](?:(?! @).)+|\?(?:(?! @).)+ \d+|\*(?:start|crash|fail|full) (?:(?! @).)+)( @\d+( <-?\d+( \d+)?)?)?$/s;

/**
 * Refuses a plan that is none, or of which a part would be lost.
 *
 * @throws SimulationError `bad-option`.
 */
export function checkPlan<C>(plan: RunPlan<C>): void {
  onlyKeys("plan", plan, planKeys);
  const { seed, limits = {}, choices, drawAfterMs, script, adversary, substitute } = plan;
  checkSystem(plan.system as System<unknown>);
  if (typeof seed !== "string")
    refuse(
      `"seed" expected a text, got ${String(seed)}: any text will do, and the same one makes the same run`,
    );
  onlyKeys("limits", limits, ["mode", "virtualMs", "maxSteps"]);
  if (choices !== undefined) checkChoices(choices);
  if (drawAfterMs !== undefined && !(drawAfterMs >= 0))
    refuse(`"drawAfterMs" expected milliseconds from 0, got ${String(drawAfterMs)}`);
  if (script !== undefined && !Array.isArray(script))
    refuse(`"script" expected a list of moves, got ${String(script)}`);
  for (const [at, line] of (script ?? []).entries())
    if (typeof line !== "string" || !move.test(line))
      refuse(
        `"script[${at}]" expected a move as a run tells it, such as "?client 3 @70000", got ${JSON.stringify(line)}: take the lines of a run that was shrunk, or leave it out`,
      );
  if (
    adversary !== undefined &&
    typeof adversary !== "function" &&
    (adversary === null || typeof adversary !== "object")
  )
    refuse(`"adversary" expected { strategy, nodes } or a function, got ${String(adversary)}`);
  if (substitute !== undefined) mustBeFunction("substitute", substitute);
}

function checkSystem(system: System<unknown>): void {
  onlyKeys("system", system, ["name", "draw", "surroundings", "build", "wire", "authenticator", "promises"]);
  const { name, promises } = system;
  if (typeof name !== "string" || name === "")
    refuse(`"name" of the system expected a text, got ${String(name)}`);
  for (const part of ["draw", "build"] as const)
    mustBeFunction(`${part}" of the system "${name}`, system[part]);
  for (const part of ["surroundings", "authenticator"] as const)
    if (system[part] !== undefined) mustBeFunction(`${part}" of the system "${name}`, system[part]);
  if (promises !== undefined && typeof promises !== "boolean")
    refuse(`"promises" of the system "${name}" expected true or false, got ${String(promises)}`);
}

function checkChoices(choices: readonly Choice[]): void {
  if (!Array.isArray(choices)) refuse(`"choices" expected a list, got ${String(choices)}`);
  const natural = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  for (const [at, choice] of choices.entries()) {
    const { stream, index, arity, value } = (choice ?? {}) as Choice;
    const fits =
      typeof stream === "string" && natural(index) && natural(arity) && natural(value) && value < arity;
    if (!fits || arity > arityMax)
      refuse(
        `"choices[${at}]" expected { stream, index, arity, value } with a value below an arity of at most ${arityMax}, got ${JSON.stringify(choice)}: take the choices of a result`,
      );
  }
}

/**
 * Refuses eyes that would not see.
 *
 * @throws SimulationError `bad-option`.
 */
export function checkEyes(eyes: RunEyes): void {
  onlyKeys("eyes", eyes, ["onStep", "onMove", "onNote", "coverage", "checkEvery"]);
  for (const name of ["onStep", "onMove", "onNote"] as const)
    if (eyes[name] !== undefined) mustBeFunction(name, eyes[name]);
  if (eyes.checkEvery !== undefined) mustCount("checkEvery", eyes.checkEvery, 0);
}

/**
 * Refuses limits under which no run makes sense.
 *
 * @throws SimulationError `bad-option`.
 */
export function checkedLimits(limits: RunLimits): RunLimits {
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
  onlyKeys(path, got, known);
  for (const name of known)
    sameShape(
      `${path}.${name}`,
      (like as Profile)[name as keyof Profile],
      (got as Profile)[name as keyof Profile],
    );
}

/**
 * Refuses an adversary that would see nothing of what travels, and so do nothing.
 *
 * @throws SimulationError `needs-values` or `bad-option`.
 */
export function checkAdversary(
  adversary: Adversary,
  wire: "value" | "bytes",
  system: string,
  { nodes }: Cluster,
): void {
  if (adversary === null || typeof adversary !== "object")
    refuse(`"adversary" expected to make an adversary, got ${String(adversary)}`);
  const { name, intercept, overhear, frame } = adversary;
  if (typeof name !== "string" || name === "")
    refuse(`"name" of the adversary expected a text, got ${String(name)}`);
  if (!Array.isArray(adversary.nodes))
    refuse(`"nodes" of "${name}" expected a list, got ${String(adversary.nodes)}`);
  for (const node of adversary.nodes)
    if (!nodes.some(({ id }) => id === node))
      refuse(`"nodes" of "${name}" expected nodes (${nodes.map(({ id }) => id).join(", ")}), got "${node}"`);
  for (const part of ["copies", "route", "intercept", "overhear", "frame"] as const)
    if (adversary[part] !== undefined) mustBeFunction(`${part}" of the adversary "${name}`, adversary[part]);
  if (wire === "bytes" && (intercept !== undefined || overhear !== undefined))
    throw new SimulationError(
      "needs-values",
      `"adversary" expected a system whose messages travel as values, got "${system}" on bytes: leave "${name}" out, or give it "frame" alone`,
    );
  if (wire === "value" && frame !== undefined)
    refuse(`"adversary" expected frames to travel, got values: run "${name}" with wire "bytes"`);
}
