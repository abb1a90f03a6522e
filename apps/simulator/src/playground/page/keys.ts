import { turnTheme } from "../../web/theme.ts";
import { heal, helpOpen, pictures, shownPicture } from "./store.ts";

interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
  run(key: string): void;
}

const focus = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus();

/** Keys that work wherever nothing is being typed. */
export const shortcuts: readonly Shortcut[] = [
  { keys: ["/"], does: "type an expression", run: () => focus("#text") },
  { keys: ["o"], does: "open a file", run: () => document.querySelector<HTMLElement>("#open")?.click() },
  {
    keys: ["n"],
    does: "go to the nodes; Enter turns one: down, lying, well",
    run: () => focus("#nodes button"),
  },
  { keys: ["h"], does: "all nodes are well again", run: heal },
  {
    keys: ["1", "2", "3", "4", "5"],
    does: "show the first to fifth picture",
    run: (key) => {
      const picture = pictures.value[Number(key) - 1];
      if (picture !== undefined) shownPicture.value = picture.name;
    },
  },
  { keys: ["t"], does: "light, dark, or as the screen", run: turnTheme },
  {
    keys: ["?"],
    does: "this help",
    run: () => {
      helpOpen.value = !helpOpen.value;
    },
  },
];

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      helpOpen.value = false;
      if (typing(event.target)) (event.target as HTMLElement).blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const shortcut = shortcuts.find(({ keys }) => keys.includes(event.key));
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.run(event.key);
  });
}
