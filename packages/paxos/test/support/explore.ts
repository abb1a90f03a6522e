import {
  type PropertyWatch,
  runSchedules,
  type ScheduleInput,
  type ScheduleProcess,
  type ScheduleView,
} from "@eunomia/conformance";
import type { NodeId } from "@eunomia/engine";
import type { LearnerOutput, LearnerState, PaxosMessage } from "../../src/index.ts";
import { cluster, type Makers, names, type Shape, soundMakers, textOf, valueFrom } from "./cluster.ts";

export interface Schedule {
  readonly shape: Shape;
  readonly makers?: Makers;
  readonly slots?: number;
  /** Per scheduling step. */
  readonly crash?: number;
  /** An acceptor comes back without its records. */
  readonly amnesia?: boolean;
  /** No liveness is asked for: no fair suffix, and a run counts as decided when a learner decided something. */
  readonly safetyOnly?: boolean;
  /** Replays spent on a shorter transcript of a violation. */
  readonly shrinkReplays?: number;
}

const newTotals = () => ({
  /** Runs with several ballots, with a floor above 0, with a learner behind the floor. */
  contended: 0,
  retired: 0,
  transfers: 0,
});

const through = (slot: number): number[] => Array.from({ length: slot }, (_, i) => i + 1);

/** What was sent and put out in one run, and what is wrong with it. */
class Watch implements PropertyWatch {
  readonly #totals: ReturnType<typeof newTotals>;
  readonly #proposed: ReadonlySet<string>;
  readonly #ballots = new Set<string>();
  readonly #byBallot = new Map<string, string>();
  readonly #chosen = new Map<number, string>();
  readonly #reported = new Set<string>();
  #retired = 0;
  #transfers = 0;

  constructor(totals: ReturnType<typeof newTotals>, proposed: ReadonlySet<string>) {
    this.#totals = totals;
    this.#proposed = proposed;
  }

  sent(_process: NodeId, sent: unknown): string | null {
    const message = sent as PaxosMessage;
    if ("floor" in message) this.#retired = Math.max(this.#retired, message.floor);
    if (message.kind !== "p2a" && message.kind !== "p1a") return null;
    const ballot = `${message.ballot.round}.${message.ballot.leader}`;
    this.#ballots.add(ballot);
    if (message.kind === "p1a") return null;
    const key = `${ballot}/${message.slot}`;
    const value = textOf(message.value);
    const known = this.#byBallot.get(key) ?? value;
    this.#byBallot.set(key, known);
    return known === value ? null : `ballot reuse: ${key} is ${known} and ${value}`;
  }

  output(process: NodeId, put: unknown, life: number): string | null {
    const output = put as LearnerOutput;
    if (output.kind === "alarm") return `alarm at ${process}: ${output.reason}`;
    if (output.kind === "trimmed") {
      this.#transfers += 1;
      const missing = through(output.floor).find((slot) => !this.#chosen.has(slot));
      return missing === undefined
        ? null
        : `floor ${output.floor} at ${process} covers slot ${missing}, undecided`;
    }
    return output.kind === "decided" ? this.#decided(process, output.slot, textOf(output.value), life) : null;
  }

  #decided(process: NodeId, slot: number, value: string, life: number): string | null {
    const known = this.#chosen.get(slot) ?? value;
    this.#chosen.set(slot, known);
    if (known !== value) return `agreement: slot ${slot} is ${known} and, at ${process}, ${value}`;
    if (!this.#proposed.has(value)) return `validity: ${value} was never proposed`;
    const key = `${process}/${life}/${slot}`;
    // A leader may count a quorum for a slot under each of its ballots; a learner reports once.
    if (process.startsWith("r") && this.#reported.has(key))
      return `integrity: ${process} reports slot ${slot} twice`;
    this.#reported.add(key);
    return null;
  }

  end(): null {
    if (this.#ballots.size > 1) this.#totals.contended += 1;
    if (this.#retired > 0) this.#totals.retired += 1;
    if (this.#transfers > 0) this.#totals.transfers += 1;
    return null;
  }
}

/** Has the replica above the learner every slot through this one, from decisions or from another replica? */
function hasThrough(view: ScheduleView, learner: NodeId, slot: number): boolean {
  const outputs = view.outputs(learner) as readonly LearnerOutput[];
  return through(slot).every((one) =>
    outputs.some(
      (output) =>
        (output.kind === "decided" && output.slot === one) ||
        (output.kind === "trimmed" && output.floor >= one),
    ),
  );
}

/** Proposals, orders to lead, and checkpoints of the replicas: of all slots but the last, which must be learned in every life. */
function inputsOf({ shape, slots = 2 }: Schedule): ScheduleInput[] {
  const { learners, leaders } = names(shape);
  const inputs: ScheduleInput[] = leaders.flatMap((to) =>
    [1, 2, 3].map(() => ({ to, commands: [{ kind: "lead" }], again: true })),
  );
  for (const to of learners)
    for (const slot of through(slots)) {
      const value = valueFrom(`${to}.${slot}`);
      inputs.push({ to, commands: [{ kind: "propose", slot, value }], again: true });
      const trim = [{ kind: "trim", slot }];
      if (slot < slots)
        inputs.push({ to, commands: (view) => (hasThrough(view, to, slot) ? trim : null), again: true });
    }
  return inputs;
}

/** Runs seeds until one violates something; what was seen of all of them together. */
export function explore(schedule: Schedule, seeds: number) {
  const { shape, makers = soundMakers, slots = 2, safetyOnly = false, crash = 0.012 } = schedule;
  const { learners } = names(shape);
  const engines: Record<NodeId, ScheduleProcess> = Object.fromEntries(cluster(shape, makers));
  const proposed = new Set([
    "NOOP",
    ...learners.flatMap((id) => through(slots).map((slot) => `${id}.${slot}`)),
  ]);
  const totals = newTotals();
  const learned = (view: ScheduleView, id: NodeId): boolean => {
    const { floor, decided } = view.observe(id) as Pick<LearnerState, "floor" | "decided">;
    return through(slots).every((slot) => slot <= floor || decided.keys.includes(slot));
  };
  const report = runSchedules({
    engines,
    inputs: inputsOf(schedule),
    seeds: { count: seeds },
    faults: { loss: 0.12, duplication: 0.1, crash, downMax: Object.keys(engines).length },
    stepsMax: 500,
    properties: [{ name: "paxos", start: () => new Watch(totals, proposed) }],
    ...(safetyOnly ? { fairSuffix: false } : {}),
    done: (view) =>
      safetyOnly
        ? learners.some((id) => view.outputs(id).some((put) => (put as LearnerOutput).kind === "decided"))
        : learners.every((id) => learned(view, id)),
    ...(schedule.amnesia ? { recover: (id, records) => (id.startsWith("a") ? [] : records) } : {}),
    shrinkReplays: schedule.shrinkReplays ?? 0,
  });
  const { failures, ...counts } = report;
  return { ...counts, ...totals, failure: failures[0] ?? null };
}
