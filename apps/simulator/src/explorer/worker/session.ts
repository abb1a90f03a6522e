import type { StepLabel } from "@eunomia/checker";
import { kindOfReplay, readModelFile } from "../../replay/model-file.ts";
import type { Story, Tree } from "../story/types.ts";
import { fileOf } from "./files.ts";
import { ExplorerError, type Ground } from "./ground.ts";
import type { Calls, Catalog, SearchAnswer, SearchProgress } from "./messages.ts";
import { ModelGround } from "./model-ground.ts";
import { paramsOf } from "./protocol-models.ts";
import { RunGround } from "./run-ground.ts";
import { recordRun } from "./run-record.ts";
import { search } from "./searching.ts";
import { named, type Shelf } from "./shelf.ts";

type Tell = (progress: SearchProgress) => void;
type Handlers = {
  readonly [K in keyof Calls]: (
    ask: Calls[K]["ask"],
    tell: Tell,
  ) => Calls[K]["answer"] | Promise<Calls[K]["answer"]>;
};

/** The worker's side: one story at a time, and what the page asks about it. Knows no page. */
export class Session {
  readonly #shelf: Shelf;
  #ground: Ground | null = null;
  readonly #handlers: Handlers;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.#handlers = {
      catalog: () => this.#catalog(),
      open: ({ name, params, path }) => {
        const ground = this.#modelGround(name, params);
        const mismatch = ground.follow(path);
        this.#ground = ground;
        return { story: ground.story(), mismatch };
      },
      take: ({ at, choice, count, seed }) => this.#take(at, choice, count, seed),
      position: ({ at }) => this.#here().position(at),
      preview: ({ at, choice }) => this.#here().preview(at, choice),
      search: ({ name, params, maxStates }, tell) => this.#search(name, params, maxStates, tell),
      simulate: ({ name, profile, seed }) => this.#simulate(name, profile, seed),
      replay: ({ text }) => this.#replay(text),
      file: ({ kind }) => fileOf(kind, this.#here().story()),
    };
  }

  /**
   * Answers a question of the page.
   *
   * @throws ExplorerError, and what packages throw for a caller's mistake
   */
  async handle<K extends keyof Calls>(
    call: K,
    ask: Calls[K]["ask"],
    tell: Tell = () => {},
  ): Promise<Calls[K]["answer"]> {
    return this.#handlers[call](ask, tell);
  }

  #catalog(): Catalog {
    const { engines, models, systems } = this.#shelf;
    const entries = models.map(({ name, protocol, shows, params, options }) => ({
      name,
      protocol,
      shows,
      params,
      options,
    }));
    const clusters = systems.map(({ name, shows, profiles }) => ({ name, shows, profiles }));
    return { engines, models: entries, systems: clusters };
  }

  #here(): Ground {
    if (this.#ground === null)
      throw new ExplorerError("nothing-open", "nothing is open: open a model or a replay first");
    return this.#ground;
  }

  #modelGround(name: string, params: Tree): ModelGround {
    const { engines, models } = this.#shelf;
    return new ModelGround(named(models, name).make(params), {
      kind: "model",
      name,
      params,
      engines,
      seed: null,
    });
  }

  #take(at: number, choice: number | null, count: number, seed: number): Story {
    const ground = this.#here();
    if (choice !== null) ground.take(at, choice);
    else {
      const draw = chance(seed);
      for (let step = 0; step < count; step++) {
        const width = ground.width(at + step);
        if (width === 0) break;
        ground.take(at + step, draw(width));
      }
    }
    return ground.story();
  }

  #search(name: string, params: Tree, maxStates: number, tell: Tell): SearchAnswer {
    const model = named(this.#shelf.models, name).make(params);
    const storyOf = (labels: readonly StepLabel[]): Story => {
      const ground = this.#modelGround(name, params);
      ground.followLabels(labels);
      this.#ground = ground;
      return ground.story();
    };
    return search(model, maxStates, tell, storyOf);
  }

  async #simulate(name: string, profile: string, seed: string): Promise<Story> {
    const { engines, systems } = this.#shelf;
    const record = await recordRun(named(systems, name).plan(profile, seed));
    this.#ground = new RunGround(record, { kind: "run", name, params: { profile }, engines, seed, path: [] });
    return this.#ground.story();
  }

  #replay(text: string): Story {
    if (kindOfReplay(text) === "run")
      throw new ExplorerError("run", "this file is of a simulated run; the page opens paths through models");
    const { model, params, mutant, turns } = readModelFile(text, this.#shelf.engines);
    const ground = this.#modelGround(model, paramsOf(model, params, mutant));
    const mismatch = ground.follow(turns);
    if (mismatch !== null) throw new ExplorerError("damaged", mismatch);
    this.#ground = ground;
    return ground.story();
  }
}

/** Numbers below a bound from a seed: xorshift32, which is enough to wander about. */
function chance(seed: number): (bound: number) => number {
  let state = (Math.imul(seed, 0x9e37_79b1) + 1) | 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
