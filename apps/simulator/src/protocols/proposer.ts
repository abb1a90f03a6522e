import { bytes, type Infer, id, list, nat, nil, record, type Schema, variant } from "@eunomia/codec";
import { actionsOf, type Engine, type EngineTypes } from "@eunomia/engine";

const Offer = record({ to: id("process"), slot: nat(), value: bytes() });
export const ProposerConfig = record({ self: id("process"), choices: list(list(Offer)) });
type ProposerConfig = Infer<typeof ProposerConfig>;
const State = record({ given: nat() });
const Command = variant({ go: record({}) });

interface ProposerTypes extends EngineTypes {
  Config: ProposerConfig;
  State: Infer<typeof State>;
  Command: Infer<typeof Command>;
  Message: { readonly kind: string };
  Timer: never;
  Record: null;
  Output: null;
}

/**
 * What stands for the replicas in models of a protocol by itself: told to go, it sends one of several sets of proposals, and
 * listens to nobody. It speaks the messages of the protocol it is made for.
 *
 * @example
 * proposerEngine(PaxosMessage); // config: { self: "c", choices: [[{ to: "l0", slot: 1, value }]] }
 */
export function proposerEngine(
  message: Schema<never> | Schema<{ readonly kind: string }>,
): Engine<ProposerTypes> {
  const on = actionsOf<ProposerTypes>();
  const offer = on.commands<ProposerConfig["choices"][number]>(
    "offer",
    ({ choices }, { given }) => (given === 0 ? choices[0]! : null),
    (_config, state, offers, out) => {
      state.given = 1;
      for (const { to, slot, value } of offers) out.send([to], { kind: "propose", slot, value } as never);
    },
  );
  return {
    name: "proposer",
    schema: {
      config: ProposerConfig,
      state: State,
      command: Command,
      message: message as Schema<{ readonly kind: string }>,
      record: nil(),
      output: nil(),
      timers: [],
    },
    self: ({ self }) => self,
    init: () => ({ given: 0 }),
    actions: [{ ...offer, choices: ({ choices }) => choices }],
    compact: () => [],
    observe: () => null,
    inert: () => true,
    fairness: { offer: "none" },
  };
}
