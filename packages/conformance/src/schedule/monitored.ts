import type { NodeId } from "@eunomia/engine";
import type { Monitor } from "@eunomia/trace";
import type { ScheduleProperty } from "./types.ts";

/**
 * Monitors of `@eunomia/trace` as one property of a schedule: the same automata that read the traces of real runs.
 *
 * @param monitors makes them anew for each run.
 * @param eventsOf what an output means to them.
 * @example
 * monitored("broadcast", () => broadcastMonitors(), (process, output) => [deliveryOf(process, output)])
 */
export function monitored<E>(
  name: string,
  monitors: () => readonly Monitor<E>[],
  eventsOf: (process: NodeId, output: unknown, life: number) => readonly E[],
): ScheduleProperty {
  return {
    name,
    start: () => {
      const all = monitors();
      const verdict = (end: boolean): string | null => {
        for (const monitor of all) {
          const { kind, property, detail } = monitor.verdict(end);
          if (kind === "violated") return `${property}: ${detail ?? ""}`;
        }
        return null;
      };
      return {
        output: (process, output, life) => {
          const events = eventsOf(process, output, life);
          for (const event of events) for (const monitor of all) monitor.feed(event);
          return events.length === 0 ? null : verdict(false);
        },
        end: () => verdict(true),
      };
    },
  };
}
