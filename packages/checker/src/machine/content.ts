import type { Machine } from "./machine.ts";
import type { Parts } from "./moves.ts";

/** A cell by what is in it instead of by numbers: the same in every machine of the model. Plain JSON. */
interface Content {
  readonly process: number;
  readonly fault: string | null;
  readonly state: string | null;
  readonly armed: readonly number[];
  readonly left: readonly number[];
  readonly given: number;
  readonly records: readonly string[];
  readonly pending: readonly (readonly [kind: string, to: number, sender: number, text: string])[];
  readonly history: string | null;
  readonly routed: readonly (readonly [from: number, text: string])[];
  readonly inbox: readonly (readonly [sender: number, text: string])[];
}

/** The content of a cell as a text: equal exactly for equal cells, whatever was seen in which order. */
export function contentOf(machine: Machine, cell: number): string {
  const local = machine.localOf(cell);
  return local < 0
    ? JSON.stringify(machine.budgetsOf(cell))
    : writeContent(machine.parts, local, machine.inboxOf(cell));
}

/** The same for a process that is no cell yet. */
export function writeContent(parts: Parts, localId: number, inboxId: number): string {
  const { locals, words, inboxes, evaluators, plan } = parts;
  const local = locals.value(localId);
  const messageOf = (message: number) => {
    const { sender, text } = words.messages.value(message);
    return [sender, text] as const;
  };
  const inbox = inboxes.contents(inboxId).map(messageOf);
  if (plan.model.network.order !== "fifo")
    inbox.sort(([a, s], [b, t]) => a - b || (s < t ? -1 : s > t ? 1 : 0));
  const { process, fault, state, armed, left, given, history } = local;
  const content: Content = {
    process,
    fault,
    state: state < 0 ? null : evaluators[process]!.states.text(state),
    armed,
    left,
    given,
    records: local.records.map((record) => words.records.text(record)),
    pending: local.pending.map((id) => {
      const atom = words.atoms.value(id);
      if (atom.kind === "persist") return ["p", 0, 0, words.records.text(atom.record)] as const;
      if (atom.kind === "send") return ["s", atom.to, ...messageOf(atom.message)] as const;
      return ["o", atom.process, 0, atom.output] as const;
    }),
    history: history < 0 ? null : words.histories.text(history),
    routed: local.routed.map((command) => {
      const { from, text } = words.commands.value(command);
      return [from, text] as const;
    }),
    inbox,
  };
  return JSON.stringify(content);
}

/** What a text says, as numbers of the parts: the inverse of `contentOf`. The world has budgets and nothing else. */
export function readContent(
  parts: Parts,
  text: string,
):
  | { readonly budgets: readonly number[] }
  | { readonly budgets: null; readonly local: number; readonly inbox: number } {
  const { locals, words, inboxes, evaluators } = parts;
  const content = JSON.parse(text) as Content | number[];
  if (Array.isArray(content)) return { budgets: content };
  const { process, fault, state, armed, left, given, records, pending, history, routed, inbox } = content;
  const local = locals.id({
    process,
    fault,
    state: state === null ? -1 : evaluators[process]!.states.id(state),
    armed,
    left,
    given,
    records: records.map((record) => words.records.id(record)),
    pending: pending.map(([kind, to, sender, atom]) => {
      if (kind === "p") return words.persistAtom(words.records.id(atom));
      return kind === "s" ? words.sendAtom(to, words.message(sender, atom)) : words.outputAtom(to, atom);
    }),
    history: history === null ? -1 : words.histories.id(history),
    routed: routed.map(([from, command]) => words.knownCommand(from, process, command)),
  });
  let waiting = inboxes.id([]);
  for (const [sender, message] of inbox) waiting = inboxes.add(waiting, words.message(sender, message));
  return { budgets: null, local, inbox: waiting };
}
