import { encode, type Schema } from "@eunomia/codec";
import { CheckerError } from "../error.ts";
import type { Local } from "../machine/local.ts";
import type { Machine } from "../machine/machine.ts";
import { delta } from "../machine/moves.ts";
import { textOf } from "../machine/plain.ts";
import type { Permutation } from "./group.ts";
import { Renamer } from "./renaming.ts";

/** What a permutation makes of the things that a machine has numbers for. */
export class Images {
  readonly #machine: Machine;
  readonly #renamer = new Renamer();
  /** Ids and processes that some permutation moves. */
  readonly #movable: ReadonlySet<string>;
  /** By permutation, from message to message. */
  readonly #messages: readonly Map<number, number>[];
  /** By permutation, process and state. */
  readonly #states: readonly (readonly Map<number, number>[])[];
  /** Ids that stand in a message or state. */
  readonly #inMessage = new Map<number, readonly string[]>();
  readonly #inState: readonly Map<number, readonly string[]>[];
  readonly #group: readonly Permutation[];

  constructor(machine: Machine, group: readonly Permutation[]) {
    this.#machine = machine;
    this.#group = group;
    this.#movable = new Set(
      [...group[0]!.ids.keys()].filter((id) => group.some(({ ids }) => ids.get(id) !== id)),
    );
    this.#messages = group.map(() => new Map());
    this.#states = group.map(() => machine.plan.processes.map(() => new Map()));
    this.#inState = machine.plan.processes.map(() => new Map());
  }

  /**
   * What a permutation does to a cell depends only on where these go.
   *
   * @throws CheckerError with code `reduction` if an id stands where renaming would not find it.
   */
  touched(cell: number): { readonly processes: readonly number[]; readonly ids: readonly string[] } {
    const { words, locals, inboxes } = this.#machine.parts;
    const local = locals.value(this.#machine.localOf(cell));
    const processes = new Set([local.process]);
    const ids = new Set<string>();
    for (const message of inboxes.contents(this.#machine.inboxOf(cell)))
      this.#touchMessage(message, processes, ids);
    for (const pending of local.pending) {
      const atom = words.atoms.value(pending);
      if (atom.kind !== "send") continue;
      processes.add(atom.to);
      this.#touchMessage(atom.message, processes, ids);
    }
    for (const command of local.routed) processes.add(words.commands.value(command).from);
    this.#touchState(local.process, local.state, ids);
    for (const [schema, value, where] of this.#values(local))
      for (const id of this.#idsIn(schema, value, where)) ids.add(id);
    return { processes: [...processes], ids: [...ids] };
  }

  cell(which: number, cell: number): number {
    const { words, locals, inboxes, plan } = this.#machine.parts;
    const permutation = this.#group[which]!;
    const place = (process: number) => permutation.processes[process]!;
    const before = locals.value(this.#machine.localOf(cell));
    const { process } = before;
    const { engine, history } = plan.processes[process]!;
    const { record, output } = engine.schema;
    const text = <T>(schema: Schema<T>, value: unknown) => this.#text(permutation, schema, value as T);
    const atom = (id: number): number => {
      const one = words.atoms.value(id);
      if (one.kind === "send") return words.sendAtom(place(one.to), this.message(which, one.message));
      if (one.kind === "persist")
        return words.persistAtom(words.records.id(text(record, words.readRecord(process, one.record))));
      return words.outputAtom(place(one.process), text(output, words.readOutput(one.process, one.output)));
    };
    const senderOf = (command: number) => words.commands.value(command).from;
    const local = locals.id({
      ...before,
      process: place(process),
      state: before.state < 0 ? before.state : this.#state(which, process, before.state),
      records: before.records.map((one) => words.records.id(text(record, words.readRecord(process, one)))),
      pending: before.pending.map(atom),
      history:
        history === null
          ? before.history
          : words.histories.id(text(history.schema, words.readHistory(process, before.history))),
      routed: before.routed
        .map((command) => this.command(which, command))
        .sort((a, b) => senderOf(a) - senderOf(b)),
    });
    let inbox = inboxes.id([]);
    for (const message of inboxes.contents(this.#machine.inboxOf(cell)))
      inbox = inboxes.add(inbox, this.message(which, message));
    return this.#machine.cell(local, inbox);
  }

  message(which: number, message: number): number {
    const known = this.#messages[which]!;
    let image = known.get(message);
    if (image === undefined) {
      const { words, plan } = this.#machine.parts;
      const permutation = this.#group[which]!;
      const { sender } = words.messages.value(message);
      const schema = plan.processes[sender]!.engine.schema.message;
      const text = this.#text(permutation, schema, words.readMessage(message));
      image = words.message(permutation.processes[sender]!, text);
      known.set(message, image);
    }
    return image;
  }

  command(which: number, command: number): number {
    const { words, plan } = this.#machine.parts;
    const permutation = this.#group[which]!;
    const { from, to } = words.commands.value(command);
    const text = this.#text(
      permutation,
      plan.processes[to]!.engine.schema.command,
      words.readCommand(command),
    );
    return words.knownCommand(permutation.processes[from]!, permutation.processes[to]!, text);
  }

  /** What a step does to another component. */
  delta(which: number, what: number): number {
    if (what === delta.crash) return what;
    const number = what >> 2;
    return (what & 3) === 0
      ? delta.message(this.message(which, number))
      : delta.command(this.command(which, number));
  }

  #state(which: number, process: number, state: number): number {
    const known = this.#states[which]![process]!;
    let image = known.get(state);
    if (image === undefined) {
      const { evaluators, plan } = this.#machine.parts;
      const permutation = this.#group[which]!;
      const schema = plan.processes[process]!.engine.schema.state;
      const text = this.#text(permutation, schema, evaluators[process]!.read(state));
      image = evaluators[permutation.processes[process]!]!.states.id(text);
      known.set(state, image);
    }
    return image;
  }

  #text<T>(permutation: Permutation, schema: Schema<T>, value: T): string {
    const renamed = this.#renamer.rename(schema, value, (id) => permutation.ids.get(id) ?? id);
    return textOf(encode(schema, renamed));
  }

  #touchMessage(message: number, processes: Set<number>, ids: Set<string>): void {
    const { words, plan } = this.#machine.parts;
    const { sender } = words.messages.value(message);
    processes.add(sender);
    let known = this.#inMessage.get(message);
    if (known === undefined) {
      const { engine, key } = plan.processes[sender]!;
      known = this.#idsIn(engine.schema.message, words.readMessage(message), `a message of ${key}`);
      this.#inMessage.set(message, known);
    }
    for (const id of known) ids.add(id);
  }

  #touchState(process: number, state: number, ids: Set<string>): void {
    if (state < 0) return;
    let known = this.#inState[process]!.get(state);
    if (known === undefined) {
      const { evaluators, plan } = this.#machine.parts;
      const { engine, key } = plan.processes[process]!;
      known = this.#idsIn(engine.schema.state, evaluators[process]!.read(state), `the state of ${key}`);
      this.#inState[process]!.set(state, known);
    }
    for (const id of known) ids.add(id);
  }

  /** Everything else in a local state that has a schema. */
  *#values(local: Local): Iterable<readonly [Schema<unknown>, unknown, string]> {
    const { words, plan } = this.#machine.parts;
    const { process } = local;
    const { engine, history, key } = plan.processes[process]!;
    const { record, output, command } = engine.schema;
    for (const one of local.records) yield [record, words.readRecord(process, one), `a record of ${key}`];
    for (const one of local.pending) {
      const atom = words.atoms.value(one);
      if (atom.kind === "persist")
        yield [record, words.readRecord(process, atom.record), `a record of ${key}`];
      if (atom.kind === "output")
        yield [output, words.readOutput(process, atom.output), `an output of ${key}`];
    }
    if (history !== null)
      yield [history.schema, words.readHistory(process, local.history), `the history of ${key}`];
    for (const one of local.routed) yield [command, words.readCommand(one), `a command to ${key}`];
  }

  #idsIn(schema: Schema<unknown>, value: unknown, where: string): readonly string[] {
    const counts = this.#renamer.count(schema, value, this.#movable);
    for (const [id, { opaque, all }] of counts)
      if (opaque !== all)
        throw new CheckerError(
          "reduction",
          `"symmetry" expected "${id}" in opaque id fields only, but ${where} holds it elsewhere; use id(sort) there, or search without this reduction`,
        );
    return [...counts.keys()];
  }
}
