import { clone, encode, equalBytes } from "@eunomia/codec";
import { type EngineTypes, type Event, type NodeId, step } from "@eunomia/engine";
import { must, mustEqual, show } from "../support/assert.ts";
import type { Case } from "../support/case.ts";
import type { EngineSubject } from "./subject.ts";
import { cloneEvent, plainStep, type Stepper, schemaOf, type Walker, walk } from "./walk.ts";

type MessageEvent = Extract<Event<EngineTypes>, { readonly kind: "message" }>;

/** Messages that are kept in mind for each process of a walk. */
const keptMax = 16;

const lasting = "an inert message is without effect now, and after whatever comes, restarts included";
/** Delivers the message to a copy of the process. */
function mustDoNothing({ id, engine, config, state }: Walker, event: MessageEvent): void {
  const schema = schemaOf(engine, "state");
  must(
    lasting,
    engine.inert!(config, state as object, event.message) === true,
    () => `${show(event.message)} is inert for ${id} no more`,
  );
  for (const from of [event.from, "stranger"]) {
    const copy = clone(schema, state);
    const { effects } = step(engine, config, copy as object, cloneEvent(engine, { ...event, from }) as never);
    mustEqual(lasting, effects, [], `effects of ${show(event.message)} from ${from}`);
    must(
      lasting,
      equalBytes(encode(schema, copy), encode(schema, state)),
      () => `${show(event.message)} changes the state of ${id}`,
    );
  }
}

function inertStays(subject: EngineSubject): void {
  for (let seed = 1; seed <= (subject.walks ?? 12); seed += 1) {
    const kept = new Map<NodeId, MessageEvent[]>();
    const stepper: Stepper = (walker, event) => {
      const { id, engine, config, state } = walker;
      if (engine.inert === undefined) return plainStep(walker, event);
      const inert = kept.get(id) ?? [];
      kept.set(id, inert);
      if (
        event.kind === "message" &&
        inert.length < keptMax &&
        engine.inert(config, state as object, event.message)
      )
        inert.push(cloneEvent(engine, event) as MessageEvent);
      const result = plainStep(walker, event);
      for (const one of inert) mustDoNothing(walker, one);
      return result;
    };
    walk(subject, { seed, hostile: 0.5, restart: 0.05, stepper });
  }
}

const storing = "a collecting action only stores: nothing is sent, written, armed or seen";
function collectsOnly(subject: EngineSubject): void {
  for (let seed = 1; seed <= (subject.walks ?? 12); seed += 1) {
    const stepper: Stepper = (walker, event) => {
      const { engine, config, state } = walker;
      const { collects = [] } = engine;
      if (collects.length === 0) return plainStep(walker, event);
      const before = show(engine.observe(config, state as object));
      const result = plainStep(walker, event);
      const { fired, effects } = result;
      if (fired.length === 0 || !fired.every(({ action }) => collects.includes(action))) return result;
      mustEqual(storing, effects, [], `effects of ${show(fired.map(({ action }) => action))}`);
      mustEqual(
        storing,
        show(engine.observe(config, state as object)),
        before,
        `what is seen of ${walker.id}`,
      );
      return result;
    };
    walk(subject, { seed, hostile: 0.15, restart: 0.02, stepper });
  }
}

/** What engines say of themselves so that checkers may leave steps out. */
export const reductionCases: readonly Case<EngineSubject>[] = [
  { name: "inert messages stay without effect", clause: lasting, run: inertStays },
  { name: "collecting actions only store", clause: storing, run: collectsOnly },
];
