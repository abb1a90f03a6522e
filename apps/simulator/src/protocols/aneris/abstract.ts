import { bytes, id, list, nat, nil, record, variant } from "@eunomia/codec";
import { type AnyEngine, actionsOf, type EngineTypes, type NodeId } from "@eunomia/engine";

const Proposal = record({ epoch: nat(), slot: nat(), value: bytes() });
type Proposal = { readonly epoch: number; readonly slot: number; readonly value: Uint8Array };
const Question = record({ epoch: nat(), nonce: nat() });
type Question = { readonly epoch: number; readonly nonce: number };
const Answer = record({ epoch: nat(), nonce: nat(), slot: nat() });
type Answer = Question & { readonly slot: number };
const Message = variant({ propose: Proposal, decided: Proposal, highest: Question, highestAck: Answer });
const process = id("process");

interface RegisterTypes extends EngineTypes {
  Config: { readonly self: NodeId; readonly learners: readonly NodeId[] };
  State: { decided: Proposal[] };
  Command: null;
  Message:
    | ({ readonly kind: "propose" } & Proposal)
    | ({ readonly kind: "decided" } & Proposal)
    | ({ readonly kind: "highest" } & Question)
    | ({ readonly kind: "highestAck" } & Answer);
  Timer: never;
  Record: null;
  Output: null;
}

const same = (a: Proposal, b: Proposal): boolean => a.epoch === b.epoch && a.slot === b.slot;

const register = actionsOf<RegisterTypes>();

/**
 * Consensus as its door promises it, and no better: one register for each (epoch, slot) that takes the first proposal which
 * arrives. The network may hold any proposal back, so it decides any value that was proposed, at any moment.
 */
export const registerEngine = {
  name: "register",
  schema: {
    config: record({ self: process, learners: list(process) }),
    state: record({ decided: list(Proposal) }),
    command: nil(),
    message: Message,
    record: nil(),
    output: nil(),
    timers: [],
  },
  self: ({ self }: RegisterTypes["Config"]) => self,
  init: () => ({ decided: [] }),
  actions: [
    register.message(
      "propose",
      "take",
      (_config, { decided }, { epoch, slot, value }) =>
        decided.some((one) => same(one, { epoch, slot, value })) ? null : { epoch, slot, value },
      ({ learners }, state, proposal, out) => {
        state.decided.push(proposal);
        // Sorted, so that the order of arrival in different slots leaves no trace.
        state.decided.sort((a, b) => a.epoch - b.epoch || a.slot - b.slot);
        out.send(learners, { kind: "decided", ...proposal });
      },
    ),
    register.message(
      "propose",
      "tell again",
      (_config, { decided }, { epoch, slot, value }, from) => {
        const known = decided.find((one) => same(one, { epoch, slot, value }));
        return known === undefined ? null : { from, known };
      },
      (_config, _state, { from, known }, out) => out.send([from], { kind: "decided", ...known }),
    ),
    register.message(
      "highest",
      "say how far writes have come",
      (_config, { decided }, { epoch, nonce }, from) => {
        const slots = decided.flatMap((one) => (one.epoch === epoch ? [one.slot] : []));
        return { from, epoch, nonce, slot: Math.max(0, ...slots) };
      },
      (_config, _state, { from, ...answer }, out) => out.send([from], { kind: "highestAck", ...answer }),
    ),
  ],
  compact: () => [],
  observe: () => null,
  fairness: { take: "weak", "tell again": "weak", "say how far writes have come": "weak" },
} as unknown as AnyEngine;

interface DoorTypes extends EngineTypes {
  Config: { readonly self: NodeId; readonly register: NodeId };
  State: { offered: { epoch: number; slot: number }[] };
  Command: ({ readonly kind: "propose" } & Proposal) | ({ readonly kind: "highest" } & Question);
  Message: RegisterTypes["Message"];
  Timer: never;
  Record: null;
  Output: ({ readonly kind: "decided" } & Proposal) | ({ readonly kind: "highest" } & Answer);
}

const door = actionsOf<DoorTypes>();

/** The door of one replica to the registers: the first proposal of a slot stands, every decision is reported. */
export const doorEngine = {
  name: "door",
  schema: {
    config: record({ self: process, register: process }),
    state: record({ offered: list(record({ epoch: nat(), slot: nat() })) }),
    command: variant({ propose: Proposal, highest: Question }),
    message: Message,
    record: nil(),
    output: variant({ decided: Proposal, highest: Answer }),
    timers: [],
  },
  self: ({ self }: DoorTypes["Config"]) => self,
  init: () => ({ offered: [] }),
  actions: [
    door.commands(
      "offer",
      (_config, { offered }, commands) => {
        const fresh = commands.filter(
          (command) =>
            command.kind === "highest" ||
            !offered.some((one) => one.epoch === command.epoch && one.slot === command.slot),
        );
        return fresh.length > 0 ? fresh : null;
      },
      (config, state, fresh, out) => {
        for (const command of fresh) {
          if (command.kind === "propose") state.offered.push({ epoch: command.epoch, slot: command.slot });
          out.send([config.register], command);
        }
      },
    ),
    door.message(
      "decided",
      "report",
      (_config, _state, { epoch, slot, value }) => ({ epoch, slot, value }),
      (_config, _state, decision, out) => out.output({ kind: "decided", ...decision }),
    ),
    door.message(
      "highestAck",
      "report how far writes have come",
      (_config, _state, { epoch, nonce, slot }) => ({ epoch, nonce, slot }),
      (_config, _state, answer, out) => out.output({ kind: "highest", ...answer }),
    ),
  ],
  compact: () => [],
  observe: () => null,
  fairness: { offer: "weak", report: "weak", "report how far writes have come": "weak" },
} as unknown as AnyEngine;
