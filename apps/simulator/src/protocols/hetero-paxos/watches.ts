import { toHex } from "@eunomia/codec";
import type { LearnerGraph, NodeId } from "@eunomia/engine";
import { certificateProblem, type NodeOutput, type Speech } from "@eunomia/hetero-paxos";
import type { Scene, Watch } from "@eunomia/simulation";
import type { Sizes } from "../bounds.ts";
import { textOf } from "../values.ts";
import { sealScheme } from "./parts.ts";

/** Acceptors that keep to the protocol in this run: what is promised depends on who they are. */
export const safeIn = (graph: LearnerGraph, { faulty }: Pick<Scene, "faulty">): NodeId[] =>
  graph.acceptors.filter((acceptor) => !faulty.byzantine.has(acceptor));

/**
 * Agreement of each pair of learners that is entangled for those who are really safe in this run, a learner with itself among them;
 * whoever acts for it, and in all lives.
 */
export function pairAgreement(graph: LearnerGraph, scene: Scene): Watch {
  /** By slot: each learner with the values it decided. */
  const decided = new Map<number, Map<string, Set<string>>>();
  return {
    property: "agreement of entangled learners",
    output({ process, output: put }) {
      const output = put as NodeOutput;
      if (output.kind !== "decided") return null;
      const { slot, learner } = output;
      const value = textOf(output.value);
      const known = decided.get(slot) ?? new Map<string, Set<string>>();
      decided.set(slot, known);
      const safe = safeIn(graph, scene);
      for (const [other, values] of known)
        for (const one of values) {
          if (one === value) continue;
          if (!graph.isSafeSet(learner, other, safe)) scene.mark("learners that need not agree decide apart");
          else
            return `slot ${slot}: ${other} decided ${one}, ${learner} decides ${value} at ${process}; safe are ${safe.join(", ")}`;
        }
      known.set(learner, (known.get(learner) ?? new Set()).add(value));
      return null;
    },
  };
}

/** What is decided was proposed for that slot, and comes with what convinces others. */
export function decidedWell(
  graph: LearnerGraph,
  scene: Scene,
  law: Uint8Array,
  proposed: (slot: number) => ReadonlySet<string>,
): Watch {
  return {
    property: "validity",
    output({ process, output: put }) {
      const output = put as NodeOutput;
      if (output.kind !== "decided") return null;
      const { slot, learner, value, decision } = output;
      // Somebody safe is in every quorum of a learner that must agree with itself, and votes for nothing that is not valid.
      const accurate = graph.isSafeSet(learner, learner, safeIn(graph, scene));
      if (accurate && !proposed(slot).has(textOf(value)))
        return `${process}: ${learner} decides ${textOf(value)} in slot ${slot}, which nobody proposed`;
      const problem =
        decision.kind === "decision"
          ? certificateProblem(graph, sealScheme, law, decision.certificate)
          : "no decision";
      return problem === null
        ? null
        : `${process} has a decision of ${learner} that convinces nobody: ${problem}`;
    },
  };
}

/** Nobody honest is ever convicted, and alarms are raised only where the assumptions were wrong. */
export function neverWrong(graph: LearnerGraph, scene: Scene): Watch {
  return {
    property: "no innocent convicted, no false alarm",
    output({ process, output: put }) {
      const output = put as NodeOutput;
      if (output.kind === "evidence") {
        if (!scene.faulty.byzantine.has(output.signer))
          return `${process} puts out evidence against ${output.signer}, which is honest`;
        scene.mark("an equivocation is proved");
      }
      if (output.kind !== "alarm") return null;
      return graph.isSafeSet(output.a, output.b, safeIn(graph, scene))
        ? `${process} raises an alarm about ${output.a} and ${output.b}, which must agree`
        : null;
    },
  };
}

/** In a ballot an acceptor says at most one 1b, and for each learner at most one 2a; and it never equivocates. */
export function saysLittle(graph: LearnerGraph): Watch {
  const said = new Map<string, Set<string>>();
  const heads = new Map<string, string>();
  return {
    property: "one 1b, and a 2a for each learner at most",
    despiteLies: true,
    // What has not left when a node crashes was never said.
    sent({ from, message }) {
      const { kind, instance, signer, ballot, prev, signature } = message as Speech;
      if ((kind !== "1b" && kind !== "2a") || signer !== from) return null;
      const id = toHex(signature);
      const key = `${instance.slot} ${kind} ${ballot.number}:${toHex(ballot.value)} of ${signer}`;
      const known = said.get(key) ?? new Set();
      said.set(key, known.add(id));
      if (known.size > (kind === "1b" ? 1 : graph.learners.length)) return `${known.size} in slot ${key}`;
      const place = `${instance.slot} ${signer} ${prev === null ? "" : toHex(prev)}`;
      if (heads.has(place) && heads.get(place) !== id) return `${signer} says two things after one`;
      heads.set(place, id);
      return null;
    },
  };
}

/** Scenarios that a campaign should come to. */
export function marks(scene: Scene): Watch {
  return {
    property: "marks",
    output({ output: put }) {
      const output = put as NodeOutput;
      if (output.kind === "stuck") scene.mark("a learner is called stuck");
      if (output.kind === "trimmed") scene.mark("a slot is gone");
      if (output.kind === "decided" && output.decision.kind === "decision") {
        const { ballot } = output.decision.certificate;
        if (ballot.number > 1) scene.mark("a decision after the first ballot");
      }
      return null;
    },
    step({ fired }) {
      for (const { action } of fired)
        if (action === "stable: close what is needed no more (12)")
          scene.mark("acceptors hear what is needed no more");
      return null;
    },
  };
}

/** What processes hold at most. */
export const sizesIn =
  (maxAhead: number, acceptors: number): Sizes =>
  ({ state }) => {
    const { slots, floor } = state as {
      readonly slots: {
        readonly keys: readonly number[];
        readonly values: readonly { readonly ready: readonly unknown[]; readonly tips: readonly unknown[] }[];
      };
      readonly floor: number;
    };
    return [
      ["slots", slots.keys.length, maxAhead],
      ["slots below the floor", slots.keys.filter((slot) => slot <= floor).length, 0],
      [
        "messages that are ready between steps",
        Math.max(0, ...slots.values.map(({ ready }) => ready.length)),
        0,
      ],
      ["tips", Math.max(0, ...slots.values.map(({ tips }) => tips.length)), acceptors],
    ];
  };
