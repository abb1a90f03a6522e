import type { ScenarioEnvironment } from "@eunomia/conformance";
import type { Ballot, PaxosMessage } from "../../src/index.ts";
import { cluster, type Makers, type Shape, soundMakers, textOf, valueFrom } from "./cluster.ts";

const of = (ballot: Ballot | null): string =>
  ballot === null ? "none" : `[${ballot.round},${ballot.leader}]`;
const same = (a: Ballot, b: Ballot | null): boolean => of(a) === of(b);

function messageText(message: PaxosMessage): string {
  switch (message.kind) {
    case "propose":
    case "decision":
      return `${message.kind} ${message.slot}=${textOf(message.value)}`;
    case "p1a":
      return `p1a ${of(message.ballot)} from slot ${message.fromSlot}`;
    case "p1b": {
      if (!same(message.ballot, message.promised))
        return `p1b ${of(message.ballot)} refused for ${of(message.promised)}`;
      const accepted = message.accepted.map(
        ({ slot, ballot, value }) => `${slot}=${textOf(value)} under ${of(ballot)}`,
      );
      return `p1b ${of(message.ballot)} promised, accepted ${accepted.join(", ") || "nothing"}`;
    }
    case "p2a":
      return `p2a ${of(message.ballot)} ${message.slot}=${textOf(message.value)}`;
    case "p2b":
      return `p2b ${of(message.ballot)} slot ${message.slot} ${
        same(message.ballot, message.promised) ? "accepted" : `refused for ${of(message.promised)}`
      }`;
    case "chosen":
      return `chosen ${of(message.ballot)} ${message.slots.join(" ")}`;
    case "heartbeat":
      return `heartbeat ${of(message.ballot)} through ${message.commitThrough}`;
    case "highest":
      return `highest ${message.nonce}`;
    case "highestAck":
      return `highestAck ${message.nonce} slot ${message.slot}`;
    case "probe":
    case "probeAck":
      return `${message.kind} ${message.nonce}`;
    case "fetch":
      return `fetch ${message.slots.join(" ")}`;
    case "trimmed":
      return `trimmed ${message.floor}`;
    case "stable":
      return `stable ${message.slot}`;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: commands, records, outputs and states of three engines
type Any = any;

/** Its fields, but for the kind: a ballot, a slot with or without a value, or a number. */
function fieldsText({ ballot, slot, value, round, floor, process, reason }: Any): string {
  const parts = [
    ballot === undefined ? "" : of(ballot),
    slot === undefined ? "" : value === undefined ? `${slot}` : `${slot}=${textOf(value)}`,
    String(round ?? floor ?? process ?? reason ?? ""),
  ];
  return parts.filter((part) => part !== "").join(" ");
}
const kindText = (item: Any): string => `${item.kind} ${fieldsText(item)}`.trim();

const list = ({ keys, values }: Any, text: (value: Any) => string): string =>
  keys.map((slot: number, i: number) => `${slot}=${text(values[i])}`).join(" ") || "nothing";

function stateText(state: Any): string {
  if ("promised" in state)
    return `promised ${of(state.promised)}, accepted ${list(
      state.accepted,
      ({ ballot, value }) => `${textOf(value)} under ${of(ballot)}`,
    )}`;
  if (!("roundHi" in state)) return `decided ${list(state.decided, textOf)}`;
  const { phase, ballot, decided, proposals } = state;
  return `${phase} ${of(ballot)}, decided ${list(decided, textOf)}, open ${list(proposals, textOf)}`;
}

const numbers = ["learners", "leaders"] as const;

/**
 * Acceptors a1 to a3, leaders l0 and l1, one learner r0. Words of `cluster`: `skip` for the phase-1 skip, `learners=2`,
 * `leaders=3`. Words of `propose`: `lead` for a leader, `1=x` for a learner.
 */
export const paxosScenarios = (makers: Makers = soundMakers): ScenarioEnvironment => ({
  cluster: (words) => {
    const shape: Shape = { acceptors: 3, q1: 2, q2: 2, leaders: 2, learners: 1 };
    const given = words.map((word): Partial<Shape> => {
      const [name, value] = word.split("=");
      if (word === "skip") return { skipPhase1: true };
      if (!(numbers as readonly string[]).includes(name!)) throw new Error(`no word "${word}" of a cluster`);
      return { [name!]: Number(value) };
    });
    return Object.fromEntries(cluster(Object.assign(shape, ...given), makers));
  },
  commands: (words) =>
    words.map((word) => {
      if (word === "lead") return { kind: "lead" };
      const [slot, value = ""] = word.split("=");
      return { kind: "propose", slot: Number(slot), value: valueFrom(value) };
    }),
  describe: {
    message: (message) => messageText(message as PaxosMessage),
    command: kindText,
    record: kindText,
    output: kindText,
    state: stateText,
  },
});
