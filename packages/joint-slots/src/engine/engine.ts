import { clone, mapGet } from "@eunomia/codec";
import { type Action, actionsOf, type Effects, type Engine } from "@eunomia/engine";
import { type Entry, encodeJoint } from "../block.ts";
import { checkJointConfig, JointConfig } from "../config.ts";
import { hasEnded } from "../ledger/types.ts";
import {
  applyNext,
  blockFor,
  close,
  durable,
  emptyState,
  hasOffer,
  isNewBase,
  isNewJoint,
  noteBase,
  noteJoint,
  offerFor,
  toClose,
  toOpen,
} from "./moves.ts";
import {
  JointCommand,
  JointMessage,
  JointOutput,
  type JointState,
  type JointTools,
  type JointTypes,
  recordSchema,
  stateSchema,
} from "./types.ts";

type Out<A> = Effects<JointTypes<A>>;

function take<A>(config: JointConfig, state: JointState<A>, command: JointCommand, out: Out<A>): void {
  switch (command.kind) {
    case "decided":
      if (noteBase(state, command.chain, command.height, command.value))
        out.persist({ ...command, kind: "base" });
      return;
    case "jointDecided":
      if (noteJoint(state, command.chain, command.slot, command.value))
        out.persist({ ...command, kind: "joint" });
      return;
    case "nextEpoch":
      state.nextEpoch = { terms: command.terms };
      return;
    case "submit": {
      if (config.proposes.includes(command.chain))
        return queue(config, state, command.chain, command.entries, config.self, out);
      const to = config.proposers.find(({ chain }) => chain === command.chain)?.processes ?? [];
      if (to.length === 0) out.output({ kind: "refused", reason: "nobody proposes here", from: config.self });
      else out.send(to, command);
    }
  }
}

function queue<A>(
  config: JointConfig,
  state: JointState<A>,
  chain: string,
  entries: readonly Entry[],
  from: string,
  out: Out<A>,
): void {
  const { pending } = mapGet(state.chains, chain)!;
  // What the chain is told of joint slots is made by engines, out of what they know.
  if (entries.some(({ kind }) => kind === "open" || kind === "joint" || kind === "settle"))
    out.output({ kind: "refused", reason: "entry of the engine's own", from });
  else if (pending.length + entries.length > config.pendingMax)
    out.output({ kind: "refused", reason: "too many entries wait", from });
  else pending.push(...entries);
}

/** What comes in. */
function intakeWith<A>(tools: JointTools<A>): readonly Action<JointTypes<A>>[] {
  const on = actionsOf<JointTypes<A>>();
  const schema = stateSchema(tools.app.state);
  return [
    on.start(
      "restore",
      (_config, _state, records) => records,
      (config, state, records) => {
        for (const one of records) {
          if (one.kind === "whole") Object.assign(state, clone(schema, one.state));
          else if (one.kind === "base") noteBase(state, one.chain, one.height, one.value);
          else noteJoint(state, one.chain, one.slot, one.value);
        }
        // Nobody waits for news of what was applied before.
        for (const chain of config.follows) while (applyNext(config, tools, state, chain) !== null);
      },
    ),
    on.commands(
      "take",
      (_config, state, commands) =>
        commands.some((command) => isNews(state, command)) ? { commands } : null,
      (config, state, { commands }, out) => {
        for (const command of commands) take(config, state, command, out);
      },
    ),
    on.message(
      "submit",
      "queue",
      (config, _state, { chain, entries }, from) =>
        config.proposes.includes(chain) ? { chain, entries, from } : null,
      (config, state, { chain, entries, from }, out) => queue(config, state, chain, entries, from, out),
    ),
  ] as Action<JointTypes<A>>[];
}

/** What follows from it. */
function courseWith<A>(tools: JointTools<A>): readonly Action<JointTypes<A>>[] {
  const on = actionsOf<JointTypes<A>>();
  return [
    on.internal(
      "base: apply",
      (_config, state) => {
        const at = state.chains.values.findIndex(
          ({ ledger, waiting }) => waiting.keys[0] === ledger.height + 1,
        );
        return at < 0 ? null : { chain: state.chains.keys[at]! };
      },
      (config, state, { chain }, out) => {
        const changes = applyNext(config, tools, state, chain)!;
        out.output({ kind: "applied", chain, height: mapGet(state.chains, chain)!.ledger.height, changes });
      },
    ),
    on.internal(
      "joint: close",
      (_config, state) => toClose(state),
      (_config, state, { slot }, out) => close(state, slot, out),
    ),
    on.internal(
      "joint: open",
      (_config, state) => toOpen(state),
      (config, state, { slot, epoch }, out) => {
        state.opened = slot;
        const block = blockFor(config, state, slot);
        out.output({ kind: "open", slot, epoch, value: block === null ? null : encodeJoint(block) });
      },
    ),
    on.internal(
      "pace: wait",
      (config, state) =>
        !state.pacing && config.proposes.some((chain) => hasOffer(config, state, chain)) ? {} : null,
      (config, state, _found, out) => {
        state.pacing = true;
        out.arm("pace", config.paceMs);
      },
    ),
    on.timeout(
      "pace",
      "pace: propose",
      (_config, state) => (state.pacing ? {} : null),
      (config, state, _found, out) => {
        state.pacing = false;
        for (const chain of config.proposes) {
          if (!hasOffer(config, state, chain)) continue;
          const offer = offerFor(config, state, chain);
          mapGet(state.chains, chain)!.offered = offer;
          out.output({ kind: "propose", chain, height: offer.height, value: offer.value });
        }
      },
    ),
  ] as Action<JointTypes<A>>[];
}

function isNews<A>(state: Readonly<JointState<A>>, command: JointCommand): boolean {
  if (command.kind !== "decided" && command.kind !== "jointDecided") return true;
  const followed = mapGet(state.chains, command.chain);
  if (followed === undefined) return false;
  return command.kind === "decided"
    ? isNewBase(followed, command.height)
    : isNewJoint(followed, command.slot);
}

/**
 * Joint slots of the chains that one node follows: applies their base blocks in order, opens joint slots, has what was decided
 * in them put into base blocks, and settles those that a chain has passed. `judgeBase` and `judgeJoint` say from its state what the
 * node may vote for.
 *
 * @throws JointError
 * @example
 * const engine = jointEngine(config, { app: assets });
 */
export function jointEngine<A>(config: JointConfig, tools: JointTools<A>): Engine<JointTypes<A>> {
  checkJointConfig(config);
  const actions = [...intakeWith(tools), ...courseWith(tools)];
  return {
    name: "joint slots",
    schema: {
      config: JointConfig,
      state: stateSchema(tools.app.state),
      command: JointCommand,
      message: JointMessage,
      record: recordSchema(tools.app.state),
      output: JointOutput,
      timers: ["pace"],
    },
    self: ({ self }) => self,
    init: (own) => emptyState(own, tools),
    actions,
    compact: (_config, state) => [{ kind: "whole", state: durable(state) }],
    observe: (_config, { chains, closed }) => ({
      closed,
      chains: {
        keys: chains.keys,
        values: chains.values.map(({ ledger, app, decisions }) => ({ ledger, app, decisions })),
      },
    }),
    inert: ({ proposes }, _state, { chain }) => !proposes.includes(chain),
    phase: (_config, { chains }) => {
      const open = chains.values.some(({ ledger }) => ledger.slots.values.some((slot) => !hasEnded(slot)));
      return open ? "joint" : "apart";
    },
    fairness: Object.fromEntries(actions.map(({ name }) => [name, "weak" as const])),
  };
}
