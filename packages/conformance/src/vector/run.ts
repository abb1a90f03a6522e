import { ConformanceError, must, mustEqual, show } from "../support/assert.ts";
import { effectForm, effectMatches, entryLabel, expectedForm, matches, normalForm, signed } from "./match.ts";
import { Standing } from "./standing.ts";
import type {
  AbstractMessage,
  Pattern,
  Vector,
  VectorAdapter,
  VectorEffect,
  VectorInput,
  VectorProcess,
  VectorStep,
} from "./types.ts";

interface InFlight {
  readonly to: string;
  readonly message: AbstractMessage;
  readonly real: unknown;
}

/** What a run of a vector did: zero deliveries would be a vector that tests nothing. */
export interface VectorReport {
  readonly id: string;
  readonly steps: number;
  readonly delivered: number;
  readonly sent: number;
}

/** More deliveries than this in one `run` mean that the processes never come to rest. */
const deliveriesMax = 100_000;

const listOf = (names: string | readonly string[]): readonly string[] =>
  typeof names === "string" ? [names] : names;

class Run {
  readonly vector: Vector;
  readonly processes: ReadonlyMap<string, VectorProcess>;
  readonly standing = new Standing();
  readonly sent: Record<string, unknown>[] = [];
  readonly crashed = new Set<string>();
  bag: InFlight[] = [];
  /** Compared effects of the current step. */
  outs: Record<string, unknown>[] = [];
  delivered = 0;

  constructor(vector: Vector, adapter: VectorAdapter) {
    this.vector = vector;
    this.processes = adapter.create(vector);
  }

  process(name: string): VectorProcess {
    const process = this.processes.get(name);
    must("the vector fits its adapter", process !== undefined, `no process "${name}"`);
    return process;
  }

  hand(to: string, input: VectorInput): void {
    // Messages to a crashed process vanish; so do those to a process that does not exist (see `take`).
    if (!this.crashed.has(to)) this.take(to, this.process(to).step(input));
  }

  take(from: string, effects: readonly VectorEffect[]): void {
    for (const effect of effects) {
      const slot = this.vector.config.slot;
      this.outs.push(effectForm(effect, from, slot));
      this.standing.take(from, effect);
      if (effect.kind === "send") {
        const message = signed(effect.message, from);
        this.sent.push(normalForm(message, slot));
        for (const to of effect.to)
          if (this.processes.has(to)) this.bag.push({ to, message, real: effect.real });
      } else if (effect.kind === "propose")
        this.sent.push(normalForm({ ...effect, t: "PROPOSE", from }, undefined));
    }
  }

  fits(pattern: Pattern, item: InFlight): boolean {
    return matches(pattern, { ...normalForm(item.message, this.vector.config.slot), to: item.to });
  }

  deliver(item: InFlight): void {
    this.bag.splice(this.bag.indexOf(item), 1);
    this.delivered += 1;
    this.hand(item.to, { kind: "message", message: item.message, real: item.real });
  }

  deliverMatching(step: VectorStep, pattern: Pattern): void {
    const now = this.bag.filter((item) => this.fits(pattern, item));
    const count = step.all === true ? now.length : (step.n ?? 1);
    must(
      "dlv finds its message",
      now.length > 0,
      () => `none in flight fits ${show(pattern)}; in flight: ${this.inFlight()}`,
    );
    for (let k = 0; k < count; k += 1) {
      const item = step.all === true ? now[k] : this.bag.find((one) => this.fits(pattern, one));
      must(
        "dlv finds its message",
        item !== undefined,
        () => `only ${k} of ${count} in flight fit ${show(pattern)}`,
      );
      this.deliver(item);
    }
  }

  drain(except: readonly Pattern[]): void {
    for (let k = 0; k < deliveriesMax; k += 1) {
      const item = this.bag.find((one) => !except.some((pattern) => this.fits(pattern, one)));
      if (item === undefined) return;
      this.deliver(item);
    }
    throw new ConformanceError(
      "run comes to rest",
      `still sending after ${deliveriesMax} deliveries: ${this.inFlight()}`,
    );
  }

  inFlight(): string {
    return this.bag.map((item) => `${item.to} <- ${show(item.message)}`).join("; ") || "nothing";
  }
}

