import {
  type Model,
  openSpace,
  type Space,
  type StateDescription,
  type StepLabel,
  type Successor,
  type Vector,
} from "@eunomia/checker";
import { choiceOf, markOf, turnsOf } from "../../replay/model-path.ts";
import { tell } from "../story/tell.ts";
import type { Origin, RawStep, Story, Turn, Verdict } from "../story/types.ts";
import { ExplorerError, type Ground } from "./ground.ts";
import type { Choice, Position, Preview } from "./messages.ts";
import { Reading } from "./reading.ts";
import { whyNot } from "./why-not.ts";

/** A way through the states of a model. */
export class ModelGround implements Ground {
  readonly #model: Model;
  readonly #origin: Omit<Origin, "path">;
  readonly #space: Space;
  readonly #reading: Reading;
  readonly #vectors: Vector[];
  readonly #turns: Turn[] = [];
  readonly #steps: RawStep[] = [];
  #loopFrom: number | null = null;

  constructor(model: Model, origin: Omit<Origin, "path">) {
    this.#model = model;
    this.#origin = origin;
    this.#space = openSpace(model);
    this.#reading = new Reading(model);
    this.#vectors = [this.#space.initial];
  }

  /** Follows a path as far as it goes; answers what is wrong with the first step that is not there. */
  follow(path: readonly Turn[]): string | null {
    for (const [at, turn] of path.entries()) {
      const choice = choiceOf(this.#successors(at), turn);
      if (choice === null)
        return `step ${at + 1} of ${path.length} is not a step of this page's engines: the path was made with others, or is damaged`;
      this.take(at, choice);
    }
    return null;
  }

  /** Follows a counterexample. */
  followLabels(labels: readonly StepLabel[]): void {
    this.#followTurns(turnsOf(this.#space, labels));
  }

  /** Follows a run that goes on for ever: from step `loop` on it repeats, or, at its end, nothing happens any more. */
  followLasso(labels: readonly StepLabel[], loop: number): void {
    const closes = (vectors: readonly Vector[]): boolean => vectors[loop]?.join() === vectors.at(-1)!.join();
    this.#followTurns(turnsOf(this.#space, labels, closes));
    this.#loopFrom = loop < labels.length ? loop : null;
  }

  #followTurns(turns: readonly Turn[] | null): void {
    if (turns === null) throw new Error("the way of a counterexample is not in the space of its model");
    for (const { choice } of turns) this.take(this.#turns.length, choice);
  }

  take(at: number, choice: number): void {
    const successor = this.#successors(at)[choice];
    if (successor === undefined)
      throw new ExplorerError("choice", `step ${choice} cannot be taken here: expected one of those offered`);
    this.#loopFrom = null;
    for (const list of [this.#turns, this.#steps]) list.length = at;
    this.#vectors.length = at + 1;
    const [before, after] = [this.#state(at), this.#space.describe(successor.vector)];
    this.#turns.push({ choice, mark: markOf(successor.label) });
    this.#steps.push(this.#reading.step(successor.label, before, after));
    this.#vectors.push(successor.vector);
  }

  /** How many steps may be taken from here. */
  width(at: number): number {
    return this.#successors(at).length;
  }

  position(at: number): Position {
    const state = this.#state(at);
    const choices = this.#successors(at).map((each, index) => this.#choice(each, index));
    const enabled = new Set(
      choices.flatMap(({ process, fired }) => fired.map(({ action }) => `${process} ${action}`)),
    );
    return {
      at,
      snapshots: state.processes.map((each) => this.#reading.snapshot(each)),
      choices,
      refusals: whyNot(this.#model, state, enabled),
      verdicts: this.#verdicts(at),
      surroundings: { "crashes left": state.budgets.crashes, ...budgets(state) },
    };
  }

  preview(at: number, choice: number): Preview {
    const { label, vector } = this.#successors(at)[choice]!;
    const {
      changes,
      sends,
      outputs = [],
    } = this.#reading.step(label, this.#state(at), this.#space.describe(vector));
    return { changes, sends, outputs };
  }

  story(): Story {
    const { name, params } = this.#origin;
    const verdicts = this.#verdicts(this.#steps.length);
    const broken = verdicts.find(({ result }) => result === "violated");
    return tell({
      title:
        broken === undefined ? `${name}, ${this.#steps.length} steps` : `${name} violates ${broken.property}`,
      origin: { ...this.#origin, params, path: [...this.#turns] },
      lanes: this.#reading.lanes,
      steps: this.#steps,
      verdicts,
      loopFrom: this.#loopFrom,
    });
  }

  #state(at: number): StateDescription {
    return this.#space.describe(this.#vectorAt(at));
  }

  #successors(at: number): readonly Successor[] {
    return this.#space.successors(this.#vectorAt(at));
  }

  #vectorAt(at: number): Vector {
    const vector = this.#vectors[at];
    if (vector === undefined)
      throw new ExplorerError(
        "position",
        `the story has ${this.#steps.length} steps; expected 0 to that, got ${at}`,
      );
    return vector;
  }

  #choice({ label }: Successor, index: number): Choice {
    const { kind, process, what } = label;
    return {
      index,
      kind,
      process,
      fired: this.#reading.fired(label),
      message: this.#reading.message(label) ?? null,
      detail: what === "" ? null : what,
      sends: this.#reading.sends(label),
    };
  }

  #verdicts(at: number): readonly Verdict[] {
    const view = this.#space.view(this.#vectorAt(at));
    const broken = this.#space.violation(this.#vectorAt(at));
    const verdicts: Verdict[] = this.#model.invariants.map((invariant) => {
      const reason = invariant.holds(view);
      return { property: invariant.name, result: reason === null ? "holds" : "violated", reason, step: at };
    });
    // An engine that breaks its contract violates what no model states.
    if (broken !== null && !verdicts.some(({ property }) => property === broken.property))
      verdicts.unshift({ property: broken.property, result: "violated", reason: broken.detail, step: at });
    for (const witness of this.#model.witnesses) {
      const step = this.#vectors
        .slice(0, at + 1)
        .findIndex((each) => witness.reached(this.#space.view(each)));
      verdicts.push({
        property: witness.name,
        result: step < 0 ? "not reached" : "reached",
        reason: null,
        step: step < 0 ? null : step,
      });
    }
    return verdicts;
  }
}

function budgets({ budgets: { losses, duplicates } }: StateDescription): Record<string, string | number> {
  return { "losses left": losses ?? "any", "copies left": duplicates };
}
