import { type EngineTypes, type Event, step } from "@eunomia/engine";
import { type Bundle, encodeBundle, type StatementPool } from "@eunomia/statement-pool";
import {
  bundleId,
  onlyFor,
  type SpreadCommand,
  type SpreadMessage,
  type SpreadOptions,
  type SpreadOutput,
  type Stage,
  spreadConfig,
  spreadEngine,
} from "@eunomia/statement-pool/spread";

const engine = spreadEngine({ idOf: bundleId, componentFor: onlyFor });

interface Node {
  readonly config: ReturnType<typeof spreadConfig>;
  readonly pool: StatementPool;
  state: ReturnType<typeof engine.init>;
  life: number;
}

/** What the network does with a message: how many milliseconds it takes, or null: lost. */
export type Weather = (from: string, to: string, nowMs: number) => number | null;

/** Pools with their engines on a network in virtual time. */
export class Net {
  readonly nodes = new Map<string, Node>();
  readonly outputs: (SpreadOutput & { readonly at: string; readonly atMs: number })[] = [];
  readonly sent = new Map<string, number>();
  weather: Weather;
  nowMs = 0;
  readonly #agenda: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;

  constructor(weather: Weather = () => 10) {
    this.weather = weather;
  }

  add(pool: StatementPool, options: Omit<SpreadOptions, "self"> = {}): void {
    const config = spreadConfig({ self: pool.owner, ...options });
    this.nodes.set(pool.owner, { config, pool, state: engine.init(config), life: 0 });
    this.event(pool.owner, { kind: "start", records: [] });
  }

  /** The process forgets all that the engine knew; the pool keeps its own. */
  restart(self: string): void {
    const node = this.nodes.get(self)!;
    node.life++;
    node.state = engine.init(node.config);
    this.event(self, { kind: "start", records: [] });
  }

  #later(delayMs: number, run: () => void): void {
    this.#agenda.push({ atMs: this.nowMs + delayMs, order: this.#order++, run });
  }

  /** Lets time pass. */
  run(untilMs: number): void {
    for (;;) {
      let next = -1;
      this.#agenda.forEach(({ atMs, order }, i) => {
        const best = this.#agenda[next];
        if (
          atMs <= untilMs &&
          (best === undefined || atMs < best.atMs || (atMs === best.atMs && order < best.order))
        )
          next = i;
      });
      if (next < 0) break;
      const { atMs, run } = this.#agenda.splice(next, 1)[0]!;
      this.nowMs = atMs;
      run();
    }
    this.nowMs = untilMs;
  }

  spread(self: string, bundle: Bundle, to: readonly string[], stages: readonly Stage[], final = false): void {
    this.command(self, {
      kind: "spread",
      bundle: encodeBundle(bundle),
      to: [...to].sort(),
      stages: [...stages],
      final,
    });
  }

  command(self: string, command: SpreadCommand): void {
    this.event(self, { kind: "commands", commands: [command] });
  }

  deliver(from: string, to: string, message: SpreadMessage): void {
    this.event(to, { kind: "message", from, message });
  }

  event(self: string, event: Event<EngineTypes>): void {
    const node = this.nodes.get(self);
    if (node === undefined) return;
    const { config, pool, state, life } = node;
    for (const effect of step(engine, config, state, event as never).effects) {
      if (effect.kind === "send")
        for (const to of effect.to) {
          this.sent.set(effect.message.kind, (this.sent.get(effect.message.kind) ?? 0) + 1);
          const delay = this.weather(self, to, this.nowMs);
          if (delay !== null) this.#later(delay, () => this.deliver(self, to, effect.message));
        }
      else if (effect.kind === "arm")
        this.#later(effect.delayMs, () => {
          if (node.life === life) this.event(self, { kind: "timeout", timer: "tick" });
        });
      else if (effect.kind === "output") this.#output(self, pool, effect.output);
    }
  }

  #output(self: string, pool: StatementPool, output: SpreadOutput): void {
    this.outputs.push({ ...output, at: self, atMs: this.nowMs });
    if (output.kind !== "arrived") return;
    const admission = pool.admitBytes(output.bundle, output.from);
    const ok = admission.ok && admission.status !== "received";
    this.command(self, { kind: "admitted", id: output.id, ok });
    const ids = [...pool.wanted()];
    if (ids.length > 0) this.command(self, { kind: "want", ids });
  }
}
