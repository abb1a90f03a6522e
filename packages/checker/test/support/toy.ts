import { type EngineSubject, engineExample, engineTwins } from "@eunomia/conformance";
import type { Model, ModelProcess } from "../../src/index.ts";

/** The toy protocol of conformance, or one of its twins by name, with two proposals for one slot. */
export function toyModel(twin?: string): Model {
  const subject = twin === undefined ? engineExample : engineTwins.find(({ name }) => name === twin)!.subject;
  return modelOf(subject.processes);
}

function modelOf(processes: EngineSubject["processes"]): Model {
  const proposing = (value: number): Pick<ModelProcess, "inputs"> => ({
    inputs: { propose: { commands: [{ kind: "propose", slot: 1, value: Uint8Array.of(value) }] } },
  });
  return {
    name: "toy",
    processes: {
      s: processes.s!,
      r0: { ...processes.r0!, ...proposing(1) },
      r1: { ...processes.r1!, ...proposing(2), timers: { retry: 1 } },
    },
    network: { order: "bag", ignored: "consume" },
    invariants: [],
    witnesses: [],
  };
}
