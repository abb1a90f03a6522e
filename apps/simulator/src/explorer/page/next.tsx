import { useSignal, useSignalEffect } from "@preact/signals";
import { changeText, inline, shortName } from "../story/tree.ts";
import type { Choice, Preview } from "../worker/messages.ts";
import { grouped } from "./grouped.ts";
import { asked, atEnd, busy, cursor, position, preview, settled, story, take } from "./store.ts";

/** Headline of a group: the first action, or what happens instead of one. */
function groupOf({ kind, fired }: Choice): string {
  if (fired[0] !== undefined && kind !== "recover") return fired[0].action;
  const words: Partial<Record<Choice["kind"], string>> = {
    deliver: "delivered and ignored",
    lose: "lose a message",
    duplicate: "copy a message",
    crash: "crash",
    recover: "come back",
    flush: "to disk, or out",
    timer: "timer, ignored",
    input: "command, ignored",
    route: "command, ignored",
  };
  return words[kind] ?? kind;
}

const detailOf = ({ message, detail, kind }: Choice): string => {
  if (message !== null) return `${shortName(message.message)} from ${message.from}`;
  return (
    detail ??
    (kind === "crash" ? "loses what is not durable" : kind === "recover" ? "with what was durable" : "")
  );
};

function PreviewBox({ shown }: { shown: Preview }) {
  const { changes, sends, outputs } = shown;
  if (changes.length + sends.length + outputs.length === 0)
    return <p class="quiet">Changes nothing, sends nothing.</p>;
  return (
    <ul class="effects">
      {outputs.map((each) => (
        <li key={inline(each)} class="output">
          output {inline(each)}
        </li>
      ))}
      {changes.map((each) => (
        <li key={changeText(each)} class={each.kind}>
          {changeText(each)}
        </li>
      ))}
      {sends.map(({ to, message }) => (
        <li key={to + inline(message)} class="send">
          to {to}: {inline(message)}
        </li>
      ))}
    </ul>
  );
}

/** Arrow keys move the focus among the buttons of a list; Tab leaves it. */
function rove(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const way: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const by = way[event.key];
  if (by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button.choice")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[Math.max(0, Math.min(buttons.length - 1, at + by))]?.focus();
}

/** Buttons for steps, with a preview of the one that has the pointer or the focus. */
function Choices({ choices }: { choices: readonly Choice[] }) {
  const shown = useSignal<{ readonly at: string; readonly preview: Preview } | null>(null);
  const groups = grouped(choices, groupOf);
  const first = groups[0]?.[1][0]?.index;
  const key = (choice: Choice): string => `${cursor.value} ${choice.index}`;
  /** What has the pointer or the focus: while the worker is busy it has to wait. */
  const regarded = useSignal<Choice | null>(null);
  const look = (choice: Choice): void => {
    regarded.value = choice;
  };
  useSignalEffect(() => {
    const choice = regarded.value;
    if (choice === null || busy.value || !choices.includes(choice)) return;
    const at = `${cursor.peek()} ${choice.index}`;
    if (shown.peek()?.at !== at)
      void preview(choice.index).then((answer) => {
        shown.value = { at, preview: answer };
      });
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside have the roles
    <div class="choices" onKeyDown={rove}>
      {groups.map(([name, list]) => (
        <section key={name} class="group">
          <h3>
            {name} <span class="count">{list.length}</span>
          </h3>
          <ul>
            {list.map((choice) => (
              <li key={choice.index}>
                <button
                  type="button"
                  class="choice"
                  aria-disabled={!settled.value}
                  tabIndex={choice.index === first ? 0 : -1}
                  onPointerEnter={() => look(choice)}
                  onFocus={() => look(choice)}
                  onClick={() => void take(choice.index)}
                >
                  <b>{choice.process}</b>
                  <span class="what">{detailOf(choice)}</span>
                  {choice.index < 9 && <kbd>{choice.index + 1}</kbd>}
                </button>
                {shown.value?.at === key(choice) && <PreviewBox shown={shown.value.preview} />}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Actions that cannot run now, and why. */
function WhyNot() {
  const refusals = position.value?.refusals ?? [];
  if (refusals.length === 0) return null;
  return (
    <details class="whynot">
      <summary>Why not another? {refusals.length} actions wait</summary>
      <dl>
        {refusals.map(({ process, action, reason }) => (
          <div key={`${process} ${action}`}>
            <dt>
              <b>{process}</b> {action}
            </dt>
            <dd>{reason}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** All steps that may be taken now. */
export function Next() {
  const here = position.value;
  const free = story.value?.origin.kind === "model";
  return (
    <section id="next" class="panel" aria-labelledby="next-title">
      <header>
        <h2 id="next-title">Next steps</h2>
        {free && (
          <button type="button" class="small" onClick={() => void take(null, 10)}>
            Ten at random <kbd>r</kbd>
          </button>
        )}
      </header>
      {story.value !== null && !free && (
        <p class="quiet">A simulated run goes its own way: its seed has chosen. Models let you choose.</p>
      )}
      {free && here?.choices.length === 0 && (
        <p class="quiet">
          No step can be taken here: the scope allows nothing more, and what still waits would be ignored.
        </p>
      )}
      {free && !atEnd.value && <p class="quiet">A step taken here replaces what follows.</p>}
      {here !== null && <Choices choices={here.choices} />}
      <WhyNot />
    </section>
  );
}

/** What a click on a message or a process offers. */
export function Asked() {
  const question = asked.value;
  if (question === null) return null;
  const choices = (position.value?.choices ?? []).filter(question.concerns);
  return (
    <dialog class="asked" open aria-label={`Steps for ${question.title}`}>
      <header>
        <h2>{question.title}</h2>
        <button
          type="button"
          class="small"
          onClick={() => {
            asked.value = null;
          }}
        >
          Close
        </button>
      </header>
      {choices.length === 0 ? (
        <p class="quiet">Nothing can be done with it at this moment.</p>
      ) : (
        <Choices choices={choices} />
      )}
    </dialog>
  );
}
