import { mapGet } from "@eunomia/codec";
import type { Action, Effects } from "@eunomia/engine";
import { quorumSystem } from "@eunomia/quorum-algebra";
import {
  type ByzantineMemberConfig,
  type ByzantineMemberTypes,
  byzantineMemberEngine,
  byzantineQuorums,
} from "../../src/byzantine.ts";
import { anyOf } from "../../src/crash/quorums.ts";
import type { EngineOf } from "./adapter.ts";
import { honest } from "./rig.ts";
import { sealsOf } from "./seals.ts";

type State = ByzantineMemberTypes["State"];
type Out = Effects<ByzantineMemberTypes>;
// biome-ignore lint/suspicious/noExplicitAny: what a guard found is known to its own action only
type Any = any;

function editing(
  name: string,
  edit: (action: Action<ByzantineMemberTypes>) => Action<ByzantineMemberTypes> | null,
): EngineOf {
  return (config) => {
    const engine = honest(config);
    if (!engine.actions.some((action) => action.name === name)) throw new Error(`no action "${name}"`);
    const actions = engine.actions.flatMap((action) =>
      action.name === name ? (edit(action) ?? []) : [action],
    );
    return { ...engine, actions };
  };
}

const without = (name: string): EngineOf => editing(name, () => null);

const acting = (
  name: string,
  act: (
    config: ByzantineMemberConfig,
    state: State,
    found: Any,
    out: Out,
    original: Action<ByzantineMemberTypes>["act"],
  ) => void,
): EngineOf =>
  editing(name, (action) => ({
    ...action,
    act: (config, state, found, out) => act(config, state, found, out, action.act),
  }));

/** Thresholds that are off by so many. */
export const shifted =
  (by: { readonly decide?: number; readonly lock?: number; readonly vouch?: number }): EngineOf =>
  (config) => {
    const { self, members, learners, f } = config;
    const n = members.length;
    const any = (k: number) => quorumSystem(anyOf(Math.min(n, Math.max(1, k)), members));
    const quorums = {
      ...byzantineQuorums(members, learners, f),
      decide: any(n - f + (by.decide ?? 0)),
      lock: any(n - 3 * f + (by.lock ?? 0)),
      vouch: any(f + 1 + (by.vouch ?? 0)),
    };
    return byzantineMemberEngine(config, sealsOf(self), quorums);
  };

/** With another judgement of signatures or values. */
const credulous =
  (change: Partial<ReturnType<typeof sealsOf>>): EngineOf =>
  (config) =>
    byzantineMemberEngine(config, { ...sealsOf(config.self), ...change });

/** The timer of every round runs as soon as the round is entered. */
const timedAtOnce: EngineOf = editing("arm the round (3.3)", (action) => ({
  ...action,
  guard: (config, state, event) => {
    const open = state.ready.find((slot) => {
      const known = mapGet(state.slots, slot);
      return known?.decided === null && known.round >= 1 && known.roundTicks === 0;
    });
    return action.guard(config, state, event) ?? (open === undefined ? null : { slot: open });
  },
}));

export interface ByzantineTwin {
  readonly fault: string;
  /** The class of section 10.4, or the broken set-up of 10.3. */
  readonly kind: string;
  readonly engineOf: EngineOf;
}

/** Members that are wrong in one thing each. */
export const twins: readonly ByzantineTwin[] = [
  { kind: "threshold off by one (q)", fault: "q - 1 is a quorum", engineOf: shifted({ decide: -1 }) },
  { kind: "threshold off by one (q)", fault: "q + 1 is waited for", engineOf: shifted({ decide: 1 }) },
  { kind: "threshold off by one (L)", fault: "L - 1 statuses lock", engineOf: shifted({ lock: -1 }) },
  { kind: "threshold off by one (L)", fault: "L + 1 statuses are asked for", engineOf: shifted({ lock: 1 }) },
  { kind: "lone status moves a round", fault: "f members vouch", engineOf: shifted({ vouch: -1 }) },
  { kind: "threshold off by one (f+1)", fault: "f + 2 members vouch", engineOf: shifted({ vouch: 1 }) },
  {
    kind: "signature check missing",
    fault: "every signature holds",
    engineOf: credulous({ verify: () => true }),
  },
  { kind: "invalid values", fault: "every value is valid", engineOf: credulous({ valid: () => true }) },
  {
    kind: "coordinator ignores the lock",
    fault: "a coordinator offers its own value",
    engineOf: acting("lead (3.3)", (config, state, found, out, original) => {
      const { proposal, est } = mapGet(state.slots, found.slot as number)!;
      original(config, state, { ...found, value: proposal ?? est ?? new Uint8Array([122]) }, out);
    }),
  },
  { kind: "no armed-timer rule", fault: "a round is timed at once", engineOf: timedAtOnce },
  { kind: "no timer", fault: "no round is timed", engineOf: without("arm the round (3.3)") },
  { kind: "no jump", fault: "nobody is pulled along", engineOf: without("jump (3.3)") },
  {
    kind: "promise not durable",
    fault: "a restart forgets the promise",
    engineOf: acting("restart (3.3)", (config, state, { records }, out, original) =>
      original(config, state, { records: records.filter(({ kind }: Any) => kind !== "enter") }, out),
    ),
  },
  {
    kind: "vote forgotten on restart",
    fault: "a restart forgets the vote",
    engineOf: acting("restart (3.3)", (config, state, { records }, out, original) =>
      original(config, state, { records: records.filter(({ kind }: Any) => kind !== "vote") }, out),
    ),
  },
  {
    kind: "short compaction",
    fault: "compact leaves the vote before the promise out",
    engineOf: (config) => {
      const engine = honest(config);
      return {
        ...engine,
        compact: (own, state) => {
          const records = engine.compact(own, state);
          return records.filter(({ kind }, i) => kind !== "vote" || records[i + 1]?.kind !== "enter");
        },
      };
    },
  },
  {
    kind: "no retransmission",
    fault: "nothing is said again",
    engineOf: without("retry: say it again (3.3)"),
  },
  { kind: "no alarm", fault: "a second decision goes unseen", engineOf: without("decided: alarm (3.3)") },
  { kind: "no evidence", fault: "a second vote goes unseen", engineOf: without("vote: evidence (3.3)") },
  { kind: "no evidence", fault: "a second STATUS goes unseen", engineOf: without("status: evidence (3.3)") },
  { kind: "no evidence", fault: "a bad NEWROUND goes unseen", engineOf: without("newround: evidence (3.3)") },
  { kind: "no count of bad input", fault: "false votes go unseen", engineOf: without("vote: refuse (3.2)") },
  {
    kind: "decided slot silent",
    fault: "votes of a decided slot stay unanswered",
    engineOf: without("vote: decided (3.3)"),
  },
];
