import {
  type AbstractMessage,
  engineProcess,
  type VectorAdapter,
  type VectorEffect,
  type VectorInput,
  type VectorProcess,
} from "@eunomia/conformance";
import type { Ballot, PaxosMessage } from "../../src/index.ts";
import { acceptorConfig, leaderConfig, type Makers, type Shape, textOf, valueFrom } from "./cluster.ts";

type Pair = [number, number];
const pair = (ballot: Ballot): Pair => [ballot.round, ballot.leader];
const ballotOf = ([round, leader]: Pair): Ballot => ({ round, leader });

/** The messages that vectors speak of; null for the others. */
function abstract(from: string, message: PaxosMessage): AbstractMessage | null {
  switch (message.kind) {
    case "p1a":
      return { t: "P1A", from, ballot: pair(message.ballot), fromSlot: message.fromSlot };
    case "p1b":
      return {
        t: "P1B",
        from,
        ballot: pair(message.ballot),
        promised: message.promised === null ? null : pair(message.promised),
        floor: message.floor,
        accepted: message.accepted.map(({ slot, ballot, value }) => [slot, pair(ballot), textOf(value)]),
      };
    case "p2a":
      return {
        t: "P2A",
        from,
        ballot: pair(message.ballot),
        slot: message.slot,
        value: textOf(message.value),
      };
    case "p2b":
      return {
        t: "P2B",
        from,
        ballot: pair(message.ballot),
        slot: message.slot,
        promised: pair(message.promised),
      };
    case "decision":
      return { t: "DECISION", from, slot: message.slot, value: textOf(message.value) };
    default:
      return null;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the fields of an abstract message depend on its tag
function concrete(message: any): PaxosMessage {
  switch (message.t) {
    case "PROPOSE":
      return { kind: "propose", slot: message.slot, value: valueFrom(message.value) };
    case "P1B":
      return {
        kind: "p1b",
        ballot: ballotOf(message.ballot),
        promised: ballotOf(message.promised),
        floor: message.floor,
        fromSlot: 1,
        more: false,
        accepted: message.accepted.map(([slot, ballot, value]: [number, Pair, string]) => ({
          slot,
          ballot: ballotOf(ballot),
          value: valueFrom(value),
        })),
      };
    case "P2A":
      return {
        kind: "p2a",
        ballot: ballotOf(message.ballot),
        slot: message.slot,
        value: valueFrom(message.value),
      };
    default:
      throw new Error(`no vector hands in ${message.t}`);
  }
}

function toEvents(input: VectorInput): readonly object[] {
  if (input.kind === "start") return [{ kind: "commands", commands: [{ kind: "lead" }] }];
  if (input.kind !== "message") return [{ kind: "timeout", timer: "retry" }];
  return [{ kind: "message", from: input.message.from ?? "r0", message: concrete(input.message) }];
}

// biome-ignore lint/suspicious/noExplicitAny: effects of three engines
function fromEffect(self: string, effect: any): VectorEffect[] {
  if (effect.kind === "send") {
    const message = abstract(self, effect.message);
    return message === null ? [] : [{ kind: "send", to: effect.to, message }];
  }
  const { output } = effect;
  if (output.kind === "decided") return [{ kind: "decide", slot: output.slot, value: textOf(output.value) }];
  if (output.kind === "preempted") return [{ kind: "preempted", ballot: pair(output.ballot) }];
  return [];
}

// biome-ignore lint/suspicious/noExplicitAny: states of two engines
function project(state: any): Record<string, unknown> {
  if ("roundHi" in state)
    return { active: state.phase === "active", ballot: state.ballot === null ? null : pair(state.ballot) };
  return {
    promised: state.promised === null ? null : pair(state.promised),
    accepted: Object.fromEntries(
      state.accepted.keys.map((slot: number, i: number) => {
        const { ballot, value } = state.accepted.values[i];
        return [String(slot), [pair(ballot), textOf(value)]];
      }),
    ),
  };
}

/** Plays the acceptors and leaders of a vector; its learners are names without a process. */
export function paxosAdapter(makers: Makers): VectorAdapter {
  return {
    create({ config }) {
      const acceptors = config.acceptors as readonly string[];
      const shape: Shape = { acceptors: acceptors.length, q1: 2, q2: 2 };
      const processes = new Map<string, VectorProcess>();
      const add = (id: string, engine: ReturnType<Makers["leader"]>, engineConfig: unknown) =>
        processes.set(
          id,
          engineProcess(engine, {
            config: engineConfig,
            toEvents: toEvents as never,
            fromEffect: (effect) => fromEffect(id, effect),
            project,
          }),
        );
      for (const id of acceptors) {
        const own = acceptorConfig(shape, id);
        add(id, makers.acceptor(own), own);
      }
      for (const id of config.leaders as readonly string[]) {
        const own = leaderConfig(shape, id);
        add(id, makers.leader(own), own);
      }
      return processes;
    },
  };
}
