import type { ReplicaOutput } from "@eunomia/aneris-switch";
import { membershipOf } from "@eunomia/aneris-switch/messages";
import type { Invariant, Model, ModelInput, ModelProcess, Route, View, Witness } from "@eunomia/checker";
import { type Substitution, unchanged } from "../../mutants/mutant.ts";
import { excusesIn } from "../excuses.ts";
import { doorEngine, registerEngine } from "./abstract.ts";
import {
  controlsObeyed,
  delivered,
  historyOf,
  inOrder,
  namesIn,
  onceAndSubmitted,
  oneHistory,
  soundLives,
} from "./delivered.ts";
import { liarEngine } from "./liar.ts";
import { commandOf, modeOf, plainOracles, replicaPart, swapOf } from "./parts.ts";
import { earlyRead, readingBehind, readsSee, readWitnesses } from "./reads.ts";
import { realEpochs, realExcuses } from "./real.ts";

/** One scope of the replica, as plain JSON. What is left out has the default in brackets. */
export interface AnerisParams {
  readonly replicas: number;
  /** Where commands come in: for each replica the numbers of its own client. `[[1], [1]]`: two replicas, a command each. */
  readonly commands: readonly (readonly number[])[];
  /** Control commands, in the order of their numbers, all given to the first replica. [none] */
  readonly controls?: readonly ("paxos" | "two-thirds" | "cut" | "window")[];
  /** The number of the first of them: those above 1 can never take effect. [1] */
  readonly firstControl?: number;
  /** [1] */
  readonly alpha?: number;
  /** [cut] */
  readonly mode?: "cut" | "window";
  /** [1] */
  readonly controlGap?: number;
  /** [false] */
  readonly fifo?: boolean;
  /** Do replicas know of each other, and forward and tell heads? [false: consensus alone connects them] */
  readonly aware?: boolean;
  /** Values that a proposer without rules brings into slot 1 or 2 of epoch 0. [none] */
  readonly lies?: readonly (
    | "forged swap"
    | "unknown protocol"
    | "second number"
    | "repeated command"
    | "late swap"
  )[];
  /** [abstract: one register for each slot of each epoch; real: Paxos in epoch 0, 2/3-consensus in epoch 1] */
  readonly consensus?: "abstract" | "real";
  /** [0] */
  readonly crashes?: number;
  /** [false] */
  readonly splitFlush?: boolean;
  /** The last replica reads: at any moment, and once the first one has delivered `c1:1`. Nobody crashes then. [false] */
  readonly reads?: boolean;
  /** So many messages come twice. [0] */
  readonly duplicates?: number;
}

const lieOf = (lie: NonNullable<AnerisParams["lies"]>[number]): Uint8Array => {
  switch (lie) {
    case "forged swap":
      return swapOf(1, "paxos", { forged: true });
    case "unknown protocol":
      return swapOf(1, "quux");
    case "second number":
      return swapOf(2, "two-thirds");
    case "late swap":
      return swapOf(1, "two-thirds", { notAfter: 1 });
    case "repeated command":
      return commandOf(1, 1);
  }
};

/** What everybody may deliver in this scope. */
function submittedIn({ commands, controls = [], firstControl = 1 }: AnerisParams): string[] {
  const own = commands.flatMap((numbers, i) => numbers.map((seq) => `c${i + 1}:${seq}`));
  const kinds = controls.map(
    (what, i) => `ctl${i + 1}=${what === "cut" || what === "window" ? "mode" : what}`,
  );
  return firstControl === 1 ? [...own, ...kinds] : own;
}

function inputsOf(
  { commands, controls = [], firstControl = 1 }: AnerisParams,
  replica: number,
): Record<string, ModelInput> {
  const inputs: Record<string, ModelInput> = {};
  const submit = (batch: Uint8Array): ModelInput => ({ commands: [{ kind: "submit", batch }] });
  for (const seq of commands[replica] ?? [])
    inputs[`c${replica + 1}:${seq}`] = submit(commandOf(replica + 1, seq));
  if (replica === 0)
    for (const [i, what] of controls.entries()) {
      const n = firstControl + i;
      inputs[`ctl${n}`] = submit(what === "cut" || what === "window" ? modeOf(n, what) : swapOf(n, what));
    }
  return inputs;
}

const keyOf = (i: number): string => `n${i}`;

type DoorOutput =
  | { readonly kind: "decided"; readonly epoch: number; readonly slot: number; readonly value: Uint8Array }
  | { readonly kind: "highest"; readonly epoch: number; readonly nonce: number; readonly slot: number };

/** Replicas and doors of one node are joined by local channels: proposals and questions go down, what is found comes up. */
function abstractRoutes(process: string, output: unknown): readonly Route[] {
  const put = output as ReplicaOutput | DoorOutput;
  const node = process.slice(1);
  const isDoor = process.startsWith("d");
  if (put.kind === "propose" || (put.kind === "highest" && !isDoor))
    return [{ to: `d${node}`, command: put }];
  return put.kind === "decided" || put.kind === "highest" ? [{ to: keyOf(Number(node)), command: put }] : [];
}

