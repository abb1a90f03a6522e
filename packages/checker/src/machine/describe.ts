import type { StepLabel } from "../label.ts";
import type { ProcessDescription, StateDescription, Waiting } from "../space.ts";
import type { Machine } from "./machine.ts";
import type { Move } from "./moves.ts";

/** What one move says of itself. */
export function labelOf(machine: Machine, component: number, move: Move): StepLabel {
  const { plan, words } = machine.parts;
  const atoms = move.left.map((id) => words.atoms.value(id));
  const lost = typeof move.what === "number" ? move.what : -1;
  const message = () => ({
    kind: "message" as const,
    from: words.messages.value(lost).from,
    message: words.readMessage(lost),
  });
  return {
    kind: move.kind,
    process: plan.processes[component]!.key,
    event: move.ran !== null ? move.ran.event.make() : lost >= 0 ? message() : null,
    what: lost >= 0 ? "" : String(move.what),
    fired: move.ran?.outcome.fired ?? [],
    sends: atoms.flatMap((atom) =>
      atom.kind === "send"
        ? [{ to: plan.processes[atom.to]!.key, message: words.readMessage(atom.message) }]
        : [],
    ),
    outputs: atoms.flatMap((atom) =>
      atom.kind === "output" ? [words.readOutput(atom.process, atom.output)] : [],
    ),
    records: atoms.flatMap((atom) =>
      atom.kind === "persist" ? [words.readRecord(component, atom.record)] : [],
    ),
    fault: move.ran?.outcome.fault ?? null,
  };
}

/** Equal neighbours are one entry. */
function counted(entries: readonly { key: number; from: string; message: () => unknown }[]): Waiting[] {
  const waiting: { key: number; entry: Waiting }[] = [];
  for (const { key, from, message } of entries) {
    const last = waiting.at(-1);
    if (last?.key === key) last.entry = { ...last.entry, count: last.entry.count + 1 };
    else waiting.push({ key, entry: { from, message: message(), count: 1 } });
  }
  return waiting.map(({ entry }) => entry);
}

export function describeProcess(machine: Machine, cell: number): ProcessDescription {
  const { plan, locals, inboxes, words, evaluators } = machine.parts;
  const local = locals.value(machine.localOf(cell));
  const { process: index, state, given } = local;
  const { key, timers, inputs } = plan.processes[index]!;
  const up = state >= 0;
  const { observation, fault } = machine.views.observe(local);
  const atom = (id: number) => {
    const { kind, ...rest } = words.atoms.value(id);
    if (kind === "persist")
      return { kind, record: words.readRecord(index, (rest as { record: number }).record) };
    if (kind === "output")
      return { kind, output: words.readOutput(index, (rest as { output: string }).output) };
    const { to, message } = rest as { to: number; message: number };
    return { kind, to: plan.processes[to]!.key, message: words.readMessage(message) };
  };
  return {
    process: key,
    up,
    fault,
    state: up ? evaluators[index]!.read(state) : null,
    observation,
    history: words.readHistory(index, local.history),
    inbox: counted(
      inboxes.contents(machine.inboxOf(cell)).map((message) => ({
        key: message,
        from: words.messages.value(message).from,
        message: () => words.readMessage(message),
      })),
    ),
    routed: counted(
      local.routed.map((command) => ({
        key: command,
        from: plan.processes[words.commands.value(command).from]!.key,
        message: () => words.readCommand(command),
      })),
    ),
    timers: local.armed.flatMap((timer, at) =>
      at % 2 === 1
        ? []
        : [
            {
              timer: timers[timer]!,
              left: local.left[timer]!,
              delayMs: plan.model.delays === "keep" ? local.armed[at + 1]! : null,
            },
          ],
    ),
    inputsLeft: inputs.flatMap(({ name }, at) => ((given & (1 << at)) === 0 ? [name] : [])),
    records: local.records.map((record) => words.readRecord(index, record)),
    pending: local.pending.map(atom),
  };
}

/** All there is to know about one global state. */
export function describeVector(machine: Machine, vector: ArrayLike<number>): StateDescription {
  const { plan } = machine;
  const [crashes, losses, duplicates] = plan.hasWorld
    ? machine.budgetsOf(vector[plan.processes.length]!)
    : [0, 0, 0];
  return {
    processes: plan.processes.map(({ index }) => describeProcess(machine, vector[index]!)),
    budgets: {
      crashes: crashes!,
      losses: plan.losses === null ? null : losses!,
      duplicates: duplicates!,
    },
  };
}