function doVerb(run: Run, step: VectorStep): void {
  if (step.in !== undefined) {
    const slot = run.vector.config.slot;
    const message =
      slot !== undefined && step.in.msg.slot === undefined ? { ...step.in.msg, slot } : step.in.msg;
    for (const to of listOf(step.in.to)) run.hand(to, { kind: "message", message });
  }
  if (step.dlv !== undefined) run.deliverMatching(step, step.dlv);
  if (step.drop !== undefined) {
    const pattern = step.drop;
    run.bag = run.bag.filter((item) => !run.fits(pattern, item));
  }
  if (step.dup !== undefined) {
    const pattern = step.dup;
    const oldest = run.bag.find((item) => run.fits(pattern, item));
    must("dup finds its message", oldest !== undefined, () => `none in flight fits ${show(pattern)}`);
    run.bag.push({ ...oldest });
  }
  if (step.crash !== undefined) {
    run.process(step.crash).crash();
    run.crashed.add(step.crash);
    const gone = step.crash;
    run.bag = run.bag.filter((item) => item.to !== gone);
  }
  if (step.restart !== undefined) {
    run.crashed.delete(step.restart);
    run.standing.restarted(step.restart);
    run.take(step.restart, run.process(step.restart).restart());
  }
  for (const kind of ["tick", "timeout", "start"] as const)
    for (const name of listOf(step[kind] ?? [])) run.hand(name, { kind });
  if (step.run !== undefined) run.drain(step.except ?? []);
  if (step.check !== undefined) doCheck(run, step.check);
}

function doCheck(run: Run, check: Pattern & { readonly proc: string }): void {
  const projection = run.process(check.proc).project();
  for (const [field, expected] of Object.entries(check)) {
    if (field === "proc") continue;
    const got = projection[field];
    if (field === "protoAt") {
      // A map from slot to protocol of which only some slots are asked for.
      const all = (got ?? {}) as Pattern;
      for (const [slot, proto] of Object.entries(expected as Pattern))
        mustEqual("check", all[slot], proto, `${check.proc}.protoAt ${slot}`);
    } else if (field === "pending" && Array.isArray(got)) {
      mustEqual(
        "check",
        got.map(entryLabel),
        (expected as unknown[]).map(entryLabel),
        `${check.proc}.pending`,
      );
    } else mustEqual("check", got, expected, `${check.proc}.${field}`);
  }
}

function checkOuts(run: Run, step: VectorStep): void {
  const slot = run.vector.config.slot;
  if (step.outs !== undefined)
    mustEqual(
      "outs",
      run.outs,
      step.outs.map((pattern) => expectedForm(pattern, slot)),
      "effects of the step",
    );
  for (const pattern of step.outsInclude ?? []) {
    const wanted = expectedForm(pattern, undefined);
    must(
      "outsInclude",
      run.outs.some((out) => effectMatches(wanted, out)),
      () => `none fits ${show(pattern)} in ${show(run.outs)}`,
    );
  }
  for (const pattern of step.outsExclude ?? []) {
    const unwanted = expectedForm(pattern, undefined);
    must(
      "outsExclude",
      !run.outs.some((out) => effectMatches(unwanted, out)),
      () => `one fits ${show(pattern)} in ${show(run.outs)}`,
    );
  }
}

function checkEnd(run: Run): void {
  const { expect } = run.vector;
  for (const [name, decisions] of Object.entries(expect.decisions ?? {}))
    mustEqual("expect.decisions", Object.fromEntries(run.standing.ledger(name).decisions), decisions, name);
  for (const [name, delivers] of Object.entries(expect.delivers ?? {}))
    mustEqual("expect.delivers", run.standing.ledger(name).delivers, delivers, name);
  for (const pattern of expect.present ?? [])
    must(
      "expect.present",
      run.sent.some((message) => matches(pattern, message)),
      () => `no sent message fits ${show(pattern)}`,
    );
  for (const pattern of expect.absent ?? []) {
    const found = run.sent.find((message) => matches(pattern, message));
    must("expect.absent", found === undefined, () => `${show(found)} was sent`);
  }
}

/**
 * Runs one vector: does its steps on the processes of the adapter, compares the effects, checks what it expects in the end,
 * and on the way per-slot agreement, uniqueness (P2), agreement of deliveries (P3) and freedom from gaps (P6).
 *
 * @throws ConformanceError naming vector, step and difference.
 * @example
 * for (const vector of broadcastVectors("paxos")) test(vector.id, () => void runVector(vector, adapter));
 */
export function runVector(vector: Vector, adapter: VectorAdapter): VectorReport {
  let place = "create";
  try {
    const run = new Run(vector, adapter);
    for (const [at, step] of vector.steps.entries()) {
      place = `step ${at + 1} ${JSON.stringify(step)}`;
      run.outs = [];
      doVerb(run, step);
      checkOuts(run, step);
    }
    place = "end";
    checkEnd(run);
    return { id: vector.id, steps: vector.steps.length, delivered: run.delivered, sent: run.sent.length };
  } catch (error) {
    if (!(error instanceof ConformanceError)) throw error;
    throw new ConformanceError(
      error.clause,
      `${error.message}\n  in ${vector.id} "${vector.title}", ${place}`,
    );
  }
}
