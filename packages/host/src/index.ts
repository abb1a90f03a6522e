/** Runs engines on real ports in Node: opens the journal, drives, shuts down cleanly. */
export { type Host, HostError, type HostOptions, openHost } from "./host.ts";
export { systemClock, systemRandom } from "./platform.ts";