function abstractProcesses(params: AnerisParams): Record<string, ModelProcess> {
  const doors = Array.from({ length: params.replicas }, (_, i) => `d${i}`);
  const processes: Record<string, ModelProcess> = {
    register: { engine: registerEngine, config: { self: "register", learners: doors } },
  };
  for (const [i, id] of doors.entries())
    processes[id] = { engine: doorEngine, config: { self: id, register: "register" }, node: `node ${i}` };
  const lies = params.lies ?? [];
  if (lies.length > 0)
    processes.liar = {
      engine: liarEngine,
      config: {
        self: "liar",
        register: "register",
        choices: lies.flatMap((lie) => [1, 2].map((slot) => ({ epoch: 0, slot, value: lieOf(lie) }))),
      },
      inputs: { lie: { commands: [{ kind: "lie" }] } },
    };
  return processes;
}

function witnessesOf(params: AnerisParams, replicas: readonly string[]): Witness[] {
  const names = submittedIn(params);
  const all = (view: View, process: string): boolean =>
    names.every((name) =>
      historyOf(view, process).slots.some(({ vector }) => namesIn(vector).includes(name)),
    );
  const found: Witness[] = replicas.map((process) => ({
    name: `${process} delivers everything`,
    reached: (view) => all(view, process),
  }));
  const swaps =
    (params.firstControl ?? 1) === 1 &&
    (params.controls ?? []).some((what) => what !== "cut" && what !== "window");
  if (swaps)
    for (const process of replicas)
      found.push({
        name: `a swap took effect at ${process}`,
        reached: (view) => historyOf(view, process).slots.some(({ epoch }) => epoch > 0),
      });
  if (replicas.length > 1)
    found.push({
      name: "one replica is ahead of another",
      reached: (view) =>
        historyOf(view, replicas[0]!).slots.length !== historyOf(view, replicas[1]!).slots.length,
    });
  return found;
}

/**
 * The replica over consensus as its door promises it, or over the real Paxos and 2/3-consensus, in a bounded scope.
 *
 * @example
 * anerisModel({ replicas: 2, commands: [[1], [1]], controls: ["two-thirds"] });
 */
export function anerisModel(params: AnerisParams, substitution: Partial<Substitution> = {}): Model {
  const { engine: substitute, oracles } = { ...unchanged, ...substitution };
  const { alpha = 1, mode = "cut", controlGap = 1, fifo = false, crashes = 0, splitFlush = false } = params;
  const replicas = Array.from({ length: params.replicas }, (_, i) => keyOf(i));
  const real = params.consensus === "real" ? realEpochs(params.replicas, substitute) : null;
  const processes: Record<string, ModelProcess> = {};
  for (const [i, self] of replicas.entries()) {
    const { engine, config } = replicaPart(
      {
        self,
        membership: membershipOf(params.aware ? replicas : [self], 0),
        alpha,
        mode: { kind: mode },
        controlGap,
        fifo,
      },
      oracles(plainOracles),
    );
    processes[self] = {
      engine: substitute(engine),
      config,
      node: `node ${i}`,
      inputs: { ...inputsOf(params, i), ...(params.reads && self === replicas.at(-1) ? earlyRead : {}) },
      history: delivered,
    };
  }
  Object.assign(processes, real?.processes ?? abstractProcesses(params));
  const invariants: Invariant[] = [
    oneHistory(replicas),
    soundLives(replicas),
    onceAndSubmitted(replicas, submittedIn(params)),
    controlsObeyed(replicas, { alpha, mode, controlGap }),
  ];
  if (fifo) invariants.push(inOrder(replicas));
  if (params.reads) invariants.push(readsSee(replicas));
  const routes = real?.routes ?? abstractRoutes;
  return {
    name: "aneris",
    processes,
    network: { order: "bag", ignored: "stay", duplicates: params.duplicates ?? 0 },
    ...(crashes > 0 ? { faults: { crashes, recover: true, splitFlush } } : {}),
    routes: params.reads ? readingBehind(replicas, routes) : routes,
    invariants,
    witnesses: [...witnessesOf(params, replicas), ...(params.reads ? readWitnesses(replicas) : [])],
    excused: excusesIn(processes, excuses(params)),
    scope: { ...params },
    assumptions: [
      "signatures are claims that only their owner can make",
      params.consensus === "real" ? "crash faults only" : "consensus keeps the promises of its door",
    ],
  };
}

function excuses(params: AnerisParams): Record<string, string> {
  const found: Record<string, string> = {
    "aneris-replica: serve a lagging replica": "nobody lags for good in this scope",
    "aneris-replica: catch up": "nobody lags for good in this scope",
    "aneris-replica: tick": "its timer has no budget in this scope",
    "aneris-replica: forwarded entries": "replicas do not wait in this scope",
  };
  for (const action of ["former member's head", "dismissed"])
    found[`aneris-replica: ${action}`] = "members do not change in this scope";
  if (!params.aware) found["aneris-replica: peer's head"] = "replicas know of themselves only in this scope";
  if (!params.reads) {
    const silent = "nobody reads in this scope: `aneris/2r-reads` and `aneris/2r-reads-window` search that";
    found["register: say how far writes have come"] = silent;
    found["door: report how far writes have come"] = silent;
  }
  const proposers = params.commands.filter(
    (numbers, i) => numbers.length + (i === 0 ? (params.controls?.length ?? 0) : 0) > 0,
  );
  if (proposers.length < 2 && !params.lies && !params.crashes)
    found["register: tell again"] = "one replica alone proposes in this scope";
  return params.consensus === "real" ? { ...found, ...realExcuses } : found;
}
