import { emptyMap, equalBytes, mapDropThrough, mapGet, mapSet, sha256 } from "@eunomia/codec";
import { type Action, actionsOf, type Effects, type Engine, type NodeId } from "@eunomia/engine";
import { learnByReference, relayDecision, stableActions } from "./acceptor-learn.ts";
import {
  AcceptorCommand,
  AcceptorConfig,
  AcceptorOutput,
  AcceptorRecord,
  AcceptorState,
  type AcceptorTypes,
  checkAcceptorConfig,
  owns,
} from "./acceptor-types.ts";

import { type Ballot, compareBallots, higherBallot } from "./ballot.ts";
import { PaxosMessage, type Pvalue } from "./message.ts";
import { retiringSets } from "./stability.ts";

const on = actionsOf<AcceptorTypes>();

const restart = on.start(
  "restart (4.7)",
  (_config, _state, records) => ({ records }),
  (_config, state, { records }) => {
    for (const record of records) {
      if (record.kind === "floor") {
        state.floor = Math.max(state.floor, record.floor);
        mapDropThrough(state.accepted, state.floor);
      } else {
        state.promised = higherBallot(state.promised, record.ballot);
        if (record.kind === "accepted" && record.slot > state.floor)
          mapSet(state.accepted, record.slot, { ballot: record.ballot, value: record.value });
      }
    }
  },
);

/**
 * One page of what was accepted from `fromSlot` on. Pages asked for one after the other are together one snapshot: the
 * ballot is promised before the first page leaves, so every value of a lower ballot stays as it is; a value that a higher
 * ballot replaces in between came with a higher promise, and then the next page is a refusal. What the floor swallowed in
 * between is covered by the floor that each page carries.
 */
function page(config: AcceptorConfig, state: Readonly<AcceptorState>, fromSlot: number) {
  const accepted: Pvalue[] = [];
  let bytes = 0;
  let more = false;
  for (let i = 0; i < state.accepted.keys.length; i++) {
    const slot = state.accepted.keys[i]!;
    if (slot < fromSlot) continue;
    const { ballot, value } = state.accepted.values[i]!;
    if (accepted.length > 0 && bytes + value.length + pvalueOverhead > config.pageBytes) {
      more = true;
      break;
    }
    bytes += value.length + pvalueOverhead;
    accepted.push({ slot, ballot, value });
  }
  return { accepted, more };
}
/** At most this many bytes of frame stand around one value. */
const pvalueOverhead = 40;

/** The promise, with a page of what was accepted from `fromSlot` on. */
function tellPromise(
  config: AcceptorConfig,
  state: Readonly<AcceptorState>,
  from: NodeId,
  ballot: Ballot,
  fromSlot: number,
  out: Effects<AcceptorTypes>,
): void {
  const { floor } = state;
  out.send([from], {
    kind: "p1b",
    ballot,
    promised: ballot,
    floor,
    fromSlot,
    ...page(config, state, fromSlot),
  });
}

const promise = on.message(
  "p1a",
  "1b promise (4.4)",
  (config, state, { ballot, fromSlot }, from) =>
    owns(config, from, ballot) && compareBallots(ballot, state.promised) > 0
      ? { from, ballot, fromSlot }
      : null,
  (config, state, { from, ballot, fromSlot }, out) => {
    state.promised = ballot;
    out.persist({ kind: "promised", ballot });
    tellPromise(config, state, from, ballot, fromSlot, out);
  },
);

const promiseAgain = on.message(
  "p1a",
  "1b promise again (4.4)",
  (config, state, { ballot, fromSlot }, from) =>
    owns(config, from, ballot) && compareBallots(ballot, state.promised) === 0
      ? { from, ballot, fromSlot }
      : null,
  (config, state, { from, ballot, fromSlot }, out) => {
    tellPromise(config, state, from, ballot, fromSlot, out);
  },
);

const promiseRefused = on.message(
  "p1a",
  "1b refuse (4.4)",
  (config, state, { ballot, fromSlot }, from) =>
    owns(config, from, ballot) && compareBallots(ballot, state.promised) < 0
      ? { from, ballot, fromSlot }
      : null,
  (_config, state, { from, ballot, fromSlot }, out) => {
    const { promised, floor } = state;
    out.send([from], { kind: "p1b", ballot, promised, floor, fromSlot, accepted: [], more: false });
  },
);

const trimmed = on.message(
  "p2a",
  "2b trimmed (4.4)",
  (config, state, { ballot, slot }, from) =>
    owns(config, from, ballot) && slot <= state.floor ? { from } : null,
  (_config, state, { from }, out) => out.send([from], { kind: "trimmed", floor: state.floor }),
);

const refuse = on.message(
  "p2a",
  "2b refuse (4.4)",
  (config, state, { ballot, slot }, from) => {
    const promised = state.promised;
    return owns(config, from, ballot) && promised !== null && compareBallots(ballot, promised) < 0
      ? { from, ballot, slot, promised }
      : null;
  },
  (_config, _state, { from, ballot, slot, promised }, out) =>
    out.send([from], { kind: "p2b", ballot, slot, promised, valueDigest: null }),
);

