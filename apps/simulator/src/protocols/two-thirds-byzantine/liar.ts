import { bytes, type Infer, list, nat, nil, orderedId, record, sha256, variant } from "@eunomia/codec";
import { type AnyEngine, actionsOf, type EngineTypes } from "@eunomia/engine";
import { ByzantineMessage, StatusReport } from "@eunomia/two-thirds/byzantine";
import { resealed } from "./parts.ts";

const process = orderedId("process");
const LiarConfig = record({
  self: process,
  honest: list(process),
  slot: nat(),
  rounds: nat(),
  values: list(bytes()),
  /** How many statuses of honest members it needs beside its own. */
  needed: nat(),
});
type LiarConfig = Infer<typeof LiarConfig>;
const LiarState = record({ heard: list(record({ round: nat(), report: StatusReport })) });

interface LiarTypes extends EngineTypes {
  Config: LiarConfig;
  State: Infer<typeof LiarState>;
  Command: { readonly kind: "lie" };
  Message: ByzantineMessage;
  Timer: never;
  Record: null;
  Output: null;
}

const on = actionsOf<LiarTypes>();
const unsigned = new Uint8Array();

/** The message under the liar's own seal. */
const sealed = ({ self }: LiarConfig, message: ByzantineMessage): ByzantineMessage =>
  resealed(message, self, (member) => member === self);

/** Every STATUS that it may claim for a round: nothing, and each value. */
function claims({ values }: LiarConfig): { readonly lastRound: number; readonly est: Uint8Array | null }[] {
  return [{ lastRound: -1, est: null }, ...values.map((est) => ({ lastRound: 0, est }))];
}

/** Votes for every value and every STATUS, of every round: what each honest member gets of it is up to the network. */
const lie = on.commands(
  "lie",
  () => ({}),
  (config, _state, _found, out) => {
    const { slot, rounds, values, honest } = config;
    for (let round = 0; round < rounds; round += 1) {
      for (const value of values)
        out.send(honest, sealed(config, { kind: "vote", slot, round, signature: unsigned, value }));
      if (round === 0) continue;
      for (const claim of claims(config))
        out.send(honest, sealed(config, { kind: "status", slot, round, signature: unsigned, ...claim }));
    }
  },
);

/** As a coordinator it offers every value with every STATUS of its own beside those of honest members. */
const mislead = on.message(
  "status",
  "mislead",
  (config, { heard }, { slot, round, lastRound, est, signature }, from) =>
    slot !== config.slot || heard.some((one) => one.round === round && one.report.from === from)
      ? null
      : { round, report: { from, lastRound, est: est === null ? null : sha256(est), signature } },
  (config, state, found, out) => {
    state.heard = [...state.heard, found].sort((a, b) => (a.report.from < b.report.from ? -1 : 1));
    const { self, slot, values, honest, needed } = config;
    const { round } = found;
    const reports = state.heard.filter((one) => one.round === round).map(({ report }) => report);
    if (reports.length !== needed) return;
    for (const { lastRound, est } of claims(config))
      for (const value of values) {
        const own = { from: self, lastRound, est: est === null ? null : sha256(est), signature: unsigned };
        const statuses = [...reports, own].sort((a, b) => (a.from < b.from ? -1 : 1));
        out.send(
          honest,
          sealed(config, { kind: "newround", slot, round, signature: unsigned, statuses, value }),
        );
      }
  },
);

/**
 * A member that keeps to no rule: it says everything that it can seal, in a soup from which every honest member may take what
 * splits it from the others. It cannot seal for anybody else.
 */
export const liarEngine = {
  name: "byzantine two-thirds liar",
  schema: {
    config: LiarConfig,
    state: LiarState,
    command: variant({ lie: record({}) }),
    message: ByzantineMessage,
    record: nil(),
    output: nil(),
    timers: [],
  },
  self: ({ self }: LiarConfig) => self,
  init: () => ({ heard: [] }),
  actions: [lie, mislead],
  compact: () => [],
  observe: () => null,
  inert: (_config: LiarConfig, _state: unknown, { kind }: ByzantineMessage) => kind !== "status",
  fairness: { lie: "none", mislead: "none" },
} as unknown as AnyEngine;
