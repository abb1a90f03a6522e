import type { BroadcastEvent } from "../event.ts";
import type { Monitor, Verdict } from "../monitor.ts";
import { SlotBook } from "./book.ts";
import { Relay, Termination } from "./liveness.ts";
import type { BroadcastMonitorOptions } from "./options.ts";
import { Fifo, GapFree, Uniqueness } from "./per-process.ts";
import { Agreement, Controls, OneChain, OneEpoch } from "./per-slot.ts";
import { Validity } from "./validity.ts";

/**
 * Monitors of ordered broadcast: P1 validity, P2 uniqueness, P3 agreement, P4 termination, P5 relay, P6 gap-free, P7 one
 * epoch per slot, P8 controls in turn, one hash chain, and P11 first in first out if asked for. Feed every event to each of
 * them, in any order that keeps each process's own order; they share what they keep of the slots.
 *
 * @example
 * const monitors = broadcastMonitors();
 * for (const event of events) for (const monitor of monitors) monitor.feed(event);
 * const broken = verdicts(monitors, true).filter((verdict) => verdict.kind === "violated");
 */
export function broadcastMonitors(options: BroadcastMonitorOptions = {}): Monitor<BroadcastEvent>[] {
  const book = new SlotBook();
  return [
    new Validity(options, book),
    new Uniqueness(options, book),
    new Agreement(book),
    new Termination(options, book),
    new Relay(options, book),
    new GapFree(options),
    new OneEpoch(),
    new Controls(book),
    new OneChain(),
    ...(options.fifo === true ? [new Fifo(options)] : []),
  ];
}

/** What each monitor says. `end`: nothing more will come. */
export function verdicts<E>(monitors: readonly Monitor<E>[], end = false): Verdict<E>[] {
  return monitors.map((monitor) => monitor.verdict(end));
}
