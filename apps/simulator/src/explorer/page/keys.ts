import { turnTheme } from "../../web/theme.ts";
import {
  asked,
  check,
  cursor,
  go,
  helpOpen,
  pin,
  position,
  type Room,
  room,
  share,
  story,
  take,
  undo,
} from "./store.ts";

/** Shows a room and puts the focus into it: at once where it is on the screen already, or else when it has been drawn. */
function enter(name: Room, selector: string): void {
  const focus = (): void => document.querySelector<HTMLElement>(selector)?.focus();
  room.value = name;
  focus();
  requestAnimationFrame(focus);
}

interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
  run(key: string): void;
}

/** Keys that work wherever nothing is being typed. */
export const shortcuts: readonly Shortcut[] = [
  { keys: ["j", "ArrowRight"], does: "next step", run: () => go(cursor.value + 1) },
  { keys: ["k", "ArrowLeft"], does: "previous step", run: undo },
  { keys: ["Home"], does: "before the first step", run: () => go(0) },
  { keys: ["End"], does: "after the last step", run: () => go(story.value?.steps.length ?? 0) },
  {
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    does: "take the first to ninth of the next steps",
    run: (key) => {
      const choice = position.value?.choices[Number(key) - 1];
      if (choice !== undefined) void take(choice.index);
    },
  },
  { keys: ["r"], does: "take ten steps at random", run: () => void take(null, 10) },
  { keys: ["c"], does: "check all states of the scope", run: () => void check() },
  { keys: ["p"], does: "pin this moment, or let go of it", run: () => void pin() },
  {
    keys: ["n"],
    does: "go to the next steps",
    run: () => enter("next", "#next [tabindex='0']"),
  },
  {
    keys: ["d"],
    does: "go to the diagram",
    run: () => enter("diagram", "#diagram"),
  },
  {
    keys: ["/"],
    does: "search the states",
    run: () => enter("state", "#search"),
  },
  {
    keys: ["o"],
    does: "choose protocol and scope",
    run: () => enter("setup", "#protocol"),
  },
  { keys: ["s"], does: "copy the link to this moment", run: () => void share() },
  { keys: ["t"], does: "light, dark, or as the screen", run: turnTheme },
  {
    keys: ["?"],
    does: "this list",
    run: () => {
      helpOpen.value = !helpOpen.value;
    },
  },
];

const byKey = new Map(shortcuts.flatMap((each) => each.keys.map((key) => [key, each] as const)));

/** Is the key meant for a field, or for something that has arrows of its own? */
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  return event.target instanceof Element && event.target.closest("input, select, textarea, dialog") !== null;
}

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      asked.value = null;
      return;
    }
    const shortcut = byKey.get(event.key);
    if (shortcut === undefined || isTaken(event)) return;
    event.preventDefault();
    shortcut.run(event.key);
  });
}