/** A repeated p2a is acknowledged without a second record: the first one stands before this answer in the effects. */
const acceptAgain = on.message(
  "p2a",
  "2b accept again (4.4)",
  (config, state, { ballot, slot, value }, from) => {
    const held = owns(config, from, ballot) ? mapGet(state.accepted, slot) : undefined;
    return held !== undefined && compareBallots(held.ballot, ballot) === 0 && equalBytes(held.value, value)
      ? { from, ballot, slot, value }
      : null;
  },
  (config, _state, { from, ballot, slot, value }, out) =>
    out.send([from], { kind: "p2b", ballot, slot, promised: ballot, valueDigest: digestOf(config, value) }),
);

const ballotReuse = on.message(
  "p2a",
  "2b ballot reuse (4.4)",
  (config, state, { ballot, slot }, from) => {
    const held = owns(config, from, ballot) ? mapGet(state.accepted, slot) : undefined;
    return held !== undefined && compareBallots(held.ballot, ballot) === 0 ? { ballot, slot } : null;
  },
  (_config, _state, { ballot, slot }, out) =>
    out.output({ kind: "alarm", reason: "ballot reuse", slot, ballot }),
);

const accept = on.message(
  "p2a",
  "2b accept (4.4)",
  (config, state, { ballot, slot, value }, from) =>
    owns(config, from, ballot) && slot <= state.floor + config.maxAhead
      ? { from, ballot, slot, value }
      : null,
  (config, state, { from, ballot, slot, value }, out) => {
    state.promised = ballot;
    mapSet(state.accepted, slot, { ballot, value });
    out.persist({ kind: "accepted", ballot, slot, value });
    out.send([from], { kind: "p2b", ballot, slot, promised: ballot, valueDigest: digestOf(config, value) });
  },
);

function digestOf(config: AcceptorConfig, value: Uint8Array): Uint8Array | null {
  return config.acknowledgeDigests ? sha256(value) : null;
}

const answerProbe = on.message(
  "probe",
  "answer a probe (4.8)",
  (config, _state, { nonce }, from) => (config.leaders.includes(from) ? { from, nonce } : null),
  (_config, _state, { from, nonce }, out) => out.send([from], { kind: "probeAck", nonce }),
);

/** What is accepted here may be chosen; what is retired was. It need not be durable: too high an answer does no harm. */
const answerRead = on.message(
  "highest",
  "answer a read (5.10)",
  (config, _state, { nonce }, from) => (config.learners.includes(from) ? { from, nonce } : null),
  (_config, state, { from, nonce }, out) =>
    out.send([from], {
      kind: "highestAck",
      nonce,
      slot: Math.max(state.floor, state.accepted.keys.at(-1) ?? 0),
    }),
);

/**
 * An acceptor: promises ballots, accepts values, forgets retired slots. Durable: promised, accepted, floor
 * (ordered-broadcast definition, sections 4.4, 4.6, 4.7).
 *
 * @throws PaxosConfigError
 * @example
 * const engine = acceptorEngine(acceptorConfig);
 * const state = engine.init(acceptorConfig);
 */
export function acceptorEngine(config: AcceptorConfig): Engine<AcceptorTypes> {
  checkAcceptorConfig(config);
  const retiring = retiringSets(config.learners, config.f);
  const actions = [
    restart,
    promise,
    promiseAgain,
    promiseRefused,
    trimmed,
    refuse,
    acceptAgain,
    ballotReuse,
    accept,
    learnByReference,
    relayDecision,
    answerProbe,
    answerRead,
    ...stableActions(retiring),
  ] as Action<AcceptorTypes>[];
  return {
    name: "paxos acceptor",
    schema: {
      config: AcceptorConfig,
      state: AcceptorState,
      command: AcceptorCommand,
      message: PaxosMessage,
      record: AcceptorRecord,
      output: AcceptorOutput,
      timers: [],
    },
    self: ({ self }) => self,
    init: ({ fromSlot }) => ({
      promised: null,
      accepted: emptyMap(),
      floor: fromSlot - 1,
      stable: emptyMap(),
    }),
    actions,
    compact: (_config, state) => compactAcceptor(state),
    observe: (_config, { promised, accepted, floor }) => ({ promised, accepted, floor }),
    phase: (_config, { promised, accepted }) =>
      promised === null ? "fresh" : accepted.keys.length === 0 ? "promised" : "accepting",
    collects: ["note a stable report (4.6)"],
    fairness: Object.fromEntries(actions.map(({ name }) => [name, "weak" as const])),
  };
}

function compactAcceptor(state: Readonly<AcceptorState>): AcceptorRecord[] {
  const records: AcceptorRecord[] = [{ kind: "floor", floor: state.floor }];
  if (state.promised !== null) records.push({ kind: "promised", ballot: state.promised });
  state.accepted.keys.forEach((slot, i) => {
    const { ballot, value } = state.accepted.values[i]!;
    records.push({ kind: "accepted", ballot, slot, value });
  });
  return records;
}
