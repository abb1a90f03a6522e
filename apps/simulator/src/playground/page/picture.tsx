import { outcome, pictures, shownPicture, turn } from "./store.ts";

/** The node that a part of a picture stands for. */
const nodeAt = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest("[data-node]")?.getAttribute("data-node") ?? null) : null;

/** What is shown large. Pictures are made by the worker from escaped text alone. */
export function PictureRoom() {
  const shown = pictures.value.find(({ name }) => name === shownPicture.value) ?? pictures.value[0];
  return (
    <section class="picture" aria-label="picture">
      <div class="tabs" role="tablist" aria-label="pictures">
        {pictures.value.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={name === shown?.name}
            class={name === shown?.name ? "main small" : "small"}
            onClick={() => {
              shownPicture.value = name;
            }}
          >
            {title}
          </button>
        ))}
      </div>
      {outcome.value !== null && (
        <ul class={`verdict ${outcome.value.outcome}`} role="status">
          {outcome.value.findings.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {shown === undefined ? (
        <p class="quiet">Nothing to show.</p>
      ) : (
        // Nodes can be turned with the keyboard in the list beside; a click here is a short cut.
        // biome-ignore lint/a11y/noStaticElementInteractions: the list of nodes does the same for every reader
        // biome-ignore lint/a11y/useKeyWithClickEvents: as above
        <div
          id="picture"
          onClick={({ target }) => {
            const id = nodeAt(target);
            if (id !== null) turn([id]);
          }}
          dangerouslySetInnerHTML={{ __html: shown.svg }}
        />
      )}
    </section>
  );
}
