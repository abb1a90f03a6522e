import { decode, encode } from "@eunomia/codec";
import { ask, encoded } from "./ask.ts";
import { Interner, Texts } from "./intern.ts";
import { anyText, bytesOf, textOf } from "./plain.ts";
import type { Plan } from "./plan.ts";

/** A message in flight: the same whoever it goes to. */
export interface KnownMessage {
  readonly from: string;
  /** Position of the first process with that id: whose schema reads it. */
  readonly sender: number;
  /** Its canonical bytes. */
  readonly text: string;
}

/** A command from one process of a node to another. */
export interface KnownCommand {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** An effect that becomes real at one moment. */
export type Atom =
  | { readonly kind: "persist"; readonly record: number }
  | { readonly kind: "send"; readonly to: number; readonly message: number }
  /** `output` is its canonical bytes. */
  | { readonly kind: "output"; readonly process: number; readonly output: string };

/** Everything that processes say, as numbers. */
export class Vocabulary {
  readonly #plan: Plan;
  readonly messages = new Interner<KnownMessage>();
  readonly commands = new Interner<KnownCommand>();
  readonly records = new Texts();
  readonly histories = new Texts();
  readonly atoms = new Interner<Atom>();
  /** Ids that messages were sent to and that no process has. */
  readonly unrouted = new Set<string>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** @param process that sends it; twins speak with one voice. */
  message(process: number, text: string): number {
    const from = this.#plan.processes[process]!.id;
    const sender = this.#plan.byId.get(from)![0]!;
    return this.messages.id(`${from}\n${text}`, () => ({ from, sender, text }));
  }

  /** A new copy. */
  readMessage(message: number): unknown {
    const { sender, text } = this.messages.value(message);
    return decode(this.#plan.processes[sender]!.engine.schema.message, bytesOf(text));
  }

  command(from: number, to: number, command: unknown): number {
    return this.knownCommand(
      from,
      to,
      textOf(encode(this.#plan.processes[to]!.engine.schema.command, command)),
    );
  }

  knownCommand(from: number, to: number, text: string): number {
    return this.commands.id(`${from} ${to}\n${text}`, () => ({ from, to, text }));
  }

  readCommand(command: number): unknown {
    const { to, text } = this.commands.value(command);
    return decode(this.#plan.processes[to]!.engine.schema.command, bytesOf(text));
  }

  readRecord(process: number, record: number): unknown {
    return decode(this.#plan.processes[process]!.engine.schema.record, bytesOf(this.records.text(record)));
  }

  readOutput(process: number, output: string): unknown {
    return decode(this.#plan.processes[process]!.engine.schema.output, bytesOf(output));
  }

  readHistory(process: number, history: number): unknown {
    const ghost = this.#plan.processes[process]!.history;
    return ghost === null ? null : decode(ghost.schema, bytesOf(this.histories.text(history)));
  }

  startHistory(process: number): number {
    const ghost = this.#plan.processes[process]!.history;
    if (ghost === null) return -1;
    const { key } = this.#plan.processes[process]!;
    return this.histories.id(encoded(`"${key}.history.start"`, ghost.schema, ghost.start));
  }

  /** The history after one more output. */
  foldHistory(process: number, history: number, output: string): number {
    const ghost = this.#plan.processes[process]!.history;
    if (ghost === null) return history;
    const whose = `"fold" of the history of "${this.#plan.processes[process]!.key}"`;
    const before = () => this.readHistory(process, history);
    const given = () => `${anyText(before())} and ${anyText(this.readOutput(process, output))}`;
    const next = ask(whose, given, () =>
      ghost.fold(before() as Readonly<unknown>, this.readOutput(process, output)),
    );
    return this.histories.id(encoded(`${whose}, given ${given()},`, ghost.schema, next));
  }

  persistAtom(record: number): number {
    return this.atoms.id(`p${record}`, () => ({ kind: "persist", record }));
  }

  sendAtom(to: number, message: number): number {
    return this.atoms.id(`s${to} ${message}`, () => ({ kind: "send", to, message }));
  }

  outputAtom(process: number, output: string): number {
    return this.atoms.id(`o${process} ${output}`, () => ({ kind: "output", process, output }));
  }
}
