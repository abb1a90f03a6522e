import type { AnyEngine, Authenticator, NodeId, Ports } from "@eunomia/engine";
import { asked, refuse } from "../errors.ts";
import type { NodeHost } from "../node/node-host.ts";
import { Outside } from "../node/outside.ts";
import type { Cluster, Scene } from "../types.ts";
import type { Crew } from "./crew.ts";
import { guarded } from "./guard.ts";
import type { World } from "./world.ts";

/** What is known only after `build` has returned. */
export interface SceneParts {
  cluster: Cluster;
  crew: Crew;
}

/** The scene of one run, for whoever builds its cluster. */
export class RunScene implements Scene {
  readonly faulty: Scene["faulty"];
  core: readonly NodeId[] | null = null;
  readonly #world: World;
  readonly #wired: boolean;
  readonly #authenticator: (self: NodeId) => Authenticator;
  readonly #substitute: ((engine: AnyEngine) => AnyEngine) | undefined;
  readonly #replaced = new Map<AnyEngine, AnyEngine>();
  readonly #early: Outside[] = [];
  #parts: SceneParts | null = null;

  constructor(
    world: World,
    faulty: Scene["faulty"],
    wired: boolean,
    authenticator: (self: NodeId) => Authenticator,
    substitute?: (engine: AnyEngine) => AnyEngine,
  ) {
    this.#world = world;
    this.faulty = faulty;
    this.#wired = wired;
    this.#authenticator = authenticator;
    this.#substitute = substitute;
  }

  attach(parts: SceneParts): void {
    this.#parts = parts;
    for (const end of this.#early) parts.crew.join(end);
  }

  nowMs(): number {
    return this.#world.nowUs / 1000;
  }

  command(process: NodeId, command: unknown): boolean {
    const running = this.#running(process);
    return running?.command(process, command) ?? false;
  }

  peek(process: NodeId, instance?: string): unknown {
    return this.#running(process)?.peek(process, instance);
  }

  isUp(node: NodeId): boolean {
    return this.#parts !== null && this.#parts.crew.upHost(node) !== null;
  }

  outside(id: NodeId): Ports {
    const end = new Outside(id, this.#world, this.#wired, this.#authenticator(id), (from, to, freight) => {
      const { crew } = this.#parts ?? {};
      return crew?.send(from, to, freight) ?? false;
    });
    if (this.#parts === null) this.#early.push(end);
    else this.#parts.crew.join(end);
    return end.ports;
  }

  later(delayMs: number, callback: () => void): void {
    if (!Number.isFinite(delayMs)) refuse(`"later" of a scene expected milliseconds, got ${String(delayMs)}`);
    const run = (): void => {
      this.#world.tell("@scene");
      guarded(this.#world, 'what was given to "later"', undefined, callback);
    };
    this.#world.later(Math.max(0, Math.round(delayMs * 1000)), run, "@scene");
  }

  mark(name: string): void {
    this.#world.tally.mark(name);
    this.#world.eyes.coverage?.name(`mark ${name}`);
  }

  answered(type: string, accepted: boolean): void {
    this.#world.tally.answered(type, accepted);
  }

  violated(property: string, detail: string): void {
    this.#world.violated(property, detail, "violated", true);
  }

  substitute(engine: AnyEngine): AnyEngine {
    if (this.#substitute === undefined) return engine;
    let replaced = this.#replaced.get(engine);
    if (replaced === undefined) {
      const substitute = this.#substitute;
      replaced = asked('"substitute"', () => substitute(engine));
      if (!Array.isArray(replaced?.actions))
        refuse(
          `"substitute" expected to answer an engine, got ${String(replaced)}: answer "${engine.name}" itself to keep it`,
        );
      this.#replaced.set(engine, replaced);
    }
    return replaced;
  }

  #away({ node, paused }: NodeHost): boolean {
    const world = this.#world;
    return world.scripted ? world.within(`${node} away`, paused, () => true) : paused;
  }

  #running(process: NodeId) {
    if (this.#parts === null) return undefined;
    const { cluster, crew } = this.#parts;
    const node = cluster.nodeOf(process);
    const host = node === null ? null : crew.upHost(node);
    // A paused process takes nothing in.
    return host === null || this.#away(host) ? undefined : (host.running ?? undefined);
  }
}
