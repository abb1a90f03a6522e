import { useEffect, useRef } from "preact/hooks";
import { theme, turnTheme } from "../../web/theme.ts";
import { Input, Nodes } from "./input.tsx";
import { shortcuts } from "./keys.ts";
import { PictureRoom } from "./picture.tsx";
import { Results } from "./results.tsx";
import { busy, file, helpOpen, opened, type Room, room, stop, take } from "./store.ts";

function Top() {
  return (
    <header class="top">
      <h1>
        Eunomia <span>trust playground</span>
      </h1>
      <p class="title" aria-live="polite">
        {opened.value?.report.title ?? (busy.value ? "computing" : file.value.name)}
      </p>
      <div class="tools">
        {busy.value && (
          <button type="button" class="stop" onClick={() => void stop()}>
            Stop
          </button>
        )}
        <button type="button" onClick={turnTheme} title="light, dark, or as the screen">
          Theme: {theme.value}
        </button>
        <button
          type="button"
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          Help <kbd>?</kbd>
        </button>
      </div>
    </header>
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
      ref={dialog}
      aria-label="help"
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <h2>Keys</h2>
      <dl>
        {shortcuts.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        Quorums: {"{a, b, {c, d, e} >= 2} >= 2"}, a & b | c, majority(n1..n9), {"{x*3, y*2} >= 4"}.
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

const rooms: readonly (readonly [Room, string])[] = [
  ["input", "Input"],
  ["picture", "Picture"],
  ["report", "Report"],
];

/** The whole page. */
export function App() {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can also be chosen with the button
    <div
      class={`page ${busy.value ? "busy" : ""}`}
      data-room={room.value}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Top />
      <nav class="rooms" aria-label="rooms">
        {rooms.map(([name, title]) => (
          <button
            key={name}
            type="button"
            aria-current={room.value === name}
            onClick={() => {
              room.value = name;
            }}
          >
            {title}
          </button>
        ))}
      </nav>
      <main>
        <aside class="side left">
          <Input />
          <Nodes />
        </aside>
        <PictureRoom />
        <aside class="side right" id="report">
          <Results />
        </aside>
      </main>
      <Help />
    </div>
  );
}
