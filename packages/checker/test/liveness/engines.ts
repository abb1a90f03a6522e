import { bool, type Infer, id, nat, nil, record, variant } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import type { Model, ModelProcess, Network } from "../../src/model.ts";

const CallMessage = variant({ call: record({}), answer: record({}) });
const Config = record({ self: id("peer"), peer: id("peer"), retryMs: nat() });

interface Common {
  Config: Infer<typeof Config>;
  Command: null;
  Message: Infer<typeof CallMessage>;
  Record: null;
  Output: null;
}
interface CallerTypes extends Common {
  State: { asked: boolean; answered: boolean };
  Timer: "retry";
}
interface CalleeTypes extends Common {
  State: { busy: boolean };
  Timer: never;
}

const schema = { config: Config, command: nil(), message: CallMessage, record: nil(), output: nil() };
const caller = actionsOf<CallerTypes>();
const callee = actionsOf<CalleeTypes>();

/** Asks once it is told to, and again until it is answered. With `retryMs` 0 it asks only once. */
export const callerEngine: Engine<CallerTypes> = {
  name: "caller",
  schema: { ...schema, state: record({ asked: bool(), answered: bool() }), timers: ["retry"] },
  self: ({ self }) => self,
  init: () => ({ asked: false, answered: false }),
  actions: [
    caller.commands(
      "ask",
      (_config, { asked }) => (asked ? null : true),
      ({ peer, retryMs }, state, _found, out) => {
        state.asked = true;
        out.send([peer], { kind: "call" });
        if (retryMs > 0) out.arm("retry", retryMs);
      },
    ),
    caller.timeout(
      "retry",
      "ask again",
      (_config, { answered }) => (answered ? null : true),
      ({ peer, retryMs }, _state, _found, out) => {
        out.send([peer], { kind: "call" });
        out.arm("retry", retryMs);
      },
    ),
    caller.message(
      "answer",
      "hear",
      (_config, { answered }) => (answered ? null : true),
      (_config, state, _found, out) => {
        state.answered = true;
        out.disarm("retry");
      },
    ),
  ],
  compact: () => [],
  observe: (_config, { asked, answered }) => ({ asked, answered }),
  fairness: { ask: "none", "ask again": "weak", hear: "weak" },
};

/** Answers every call; or, broken, only the first. */
export function calleeEngine(onlyOnce: boolean): Engine<CalleeTypes> {
  return {
    name: onlyOnce ? "callee that answers once" : "callee",
    schema: { ...schema, state: record({ busy: bool() }), timers: [] },
    self: ({ self }) => self,
    init: () => ({ busy: false }),
    actions: [
      callee.message(
        "call",
        "answer",
        (_config, { busy }, _message, from) => (busy ? null : from),
        (_config, state, from, out) => {
          state.busy = onlyOnce;
          out.send([from], { kind: "answer" });
        },
      ),
    ],
    compact: () => [],
    observe: (_config, { busy }) => busy,
    fairness: { answer: "weak" },
  };
}

/** What differs between the models of one caller `a` and one callee `b`. */
export interface CallOptions {
  readonly network?: Partial<Network>;
  readonly retryMs?: number;
  readonly retries?: number;
  readonly onlyOnce?: boolean;
  readonly crashes?: number;
  readonly callers?: readonly string[];
}

/** One callee, and callers that each ask once. */
export function callModel(options: CallOptions = {}): Model {
  const { network, retryMs = 100, retries = 1, onlyOnce = false, crashes = 0, callers = ["a"] } = options;
  const asking = (self: string): ModelProcess => ({
    engine: callerEngine,
    config: { self, peer: "b", retryMs },
    inputs: { ask: { commands: [null] } },
    timers: { retry: retries },
  });
  const answering = { engine: calleeEngine(onlyOnce), config: { self: "b", peer: callers[0]!, retryMs: 0 } };
  return {
    name: "call",
    processes: { ...Object.fromEntries(callers.map((self) => [self, asking(self)])), b: answering },
    network: { order: "bag", ignored: "consume", ...network },
    faults: { crashes, recover: false, splitFlush: false },
    delays: "keep",
    invariants: [],
    witnesses: [],
  };
}
