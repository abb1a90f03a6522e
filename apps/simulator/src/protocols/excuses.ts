import type { ModelProcess } from "@eunomia/checker";

/** Of the excuses of a protocol those that speak of an action in this model. */
export function excusesIn(
  processes: Readonly<Record<string, ModelProcess>>,
  excuses: Readonly<Record<string, string>>,
): Record<string, string> {
  const actions = new Set(
    Object.values(processes).flatMap(({ engine }) =>
      engine.actions.map(({ name }) => `${engine.name}: ${name}`),
    ),
  );
  return Object.fromEntries(Object.entries(excuses).filter(([action]) => actions.has(action)));
}
