import { setHas, toHex, utf8Encode } from "@eunomia/codec";
import { quorumSystem, threshold } from "@eunomia/quorum-algebra";
import { controlDomain, controlSigningBytes, type Entry, readOperation } from "./entry.ts";
import { lastEpoch } from "./epochs.ts";
import { membershipProblem, replicasOf } from "./membership.ts";
import type { Checkpoint, ReplicaConfig, ReplicaOracles } from "./state.ts";
import type { Controllers, Operation } from "./wire.ts";

type Control = Extract<Entry, { kind: "control" }>;
export type Verdict =
  | { readonly ok: true; readonly operation: Operation }
  | { readonly ok: false; readonly reason: string };

/** What `controlRejected` and its relatives carry of a reason. */
const reasonBytesMax = 128;

/** Reasons name what others call their things, so that there is no saying how long they are. */
function refused(reason: string): Verdict {
  const points = [...reason];
  while (utf8Encode(points.join("")).length > reasonBytesMax) points.pop();
  return { ok: false, reason: points.join("") };
}

/** Why a set of controllers cannot be in force; null if it can. */
export function controllersProblem(controllers: Controllers): string | null {
  const ids = new Set(controllers.principals.map((principal) => principal.id));
  if (ids.size !== controllers.principals.length) return "controllers: a principal is listed twice";
  // Whoever holds a key that stands under two names would count for two.
  if (new Set(controllers.principals.map((principal) => toHex(principal.key))).size !== ids.size)
    return "controllers: a key is listed twice";
  if (controllers.threshold < 1 || controllers.threshold > ids.size)
    return `controllers: expected a threshold from 1 to ${ids.size}, got ${controllers.threshold}`;
  return null;
}

/**
 * Whether a control command holds by itself: enough valid signatures of principals in force, and an operation that the
 * registry accepts. Its number, deadline and distance are judged at delivery (`judgeControl`).
 */
export function checkControl(
  config: ReplicaConfig,
  state: Readonly<Pick<Checkpoint, "controllers" | "epochs" | "retired">>,
  oracles: ReplicaOracles,
  control: Control,
): Verdict {
  const operation = readOperation(control.operation);
  if (operation === null) return refused("operation: not known here");
  const { threshold: needed, principals } = state.controllers;
  // Each signature costs a verification, and anybody may hand in a list of them.
  if (new Set(control.signatures.map(({ principal }) => principal)).size !== control.signatures.length)
    return refused("signatures: a principal signs once");
  const signed = controlSigningBytes(config.cluster, control.n, control.notAfter, control.operation);
  const signers = control.signatures.filter(({ principal, signature }) => {
    const key = principals.find((candidate) => candidate.id === principal)?.key;
    return key !== undefined && oracles.verify(key, controlDomain, signed, signature);
  });
  const ids = principals.map((principal) => principal.id);
  const enough = quorumSystem(threshold(ids, needed)).has(signers.map((signer) => signer.principal));
  if (!enough) return refused(`signatures: expected ${needed} of the control principals`);
  const problem = operationProblem(state, oracles, operation);
  return problem === null ? { ok: true, operation } : refused(problem);
}

function operationProblem(
  state: Readonly<Pick<Checkpoint, "epochs" | "retired">>,
  oracles: ReplicaOracles,
  operation: Operation,
): string | null {
  switch (operation.kind) {
    case "swap": {
      const problem = oracles.validate(operation.protocol, lastEpoch(state).membership);
      return problem === null ? null : `protocol: ${problem}`;
    }
    case "reconfigure": {
      const { protocol, membership } = operation;
      const wrong = membershipProblem(membership);
      if (wrong !== null) return wrong;
      const used = replicasOf(membership).find((replica) => setHas(state.retired, replica));
      if (used !== undefined) return `membership: used before, come back under a new identity: ${used}`;
      const problem = oracles.validate(protocol, membership);
      return problem === null ? null : `protocol: ${problem}`;
    }
    case "keys":
      return controllersProblem(operation.controllers);
    case "mode":
      return null;
  }
}

/**
 * Whether a control command takes effect in `slot`. Decided at delivery, by the prefix alone: a forged, replayed, late or
 * unknown one is a no-op at every replica, never a stall (aneris 5.5, faults F9, F10, F16).
 */
export function judgeControl(
  config: ReplicaConfig,
  state: Readonly<Checkpoint>,
  oracles: ReplicaOracles,
  control: Control,
  slot: number,
): Verdict {
  if (control.n !== state.nextControl)
    return refused(`number: expected ${state.nextControl}, got ${control.n}`);
  if (slot > control.notAfter) return refused(`expired: not after slot ${control.notAfter}`);
  if (state.lastChange > 0 && slot < state.lastChange + config.controlGap)
    return refused(`too soon: not before slot ${state.lastChange + config.controlGap}`);
  return checkControl(config, state, oracles, control);
}
