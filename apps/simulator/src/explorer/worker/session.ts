import type { StepLabel } from "@eunomia/checker";
import { shrink } from "@eunomia/simulation";
import { kindOfReplay, readModelFile } from "../../replay/model-file.ts";
import type { Story, Tree } from "../story/types.ts";
import { ExplorerError } from "./ground.ts";
import type { Calls, Catalog, Entry, SearchAnswer, SearchProgress } from "./messages.ts";
import { ModelGround } from "./model-ground.ts";
import { fileOf, type Opened, openedModel, openedReplay, openedRun } from "./opened.ts";
import { paramsOf } from "./protocol-models.ts";
import { eventually, lookingFor, search } from "./searching.ts";
import { named, type Shelf } from "./shelf.ts";
import { mutantIn } from "./systems.ts";

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
  #opened: Opened | null = null;
  readonly #handlers: Handlers;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.#handlers = {
      catalog: () => this.#catalog(),
      open: ({ name, params, path }) => {
        const ground = this.#modelGround(name, params);
        const mismatch = ground.follow(path);
        this.#opened = openedModel(ground);
        return { story: ground.story(), mismatch };
      },
      take: ({ at, choice, count, seed }) => this.#take(at, choice, count, seed),
      position: ({ at }) => this.#here().ground.position(at),
      preview: ({ at, choice }) => this.#here().ground.preview(at, choice),
      search: (ask, tell) => this.#search(ask, tell),
      eventually: ({ name, params, maxStates, witness }) =>
        eventually(named(this.#shelf.models, name).make(params), maxStates, witness, (labels, loop) =>
          this.#follow(name, params, (ground) => ground.followLasso(labels, loop)),
        ),
      simulate: ({ name, params }) => this.#simulate(name, params),
      replay: ({ text }) => this.#replay(text),
      shrink: () => this.#shrink(),
      file: ({ kind }) => fileOf(kind, this.#here()),
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
    const told = ({ name, protocol, shows, params, options }: Entry): Entry => ({
      name,
      protocol,
      shows,
      params,
      options,
    });
    return { engines, models: models.map(told), systems: systems.map(told) };
  }

  #here(): Opened {
    if (this.#opened === null)
      throw new ExplorerError("nothing-open", "nothing is open: open a model or a replay first");
    return this.#opened;
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
    const { ground } = this.#here();
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

  #search({ name, params, maxStates, witness }: Calls["search"]["ask"], tell: Tell): SearchAnswer {
    const whole = named(this.#shelf.models, name).make(params);
    const model = witness === null ? whole : lookingFor(whole, witness);
    const storyOf = (labels: readonly StepLabel[]): Story =>
      this.#follow(name, params, (ground) => ground.followLabels(labels));
    return search(model, maxStates, tell, storyOf);
  }

  /** Opens a model where a search has led. */
  #follow(name: string, params: Tree, way: (ground: ModelGround) => void): Story {
    const ground = this.#modelGround(name, params);
    way(ground);
    return this.#show(openedModel(ground));
  }

  async #simulate(name: string, params: Tree): Promise<Story> {
    const { engines, systems } = this.#shelf;
    const plan = named(systems, name).plan(params);
    return this.#show(await openedRun(plan, { kind: "run", params, engines, mutant: mutantIn(params) }));
  }

  async #replay(text: string): Promise<Story> {
    const { engines } = this.#shelf;
    if (kindOfReplay(text) === "run") return this.#show(await openedReplay(text, engines));
    const { model, params, mutant, turns } = readModelFile(text, engines);
    const ground = this.#modelGround(model, paramsOf(model, params, mutant));
    const mismatch = ground.follow(turns);
    if (mismatch !== null) throw new ExplorerError("damaged", mismatch);
    return this.#show(openedModel(ground));
  }

  async #shrink(): Promise<Story> {
    const { run, ground } = this.#here();
    if (run === null)
      throw new ExplorerError(
        "shortest",
        "a path through a model is shortest when a check has found it: check the model",
      );
    const { plan } = await shrink(run.plan, run.result);
    const { params, engines } = ground.story().origin;
    return this.#show(await openedRun(plan, { kind: "file", params, engines, mutant: run.mutant }));
  }

  #show(opened: Opened): Story {
    this.#opened = opened;
    return opened.ground.story();
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
