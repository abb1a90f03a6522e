import { minimalQuorums } from "@eunomia/quorum-algebra/sets";
import type { Setting } from "../check/setting.ts";
import type { Stage } from "../text/ast.ts";
import type { Load } from "./load.ts";
import { latencyOf, type Problem } from "./problem.ts";
import { forwardUs } from "./scheme-costs.ts";

/** A statement on its way: sizes of one message straight to its verifier, and of one that goes through relays. */
export interface Parcel {
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: number;
  readonly relayedBytes: number;
  /** Milliseconds before it sets out. */
  readonly sinceMs: number;
}

const setsMax = 20_000;

/** Adds what it takes to bring a statement to its verifiers by a first stage, and by the fall-back when a relay fails. */
export function spread(problem: Problem, setting: Setting, load: Load, stage: Stage, parcel: Parcel): void {
  if (stage.policy !== "OPTIMISTIC") return direct(problem, load, parcel);
  if (setting.principals.isOne(stage.relays))
    return throughOne(problem, load, parcel, setting.members(stage.relays)[0]!);
  return throughSeveral(problem, setting, load, parcel, stage.relays);
}

const longest = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b), 0);

function direct(problem: Problem, load: Load, { from, to, bytes, sinceMs }: Parcel): void {
  const ms = latencyOf(problem);
  for (const _ of to) load.send(from, bytes);
  load.delayMs = sinceMs + longest(to.map((verifier) => ms(from, verifier)));
}

/** The relay is tried for twice the time that it would need; then every verifier is sent its own. */
function throughOne(problem: Problem, load: Load, parcel: Parcel, relay: string): void {
  const { from, to, bytes, relayedBytes, sinceMs } = parcel;
  const ms = latencyOf(problem);
  const rest = to.filter((verifier) => verifier !== relay);
  load.send(from, relayedBytes);
  for (const _ of rest) {
    load.send(relay, relayedBytes);
    load.work(relay, forwardUs);
  }
  const fails = problem.fails?.[relay] ?? 0;
  const good = sinceMs + ms(from, relay) + longest(rest.map((verifier) => ms(relay, verifier)));
  const straight = sinceMs + longest(to.map((verifier) => ms(from, verifier)));
  load.delayMs = (1 - fails) * good + fails * (2 * good + straight);
  load.expect(fails * to.length, bytes);
}

/** One smallest set of relays that meets the condition, the fastest of these; each forwards to everybody. */
function throughSeveral(
  problem: Problem,
  setting: Setting,
  load: Load,
  { from, to, relayedBytes, sinceMs }: Parcel,
  relays: string,
): void {
  const ms = latencyOf(problem);
  const delay = (set: readonly string[]): number =>
    longest(to.map((verifier) => Math.min(...set.map((relay) => ms(from, relay) + ms(relay, verifier)))));
  let best: readonly string[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const set of minimalQuorums(setting.goodQuorum(relays), { maxCount: setsMax })) {
    if (best.length > 0 && set.length > best.length) continue;
    const takes = delay(set);
    if (set.length === best.length && takes >= least) continue;
    [best, least] = [set, takes];
  }
  for (const relay of best) {
    load.send(from, relayedBytes);
    for (const verifier of to) {
      if (best.includes(verifier)) continue;
      load.send(relay, relayedBytes);
      load.work(relay, forwardUs);
    }
  }
  load.delayMs = sinceMs + least;
}
