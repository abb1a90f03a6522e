import { sha256, toHex, utf8Decode, utf8Encode } from "@eunomia/codec";
import type { ScenarioEnvironment } from "@eunomia/conformance";
import { type GraphInput, learnerGraph } from "@eunomia/learner-graph";
import type {
  HeteroPaxosMessage,
  NodeCommand,
  NodeOutput,
  NodeRecord,
  NodeState,
  Speech,
  Stamp,
} from "../src/index.ts";
import { openingId, speechId } from "../src/proof/header.ts";
import { type ClusterOptions, cluster, scheme } from "./cluster.ts";
import { examples } from "./examples.ts";
import { gap } from "./graphs.ts";

const graphs: Readonly<Record<string, GraphInput>> = {
  bft: examples[0]!.graph,
  crash: examples[1]!.graph,
  chains: examples[2]!.graph,
  gap,
};

/** Values of scripts are single letters. */
const letters = new Map([..."ABCDEFGH"].map((letter) => [toHex(sha256(utf8Encode(letter))), letter]));
const stamp = ({ number, value }: Stamp): string => `${number}${letters.get(toHex(value))}`;
const short = (id: Uint8Array): string => `#${toHex(id).slice(0, 4)}`;

/** Names of messages of one script by id: they are told before others refer to them. */
const names = new Map<string, string>();

function nameOf(message: HeteroPaxosMessage): string {
  if (message.kind === "1a") {
    const ballot = { number: message.number, value: sha256(message.value) };
    names.set(toHex(openingId(scheme, message.instance, ballot)), `1a@${stamp(ballot)}`);
    return `1a@${stamp(ballot)}`;
  }
  const speech = message as Speech;
  const id = speechId(scheme, speech);
  const name = `${speech.signer}.${speech.kind}@${stamp(speech.ballot)}${speech.learners.map((a) => `+${a}`).join("")}`;
  names.set(toHex(id), name);
  return name;
}

const refsOf = (refs: readonly Uint8Array[]): string =>
  refs
    .map((ref) => names.get(toHex(ref)) ?? short(ref))
    .sort()
    .join(" ");

function messageText(message: HeteroPaxosMessage): string {
  switch (message.kind) {
    case "1a":
      return nameOf(message);
    case "1b":
    case "2a":
      return `${nameOf(message)} (${refsOf(message.refs)})`;
    case "want":
      return `want ${refsOf(message.ids)}`;
    case "query":
      return `query ${message.instance.slot} ${message.count}`;
    case "stable":
      return `stable ${message.slot}`;
    case "closed":
      return `closed ${message.floor}`;
    case "highest":
      return `highest ${message.nonce}`;
    case "highestAck":
      return `highestAck ${message.nonce} ${message.slot}`;
    case "decision": {
      const { learner, ballot, votes } = message.certificate;
      return `decision of ${learner}: ${stamp(ballot)} by ${votes.map(({ signer }) => signer).join(",")}`;
    }
  }
}

function outputText(output: NodeOutput): string {
  switch (output.kind) {
    case "decided":
      return `${output.learner} decides ${utf8Decode(output.value)}`;
    case "stuck": {
      const bound = output.bound.map(
        (vote) => `${vote.acceptor} for ${vote.learner} to ${stamp(vote.ballot)}`,
      );
      return `${output.learner} is stuck, bound are ${bound.join(", ")}; a way out: ${output.wayOut}`;
    }
    case "highest":
      return `highest ${output.nonce} ${output.slot}`;
    case "trimmed":
      return `trimmed ${output.floor}`;
    case "evidence":
      return `evidence against ${output.signer}`;
    case "refused":
      return `refused: ${output.reason}, from ${output.from}`;
    case "judge":
      return `judge ${utf8Decode(output.value)}`;
    case "alarm":
      return `alarm: ${output.a} ${stamp(output.first)}, ${output.b} ${stamp(output.second)}`;
  }
}

function recordText(record: NodeRecord): string {
  if (record.kind !== "delivered") return record.kind;
  return `${nameOf(record.message)}${record.answer === null ? "" : `, said ${nameOf(record.answer)}`}`;
}

function stateText({ slots }: NodeState): string {
  const told = slots.keys.map((number, i) => {
    const { decided, prev, recent, waiting } = slots.values[i]!;
    const decisions = decided.keys.map((learner, d) => `${learner}=${utf8Decode(decided.values[d]!.value)}`);
    const name = (id: string): string => names.get(id) ?? id.slice(0, 4);
    return [
      `slot ${number}`,
      prev === null ? "silent" : `said ${name(prev)}`,
      `recent ${recent.map(name).sort().join(" ") || "nothing"}`,
      `waiting ${waiting.keys.map(name).sort().join(" ") || "nothing"}`,
      `decided ${decisions.join(" ") || "nothing"}`,
    ].join(", ");
  });
  return told.join("; ") || "nothing";
}

/**
 * Words of `cluster`: the graph, and perhaps a rule. Acceptors are named as in the graph, proposers w0 and w1, a learner z0. Words of
 * `propose`: `1=A`.
 */
export const heteroScenarios = (acceptorOf?: ClusterOptions["acceptorOf"]): ScenarioEnvironment => ({
  cluster: ([name = "", unlock = "never"]) => {
    names.clear();
    return cluster({
      graph: learnerGraph(graphs[name]!),
      options: { unlock: unlock as "never" | "refute" },
      ...(acceptorOf === undefined ? {} : { acceptorOf }),
    });
  },
  commands: (words) =>
    words.map((word) => {
      const [slot, value = ""] = word.split("=");
      return { kind: "propose", slot: Number(slot), value: utf8Encode(value) };
    }),
  describe: {
    message: (message) => messageText(message as HeteroPaxosMessage),
    command: (command) => {
      const propose = command as Extract<NodeCommand, { kind: "propose" }>;
      return `propose ${propose.slot} ${utf8Decode(propose.value)}`;
    },
    record: (record) => recordText(record as NodeRecord),
    output: (output) => outputText(output as NodeOutput),
    state: (state) => stateText(state as NodeState),
  },
});
