import type { ScenarioEnvironment } from "@eunomia/conformance";
import { type AssetState, assets, give, mint, transfer } from "../src/assets.ts";
import {
  type Application,
  type Change,
  decodeBase,
  decodeJoint,
  type Entry,
  encodeBase,
  encodeJoint,
  type JointBlock,
  type JointCommand,
  type JointOptions,
  type JointOutput,
  type JointRecord,
  type JointState,
  jointConfig,
  jointEngine,
} from "../src/index.ts";
import { plans } from "./one.ts";

const utf8 = new TextDecoder();
const termsOf = (owner: string): Uint8Array =>
  (transfer("", "", owner) as Extract<Entry, { kind: "lock" }>).terms;

/** `-`: nothing moves; `red:a>blue/bob,…`; `!3`: no slots from 3 on; `!3=x`: new terms from there. */
function blockOf(word: string): JointBlock {
  const [moved = "-", next] = word.split("!");
  const moves = moved.split(",").flatMap((text) => {
    const [, from, name, to, owner] = /^(\w+):(\w+)>(\w+)\/(\w+)$/.exec(text) ?? [];
    return from === undefined ? [] : [{ from, key: `${from}:${name}`, to: to!, terms: termsOf(owner!) }];
  });
  if (next === undefined) return { moves, next: null };
  const [from, terms] = next.split("=");
  return {
    moves,
    next: { from: Number(from), terms: terms === undefined ? null : new TextEncoder().encode(terms) },
  };
}

function blockText({ moves, next }: JointBlock): string {
  const moved = moves.map(({ key, to, terms }) => `${key}>${to}/${utf8.decode(terms.slice(1))}`).join(",");
  const terms = next?.terms == null ? "" : `=${utf8.decode(next.terms)}`;
  return `${moved || "-"}${next === null ? "" : `!${next.from}${terms}`}`;
}

/** `mint=red:a/ann`, `give=red:a/eve`, `move=red:a>blue/bob`, `open=1`, `joint=1/<block>`, `settle=1`, `settle=1/red/<block>`, `leave`. */
function entryOf(word: string): Entry {
  const [kind, rest = ""] = word.split(/=(.*)/s);
  const [head = "", second = ""] = rest.split("/");
  switch (kind) {
    case "mint":
      return mint(head, second);
    case "give":
      return give(head, second);
    case "move": {
      const { key, to } = blockOf(rest).moves[0]!;
      return { kind: "lock", key, to, terms: blockOf(rest).moves[0]!.terms };
    }
    case "open":
      return { kind: "open", slot: Number(head) };
    case "joint":
      return { kind: "joint", slot: Number(head), block: blockOf(rest.slice(head.length + 1)) };
    case "settle":
      return {
        kind: "settle",
        slot: Number(head),
        taken: rest.includes("/") ? { by: second, block: blockOf(rest.split("/").slice(2).join("/")) } : null,
      };
    case "leave":
      return { kind: "leave", evidence: new Uint8Array([1]) };
    default:
      throw new Error(`expected an entry, got ${word}`);
  }
}

function entryText(entry: Entry): string {
  switch (entry.kind) {
    case "app":
      return "app";
    case "lock":
      return `move=${blockText({ moves: [{ from: "", ...entry }], next: null })}`;
    case "open":
      return `open=${entry.slot}`;
    case "joint":
      return `joint=${entry.slot}/${blockText(entry.block)}`;
    case "settle":
      return `settle=${entry.slot}${entry.taken === null ? "" : `/${entry.taken.by}/${blockText(entry.taken.block)}`}`;
    case "leave":
      return "leave";
  }
}

const baseText = (value: Uint8Array): string =>
  decodeBase(value)?.entries.map(entryText).join(" ") || "nothing";

function changeText(change: Change): string {
  switch (change.kind) {
    case "app":
    case "left":
      return change.kind;
    case "locked":
      return `locked ${change.move.key}`;
    case "void":
      return `nothing (${change.reason})`;
    case "opened":
      return `opened ${change.slot} for ${change.locks.map(({ key }) => key).join(",") || "nothing"}`;
    case "passed":
      return `passed ${change.slot}`;
    case "included":
      return `included ${change.slot}: ${blockText(change.block)}`;
    case "abandoned":
    case "released":
      return `${change.kind} ${change.slot ?? "what waited"}, free ${change.keys.join(",") || "nothing"}`;
    case "epoch":
      return `epoch ${change.slot} from slot ${change.from}, height ${change.height}`;
  }
}

function outputText(output: JointOutput): string {
  switch (output.kind) {
    case "propose":
      return `propose ${output.chain}:${output.height} ${baseText(output.value)}`;
    case "open":
      return `open ${output.slot}, epoch ${output.epoch}, ${output.value === null ? "for others to propose" : blockText(decodeJoint(output.value)!)}`;
    case "close":
      return `close ${output.slot}`;
    case "applied":
      return `${output.chain}:${output.height} ${output.changes.map(changeText).join("; ") || "nothing"}`;
    case "refused":
      return `refused ${output.reason}`;
    case "alarm":
      return `alarm ${output.slot}`;
  }
}

function stateText({ chains }: JointState<AssetState>): string {
  const told = chains.values.map(({ ledger, app }, i) => {
    const held = app.held.keys.map((key, at) => `${key}/${app.held.values[at]}`).join(" ");
    return `${chains.keys[i]} ${ledger.height}: holds ${held || "nothing"}, locked ${ledger.locks.keys.join(" ") || "nothing"}`;
  });
  return told.join("; ");
}

const commandText = (command: JointCommand | JointRecord): string => {
  switch (command.kind) {
    case "decided":
    case "base":
      return `${command.chain}:${command.height} ${baseText(command.value)}`;
    case "jointDecided":
    case "joint":
      return `learner ${command.chain} decides ${command.slot}: ${blockText(decodeJoint(command.value)!)}`;
    case "submit":
      return `submit ${command.chain} ${command.entries.map(entryText).join(" ")}`;
    default:
      return command.kind;
  }
};

/** Words of `propose`: `red:2 <entries>` is a base decision, `red@1 <block>` one of its learner in a joint slot, `red <entries>` asks for entries. */
export const jointScenarios = (
  options: Partial<JointOptions> = {},
  app: Application<AssetState> = assets,
): ScenarioEnvironment => ({
  cluster: () => {
    const config = jointConfig({ self: "s", chains: plans, lead: 2, holdHeights: 2, ...options });
    return { s: { engine: jointEngine(config, { app }), config } };
  },
  commands: ([target = "", ...words]) => {
    const [, chain = "", mark, number = ""] = /^(\w+)(?:([:@])(\d+))?$/.exec(target)!;
    if (mark === "@") {
      const value = encodeJoint(blockOf(words[0] ?? "-"));
      return [{ kind: "jointDecided", chain, slot: Number(number), value }];
    }
    const entries = words.map(entryOf);
    if (mark === ":")
      return [{ kind: "decided", chain, height: Number(number), value: encodeBase({ entries }) }];
    return [{ kind: "submit", chain, entries }];
  },
  describe: {
    message: () => "submit",
    command: (command) => commandText(command as JointCommand),
    record: (record) => commandText(record as JointRecord),
    output: (output) => outputText(output as JointOutput),
    state: (state) => stateText(state as JointState<AssetState>),
  },
});
