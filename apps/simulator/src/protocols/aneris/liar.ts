import { bytes, id, list, nat, nil, record, variant } from "@eunomia/codec";
import { type AnyEngine, actionsOf, type EngineTypes, type NodeId } from "@eunomia/engine";

const Proposal = record({ epoch: nat(), slot: nat(), value: bytes() });
type Proposal = { readonly epoch: number; readonly slot: number; readonly value: Uint8Array };
const process = id("process");

interface LiarTypes extends EngineTypes {
  Config: { readonly self: NodeId; readonly register: NodeId; readonly choices: readonly Proposal[] };
  State: { told: number };
  Command: { readonly kind: "lie" };
  Message: { readonly kind: "propose" } & Proposal;
  Timer: never;
  Record: null;
  Output: null;
}

const on = actionsOf<LiarTypes>();

/** A proposer that keeps to no rules: brings one of several values into consensus, so that only delivery can stop it. */
export const liarEngine = {
  name: "liar",
  schema: {
    config: record({ self: process, register: process, choices: list(Proposal) }),
    state: record({ told: nat() }),
    command: variant({ lie: record({}) }),
    message: variant({ propose: Proposal, decided: Proposal }),
    record: nil(),
    output: nil(),
    timers: [],
  },
  self: ({ self }: LiarTypes["Config"]) => self,
  init: () => ({ told: 0 }),
  actions: [
    {
      ...on.commands<Proposal>(
        "lie",
        ({ choices }, { told }) => (told === 0 ? choices[0]! : null),
        ({ register }, state, { epoch, slot, value }, out) => {
          state.told = 1;
          out.send([register], { kind: "propose", epoch, slot, value });
        },
      ),
      choices: ({ choices }: LiarTypes["Config"]) => choices,
    },
  ],
  compact: () => [],
  observe: () => null,
  fairness: { lie: "none" },
} as unknown as AnyEngine;
