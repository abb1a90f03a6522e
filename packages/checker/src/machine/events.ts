import { clone } from "@eunomia/codec";
import type { Repeatable } from "./evaluate.ts";
import type { PlannedProcess } from "./plan.ts";
import type { Vocabulary } from "./vocabulary.ts";

// Events by number, each able to make itself anew: engines get copies, so that what they do to one is seen nowhere else.

export function startEvent(
  process: PlannedProcess,
  records: readonly number[],
  words: Vocabulary,
): Repeatable {
  return {
    key: `start ${records}`,
    make: () => ({
      kind: "start",
      records: records.map((record) => words.readRecord(process.index, record)),
    }),
  };
}

export function messageEvent(message: number, words: Vocabulary): Repeatable {
  return {
    key: `message ${message}`,
    make: () => ({
      kind: "message",
      from: words.messages.value(message).from,
      message: words.readMessage(message) as { kind: string },
    }),
  };
}

export function timeoutEvent(process: PlannedProcess, timer: number): Repeatable {
  return { key: `timeout ${timer}`, make: () => ({ kind: "timeout", timer: process.timers[timer]! }) };
}

export function inputEvent(process: PlannedProcess, input: number): Repeatable {
  const schema = process.engine.schema.command;
  const { commands } = process.inputs[input]!;
  return {
    key: `input ${input}`,
    make: () => ({ kind: "commands", commands: commands.map((command) => clone(schema, command)) }),
  };
}

export function commandEvent(command: number, words: Vocabulary): Repeatable {
  return {
    key: `command ${command}`,
    make: () => ({ kind: "commands", commands: [words.readCommand(command)] }),
  };
}
