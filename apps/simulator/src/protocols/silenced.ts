import type { AnyEngine } from "@eunomia/engine";

/**
 * The engine whose named actions do nothing, for actions that only answer: as though each of their answers were lost, which
 * the network of a model may do anyway. They still stand in the way of the actions after them.
 */
export function silenced(names: readonly string[], engine: AnyEngine): AnyEngine {
  return {
    ...engine,
    actions: engine.actions.map((action) =>
      names.includes(action.name) ? { ...action, act: () => undefined } : action,
    ),
  };
}
