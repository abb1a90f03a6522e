import { check, EncodeError } from "@eunomia/codec";
import { CheckerError } from "../error.ts";
import type { Model, ModelProcess } from "../model.ts";

function refuse(what: string): never {
  throw new CheckerError("model", what);
}

/** A name that nobody reads would be a part of the model that is silently lost. */
function onlyKeys(what: string, value: unknown, known: readonly string[]): void {
  if (value === null || typeof value !== "object")
    refuse(`"${what}" expected an object, got ${String(value)}`);
  for (const name of Object.keys(value as object))
    if (!known.includes(name))
      refuse(`"${what}" expected ${known.join(", ")}; got "${name}": correct the name or leave it out`);
}

function properties(what: "invariants" | "witnesses", list: unknown, method: "holds" | "reached"): void {
  if (!Array.isArray(list)) refuse(`"${what}" expected a list, got ${String(list)}; give [] for none`);
  for (const property of list as Record<string, unknown>[])
    if (typeof property?.[method] !== "function")
      refuse(`"${what}" and in it "${String(property?.name)}" expected a function "${method}", got none`);
}

function shapeOfInputs(key: string, { engine, inputs = {} }: ModelProcess): void {
  const names = Object.keys(inputs);
  const given = new Set<string>();
  for (const name of names) {
    const what = `${key}.inputs.${name}`;
    onlyKeys(what, inputs[name], ["commands", "after"]);
    const { commands } = inputs[name]!;
    if (!Array.isArray(commands)) refuse(`"${what}.commands" expected a list, got ${String(commands)}`);
    try {
      for (const command of commands) check(engine.schema.command, command);
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      refuse(`"${what}.commands" expected commands of "${engine.name}": ${error.message}`);
    }
  }
  const waiting = () => names.filter((name) => !given.has(name));
  const ready = () =>
    waiting().filter((name) =>
      (inputs[name]!.after ?? []).every((other) => given.has(other) || !names.includes(other)),
    );
  for (let now = ready(); now.length > 0; now = ready()) for (const name of now) given.add(name);
  const stuck = waiting().filter((name) => !(inputs[name]!.after ?? []).includes(name));
  if (stuck.length > 0)
    refuse(`"${key}.inputs" expected an order, but ${stuck.join(", ")} wait for each other`);
}

/**
 * Refuses a model that has names which mean nothing, or lacks what it must have. Whether numbers and names fit together is
 * for `planOf`.
 *
 * @throws CheckerError with code `model`.
 */
export function mustHaveShape(model: Model): void {
  onlyKeys("model", model, [
    "name",
    "processes",
    "network",
    "faults",
    "routes",
    "delays",
    "invariants",
    "witnesses",
    "excused",
    "scope",
    "assumptions",
  ]);
  onlyKeys("network", model.network, ["order", "loss", "duplicates", "ignored"]);
  const { network, faults, delays = "forget" } = model;
  if (network.ignored !== "consume" && network.ignored !== "stay")
    refuse(`"network.ignored" expected consume or stay, got ${JSON.stringify(network.ignored)}`);
  if (delays !== "forget" && delays !== "keep")
    refuse(`"delays" expected forget or keep, got ${JSON.stringify(delays)}`);
  if (faults !== undefined) {
    onlyKeys("faults", faults, ["crashes", "recover", "splitFlush"]);
    for (const name of ["recover", "splitFlush"] as const)
      if (typeof faults[name] !== "boolean")
        refuse(`"faults.${name}" expected true or false, got ${String(faults[name])}`);
  }
  properties("invariants", model.invariants, "holds");
  properties("witnesses", model.witnesses, "reached");
  for (const [key, process] of Object.entries(model.processes)) {
    onlyKeys(key, process, ["engine", "config", "id", "node", "inputs", "timers", "history"]);
    if (typeof process.engine?.self !== "function")
      refuse(`"${key}.engine" expected an engine, got ${String(process.engine)}`);
    shapeOfInputs(key, process);
  }
}
