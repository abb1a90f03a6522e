import { check, EncodeError } from "@eunomia/codec";
import { CheckerError } from "../error.ts";
import type { Model, ModelProcess } from "../model.ts";
import { encoded } from "./ask.ts";
import { anyText } from "./plain.ts";

function refuse(what: string): never {
  throw new CheckerError("model", what);
}

function mustBeObject(what: string, value: unknown): void {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    refuse(`"${what}" expected an object, got ${anyText(value)}`);
}

function mustBeText(what: string, value: unknown): void {
  if (typeof value !== "string" || value === "") refuse(`"${what}" expected a text, got ${anyText(value)}`);
}

function mustBeFunction(what: string, value: unknown): void {
  if (typeof value !== "function") refuse(`"${what}" expected a function, got ${anyText(value)}`);
}

/** A name that nobody reads would be a part of the model that is silently lost. */
function onlyKeys(what: string, value: unknown, known: readonly string[]): void {
  mustBeObject(what, value);
  for (const name of Object.keys(value as object))
    if (!known.includes(name))
      refuse(`"${what}" expected ${known.join(", ")}; got "${name}": correct the name or leave it out`);
}

function properties(what: "invariants" | "witnesses", list: unknown, method: "holds" | "reached"): void {
  if (!Array.isArray(list)) refuse(`"${what}" expected a list, got ${anyText(list)}; give [] for none`);
  for (const [at, property] of (list as Record<string, unknown>[]).entries()) {
    mustBeText(`${what}[${at}].name`, property?.name);
    if (typeof property[method] !== "function")
      refuse(
        `"${what}" and in it "${String(property.name)}" expected a function "${method}", got ${anyText(property[method])}`,
      );
  }
}

function shapeOfEngine(key: string, { engine, config }: ModelProcess): void {
  if (typeof engine?.self !== "function")
    refuse(`"${key}.engine" expected an engine, got ${anyText(engine)}`);
  for (const name of ["init", "observe"] as const) mustBeFunction(`${key}.engine.${name}`, engine[name]);
  mustBeObject(`${key}.engine.schema`, engine.schema);
  if (!Array.isArray(engine.actions))
    refuse(`"${key}.engine.actions" expected a list, got ${anyText(engine.actions)}`);
  encoded(`"${key}.config" of "${engine.name}"`, engine.schema.config, config);
}

function shapeOfHistory(key: string, { history }: ModelProcess): void {
  if (history === undefined) return;
  const what = `${key}.history`;
  onlyKeys(what, history, ["schema", "start", "fold"]);
  if (typeof history.schema?.check !== "function")
    refuse(`"${what}.schema" expected a schema of the codec, got ${anyText(history.schema)}`);
  mustBeFunction(`${what}.fold`, history.fold);
  encoded(`"${what}.start"`, history.schema, history.start);
}

function plainJson(what: string, value: unknown): void {
  if (value === null || ["string", "boolean"].includes(typeof value)) return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  const prototype = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== Array.prototype)
    refuse(`"${what}" expected plain JSON, got ${anyText(value)}`);
  for (const [name, field] of Object.entries(value as object)) plainJson(`${what}.${name}`, field);
}

function shapeOfInputs(key: string, { engine, inputs = {} }: ModelProcess): void {
  mustBeObject(`${key}.inputs`, inputs);
  const names = Object.keys(inputs);
  const given = new Set<string>();
  for (const name of names) {
    const what = `${key}.inputs.${name}`;
    onlyKeys(what, inputs[name], ["commands", "after"]);
    const { commands, after = [] } = inputs[name]!;
    if (!Array.isArray(commands)) refuse(`"${what}.commands" expected a list, got ${anyText(commands)}`);
    if (!Array.isArray(after)) refuse(`"${what}.after" expected a list of inputs, got ${anyText(after)}`);
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

/** What a model says in words, for its report. */
function shapeOfWords({ excused, scope, assumptions }: Model): void {
  if (excused !== undefined) {
    mustBeObject("excused", excused);
    for (const [action, reason] of Object.entries(excused))
      if (typeof reason !== "string" || reason.trim() === "")
        refuse(`"excused" of "${action}" expected a reason in words, got ${anyText(reason)}`);
  }
  if (scope !== undefined) {
    mustBeObject("scope", scope);
    plainJson("scope", scope);
  }
  if (assumptions === undefined) return;
  if (!Array.isArray(assumptions))
    refuse(`"assumptions" expected a list of texts, got ${anyText(assumptions)}`);
  for (const [at, one] of assumptions.entries()) mustBeText(`assumptions[${at}]`, one);
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
  mustBeText("name", model.name);
  if (model.routes !== undefined) mustBeFunction("routes", model.routes);
  shapeOfWords(model);
  properties("invariants", model.invariants, "holds");
  properties("witnesses", model.witnesses, "reached");
  mustBeObject("processes", model.processes);
  for (const [key, process] of Object.entries(model.processes)) {
    onlyKeys(key, process, ["engine", "config", "id", "node", "inputs", "timers", "history"]);
    shapeOfEngine(key, process);
    for (const name of ["id", "node"] as const)
      if (process[name] !== undefined) mustBeText(`${key}.${name}`, process[name]);
    if (process.timers !== undefined) mustBeObject(`${key}.timers`, process.timers);
    shapeOfInputs(key, process);
    shapeOfHistory(key, process);
  }
}
