import { engineProcess, type VectorAdapter, type VectorEffect, type VectorInput } from "@eunomia/conformance";
import type { Event } from "@eunomia/engine";
import { type ReplicaOutput, type ReplicaState, type ReplicaTypes, replicaEngine } from "../../src/index.ts";
import { joinBatch, membershipOf } from "../../src/messages.ts";
import { command, configOf, forged, labels, type Make, oracles, swap } from "./lab.ts";

type Written = string | { readonly ctl: number; readonly swap: string; readonly sig?: "ok" | "bad" };

function entryOf(written: Written): Uint8Array {
  if (typeof written !== "string")
    return swap(written.ctl, written.swap, written.sig === "bad" ? forged : undefined);
  const [client, seq] = written.slice(1).split(":").map(Number);
  return command(client!, seq!);
}

function toEvents({ kind, ...input }: VectorInput & { message?: { t: string; [field: string]: unknown } }) {
  const message = input.message;
  if (kind === "tick") return [{ kind: "timeout", timer: "tick" } satisfies Event<ReplicaTypes>];
  if (kind !== "message" || message === undefined) return [];
  if (message.t === "DECISION") {
    const value = joinBatch((message.batch as Written[]).map(entryOf));
    const { slot, epoch = 0 } = message as unknown as { slot: number; epoch?: number };
    return [
      { kind: "commands", commands: [{ kind: "decided", epoch, slot, value }] },
    ] satisfies Event<ReplicaTypes>[];
  }
  const batch = joinBatch([entryOf(message.cmd as Written)]);
  return [{ kind: "commands", commands: [{ kind: "submit", batch }] }] satisfies Event<ReplicaTypes>[];
}

const protocolAt = (state: ReplicaState, slot: number): string =>
  state.epochs.findLast((epoch) => epoch.from <= slot)?.protocol.name ?? "";

/** One replica of a vector, its consensus played by the vector. */
export function replicaAdapter(make: Make = replicaEngine): VectorAdapter {
  return {
    create: ({ config }) => {
      const { replicas, alpha, mode, maxBatch, window } = config as {
        replicas: string[];
        alpha: number;
        mode?: "cut" | "window";
        maxBatch?: number;
        window?: number;
      };
      return new Map(
        replicas.map((self) => {
          const own = configOf({
            self,
            membership: membershipOf(replicas, 0),
            alpha,
            mode: { kind: mode ?? "cut" },
            ...(maxBatch && { maxBatch }),
            ...(window && { sessionWindow: window }),
          });
          let epochs: ReplicaState["epochs"] = [
            { id: 0, from: 1, protocol: own.initial, membership: own.membership },
          ];
          const fromOutput = (output: ReplicaOutput): VectorEffect[] => {
            if (output.kind === "deliver")
              return [
                { kind: "deliver", slot: output.slot, proto: output.protocol, batch: labels(output.vector) },
              ];
            // Who asked for a control command is told why it did nothing, also at delivery: an addition, not compared.
            if (output.kind === "rejected") return [{ kind: "reject" }];
            if (output.kind !== "propose") return [];
            const proto = epochs.find((epoch) => epoch.id === output.epoch)!.protocol.name;
            const { slot, epoch, value } = output;
            return [{ kind: "propose", slot, epoch, proto, batch: labels(value) }];
          };
          const engine = make(own, oracles);
          const process = engineProcess(
            {
              ...engine,
              init: (c: typeof own) => {
                const state = engine.init(c);
                epochs = state.epochs;
                return state;
              },
            },
            {
              config: own,
              toEvents: toEvents as (input: VectorInput) => Event<ReplicaTypes>[],
              fromEffect: (effect) =>
                effect.kind === "output" ? fromOutput(effect.output as ReplicaOutput) : [],
              project: (state: ReplicaState) => ({
                slotOut: state.slotOut,
                nextCtl: state.nextControl,
                protoAt: Object.fromEntries(
                  Array.from({ length: 64 }, (_, i) => [i + 1, protocolAt(state, i + 1)]),
                ),
                pending: state.pending.flatMap((entry) => labels(joinBatch([entry.bytes]))),
              }),
            },
          );
          return [self, process];
        }),
      );
    },
  };
}
