import { useEffect, useRef } from "preact/hooks";
import { theme, turnTheme } from "../../web/theme.ts";
import { stepLine } from "../story/tell.ts";
import type { ExportKind } from "../worker/messages.ts";
import { Diagram } from "./diagram.tsx";
import { Inspector } from "./inspector.tsx";
import { shortcuts } from "./keys.ts";
import { Asked, Next } from "./next.tsx";
import { Results } from "./results.tsx";
import { dropTarget, Setup } from "./setup.tsx";
import {
  busy,
  catalog,
  cursor,
  go,
  helpOpen,
  notice,
  type Room,
  room,
  save,
  share,
  stop,
  story,
  trouble,
  undo,
} from "./store.ts";

const exports: readonly (readonly [ExportKind, string])[] = [
  ["svg", "Picture (SVG)"],
  ["mermaid", "Mermaid"],
  ["test", "Unit test"],
  ["listing", "Text"],
  ["replay", "Replay file"],
];

function Save() {
  const menu = useRef<HTMLDetailsElement>(null);
  return (
    <details class="menu" ref={menu}>
      <summary>Save</summary>
      <ul>
        {exports.map(([kind, name]) => (
          <li key={kind}>
            <button
              type="button"
              onClick={() => {
                menu.current!.open = false;
                void save(kind);
              }}
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Top() {
  return (
    <header class="top">
      <h1>
        <a href="#next" class="skip">
          Skip to the next steps
        </a>
        Eunomia <span>explorer</span>
      </h1>
      <p class="title" aria-live="polite">
        {story.value?.title ?? (catalog.value === null ? "starting" : "nothing open")}
      </p>
      <div class="tools">
        {busy.value && (
          <button type="button" class="stop" onClick={() => void stop()}>
            Stop
          </button>
        )}
        <Save />
        <button type="button" onClick={() => void share()}>
          Link
        </button>
        <button type="button" onClick={turnTheme} aria-label={`Colours: ${theme.value}`}>
          {{ auto: "Auto", light: "Light", dark: "Dark" }[theme.value]}
        </button>
        <button
          type="button"
          aria-label="Keys"
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          ?
        </button>
      </div>
    </header>
  );
}

/** Where we are in the story, and the way to other moments. */
function Timeline() {
  const steps = story.value?.steps ?? [];
  const now = cursor.value;
  const step = steps[now - 1];
  return (
    <div class="timeline">
      <button type="button" onClick={undo} disabled={now === 0} aria-label="Previous step">
        ‹
      </button>
      <input
        type="range"
        min={0}
        max={steps.length}
        value={now}
        aria-label="Moment of the story"
        aria-valuetext={`step ${now} of ${steps.length}`}
        onInput={(event) => go(event.currentTarget.valueAsNumber)}
      />
      <button
        type="button"
        onClick={() => go(now + 1)}
        disabled={now === steps.length}
        aria-label="Next step"
      >
        ›
      </button>
      <output>
        {now} <span>of {steps.length}</span>
      </output>
      <p class="said">{step === undefined ? "The beginning" : stepLine(step)}</p>
    </div>
  );
}

function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (helpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [helpOpen.value]);
  return (
    <dialog
      class="help"
      ref={dialog}
      aria-labelledby="help-title"
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <h2 id="help-title">Keys</h2>
      <dl>
        {shortcuts.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {(keys.length > 3 ? [keys[0]!, keys.at(-1)!] : keys).map((key) => (
                <kbd key={key}>{key.replace("Arrow", "").replace("Right", "→").replace("Left", "←")}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="main">
          Close
        </button>
      </form>
    </dialog>
  );
}

const rooms: readonly (readonly [Room, string])[] = [
  ["setup", "Scope"],
  ["next", "Next"],
  ["diagram", "Diagram"],
  ["state", "State"],
];

/** The page. */
export function App() {
  const now = room.value;
  return (
    <div class={`page show-${now}${busy.value ? " busy" : ""}`} {...dropTarget}>
      <Top />
      {trouble.value !== null && (
        <p class="banner trouble" role="alert">
          {trouble.value}
        </p>
      )}
      {notice.value !== null && (
        <p class="banner notice" role="status">
          {notice.value}
          <button
            type="button"
            class="small"
            onClick={() => {
              notice.value = null;
            }}
          >
            Close
          </button>
        </p>
      )}
      <main>
        <div class="side left">
          <Setup />
          <Next />
        </div>
        <section class="middle" aria-label="Sequence diagram">
          <Timeline />
          <Diagram />
          <Asked />
        </section>
        <div class="side right">
          <Results />
          <Inspector />
        </div>
      </main>
      <nav class="rooms" aria-label="Rooms">
        {rooms.map(([name, title]) => (
          <button
            type="button"
            key={name}
            aria-current={now === name ? "page" : undefined}
            onClick={() => {
              room.value = name;
            }}
          >
            {title}
          </button>
        ))}
      </nav>
      <Help />
    </div>
  );
}
