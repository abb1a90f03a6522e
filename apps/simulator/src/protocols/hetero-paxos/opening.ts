import { type Infer, id, list, nil, record, variant } from "@eunomia/codec";
import { type AnyEngine, actionsOf, type EngineTypes } from "@eunomia/engine";
import { HeteroPaxosMessage } from "@eunomia/hetero-paxos";

const OpenerConfig = record({
  self: id("process"),
  acceptors: list(id("process")),
  ballots: list(HeteroPaxosMessage),
});

interface OpenerTypes extends EngineTypes {
  Config: Infer<typeof OpenerConfig>;
  State: null;
  Command: { readonly kind: "go" };
  Message: HeteroPaxosMessage;
  Timer: never;
  Record: null;
  Output: null;
}

const on = actionsOf<OpenerTypes>();

/**
 * What stands for proposers in models: told to go, it opens all ballots of the scope at once, and listens to nobody. In a soup each
 * acceptor hears each of them at any moment, or never.
 */
export const openerEngine = {
  name: "hetero-paxos opener",
  schema: {
    config: OpenerConfig,
    state: nil(),
    command: variant({ go: record({}) }),
    message: HeteroPaxosMessage,
    record: nil(),
    output: nil(),
    timers: [],
  },
  self: ({ self }: OpenerTypes["Config"]) => self,
  init: () => null,
  actions: [
    on.commands(
      "open",
      () => ({}),
      ({ acceptors, ballots }, _state, _found, out) => {
        for (const ballot of ballots) out.send(acceptors, ballot);
      },
    ),
  ],
  compact: () => [],
  observe: () => null,
  inert: () => true,
  fairness: { open: "none" },
} as unknown as AnyEngine;
