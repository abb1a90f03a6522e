import type { Model, StateDescription } from "@eunomia/checker";
import { inline, treeOf } from "../story/tree.ts";
import type { Refusal } from "./messages.ts";

/**
 * Every action that no enabled step would run, with the reason: what it listens to is not there, or its guard refuses it, or
 * an action before it takes it.
 *
 * @param enabled `process action` of the steps that may be taken
 */
export function whyNot(
  model: Model,
  state: StateDescription,
  enabled: ReadonlySet<string>,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const seen of state.processes) {
    const { process } = seen;
    const { engine, config } = model.processes[process]!;
    for (const { name, on, guard } of engine.actions) {
      if (enabled.has(`${process} ${name}`) || on === "start") continue;
      refusals.push({ process, action: name, reason: reason() });

      function reason(): string {
        if (!seen.up) return "the process is down";
        const [kind, what = ""] = on.split(":");
        if (kind === "timeout") {
          const timer = seen.timers.find((each) => each.timer === what);
          if (timer === undefined) return `timer ${what} is not armed`;
          if (timer.left === 0) return `timer ${what} has fired as often as the scope allows`;
          return "its guard refuses";
        }
        if (kind === "commands")
          return seen.inputsLeft.length === 0 ? "no command is left" : "no command suits it now";
        if (kind === "internal") return "its guard refuses";
        const waiting = seen.inbox.filter(({ message }) => (message as { kind: string }).kind === what);
        if (waiting.length === 0) return `no ${what} waits`;
        const refused = waiting.filter(({ from, message }) => {
          const event = { kind: "message" as const, from, message: message as { kind: string } };
          return guard(config, seen.state as object, event) === null;
        });
        const first = refused[0];
        if (first === undefined) return "an action before it takes the message";
        const text = inline(treeOf(first.message, engine.schema.message.form));
        return `its guard refuses ${text} from ${first.from}${refused.length > 1 ? ` and ${refused.length - 1} more` : ""}`;
      }
    }
  }
  return refusals;
}
