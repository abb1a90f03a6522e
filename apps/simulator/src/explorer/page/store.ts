import { batch, computed, effect, signal } from "@preact/signals";
import { WorkerTrouble } from "../../web/client.ts";
import type { Story, Tree } from "../story/types.ts";
import type {
  Catalog,
  Choice,
  ExportKind,
  Position,
  SearchAnswer,
  SearchProgress,
} from "../worker/messages.ts";
import { addressFrom, addressOf } from "./address.ts";
import { client } from "./client.ts";

/** The rooms of the page; a narrow window shows one at a time. */
export type Room = "setup" | "next" | "diagram" | "state";

export const catalog = signal<Catalog | null>(null);
/** Which model or system is chosen in the setup, and its parameters. */
export const chosen = signal<{
  readonly kind: "model" | "run";
  readonly name: string;
  readonly params: Tree;
}>({
  kind: "model",
  name: "",
  params: null,
});
export const story = signal<Story | null>(null);
/** How many steps of the story have been taken at the moment that is shown. */
export const cursor = signal(0);
const placed = signal<{ readonly story: Story; readonly position: Position } | null>(null);
/** The moment that is shown, or for an instant the one that was shown before it: see {@link settled}. */
export const position = computed(() => placed.value?.position ?? null);
/** Does the position belong to the story and the cursor? Until it does, its choices are those of another moment. */
export const settled = computed(
  () => placed.value?.story === story.value && placed.value?.position.at === cursor.value,
);
/** A moment to compare with; null: the one before. */
export const pinned = signal<Position | null>(null);
export const before = signal<Position | null>(null);
export const trouble = signal<string | null>(null);
export const notice = signal<string | null>(null);
export const search = signal<{
  /** The model that was searched. */
  readonly name: string;
  readonly progress: SearchProgress | null;
  readonly answer: SearchAnswer | null;
  readonly running: boolean;
}>({
  name: "",
  progress: null,
  answer: null,
  running: false,
});
export const busy = signal(false);
export const room = signal<Room>("diagram");
export const helpOpen = signal(false);
/** What a click on a message or a process asked about, and which of the next steps concern it. */
export const asked = signal<{ readonly title: string; concerns(choice: Choice): boolean } | null>(null);

export const atEnd = computed(() => story.value !== null && cursor.value === story.value.steps.length);

/** Shows what went wrong where the reader looks; null of a stopped search is nothing wrong. */
async function tried<T>(work: () => Promise<T>): Promise<T | null> {
  busy.value = true;
  try {
    const answer = await work();
    trouble.value = null;
    return answer;
  } catch (error) {
    if (!(error instanceof WorkerTrouble)) throw error;
    if (error.code !== "stopped") trouble.value = error.message;
    return null;
  } finally {
    busy.value = false;
  }
}

function show(next: Story, at = next.steps.length): void {
  batch(() => {
    story.value = next;
    cursor.value = at;
  });
  asked.value = null;
}

// The address is always a link to what is shown.
effect(() => {
  if (story.value === null) return;
  const address = addressOf(story.value.origin, cursor.value);
  if (location.hash !== `#${address}`)
    history.replaceState(null, "", address === "" ? location.pathname : `#${address}`);
});

// The position follows the story and the cursor; an answer that comes too late is dropped.
effect(() => {
  const now = story.value;
  const at = cursor.value;
  if (now === null) return;
  const fresh = (): boolean => story.peek() === now && cursor.peek() === at;
  void tried(async () => {
    const here = await client.ask("position", { at });
    if (fresh()) placed.value = { story: now, position: here };
    const previous = at === 0 ? null : await client.ask("position", { at: at - 1 });
    if (fresh()) before.value = previous;
  });
});

/** Opens what is chosen in the setup, at its beginning. */
export async function open(): Promise<void> {
  const { name, params } = chosen.value;
  const opened = await tried(() => client.ask("open", { name, params, path: [] }));
  if (opened === null) return;
  pinned.value = null;
  notice.value = null;
  show(opened.story);
}

/** Moves the moment that is shown. */
export function go(at: number): void {
  if (story.value === null) return;
  cursor.value = Math.max(0, Math.min(story.value.steps.length, at));
}

/** Takes a step from the moment that is shown; what lay behind it is forgotten. Null: so many at random. */
export async function take(choice: number | null, count = 1): Promise<void> {
  if (choice !== null && !settled.value) return;
  const at = cursor.value;
  const next = await tried(() => client.ask("take", { at, choice, count, seed: at + count }));
  if (next !== null) show(next);
}

/** Back before the last step. */
export function undo(): void {
  go(cursor.value - 1);
}

/** How many states a search looks at. */
const maxStates = 2_000_000;

/**
 * Searches all states of the chosen model and shows the counterexample, if there is one, from its beginning. With the name of a
 * witness it looks for a shortest way there, and shows its end.
 */
export async function check(witness: string | null = null): Promise<void> {
  const origin = witness === null ? null : story.value?.origin;
  const { name, params } = origin ?? chosen.value;
  search.value = { name, progress: null, answer: null, running: true };
  const answer = await tried(() =>
    client.ask("search", { name, params, maxStates, witness }, (progress) => {
      search.value = { ...search.value, progress };
    }),
  );
  // What was looked for is no verdict on the model.
  const told = witness === null ? answer : null;
  search.value = { name, progress: answer ?? search.value.progress, answer: told, running: false };
  if (answer === null) return;
  if (answer.found === null) {
    if (witness !== null)
      notice.value = `no state of this scope shows "${witness}"${answer.truncated === null ? "" : ` so far. ${answer.truncated}`}`;
    return;
  }
  pinned.value = null;
  show(answer.found, witness === null ? 0 : answer.found.steps.length);
  room.value = "diagram";
}

/** Asks whether every fair run of the model that is open comes to a witness; shows one that never does. */
export async function askEventually(witness: string): Promise<void> {
  const now = story.value;
  if (now === null) return;
  const { name, params } = now.origin;
  const answer = await tried(() => client.ask("eventually", { name, params, maxStates, witness }));
  if (answer === null) return;
  const said = {
    holds: "is inevitable",
    violated: "is not inevitable",
    vacuous: "is open",
    unknown: "is open",
  };
  notice.value = `"${witness}" ${said[answer.result]}: ${answer.detail}`;
  if (answer.found === null) return;
  pinned.value = null;
  show(answer.found);
  room.value = "diagram";
}

/** Ends a search; the story is told again to the new worker. */
export async function stop(): Promise<void> {
  client.stop();
  await tellAgain();
}

async function tellAgain(): Promise<void> {
  const now = story.peek();
  if (now === null) return;
  const { kind, name, params, path } = now.origin;
  const at = cursor.peek();
  if (kind === "model") {
    const opened = await tried(() => client.ask("open", { name, params, path }));
    if (opened !== null) show(opened.story, at);
  } else if (kind === "run") await simulate(name, params);
  else notice.value = "the worker was stopped and has forgotten the replay: open the file again";
}

/** Runs a cluster. */
export async function simulate(name: string, params: Tree): Promise<void> {
  const told = await tried(() => client.ask("simulate", { name, params }));
  if (told !== null) show(told);
}

/** Makes the run that is open smaller. */
export async function shrink(): Promise<void> {
  const told = await tried(() => client.ask("shrink", null));
  if (told !== null) show(told);
}

/** Opens the text of a replay file. */
export async function openReplay(text: string): Promise<void> {
  const told = await tried(() => client.ask("replay", { text }));
  if (told !== null) show(told);
}

/** Keeps this moment, to compare others with, though it may not be in view yet; a second time lets go of it. */
export async function pin(): Promise<void> {
  const now = story.value;
  const at = cursor.value;
  if (now === null) return;
  const here = pinned.value?.at === at ? null : await tried(() => client.ask("position", { at }));
  if (story.peek() === now) pinned.value = here;
}

/** What a step would do, for its preview. */
export const preview = (choice: number) => client.ask("preview", { at: cursor.value, choice });

/** Saves the story as a file. */
export async function save(kind: ExportKind): Promise<void> {
  const file = await tried(() => client.ask("file", { kind }));
  if (file === null) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
  notice.value = `saved as ${file.name}`;
}

/** Puts a link to this moment on the clipboard, where the browser lets us. */
export async function share(): Promise<void> {
  if (story.value?.origin.kind === "file") {
    notice.value = "no link tells a replay file: pass on the file itself";
    return;
  }
  try {
    await navigator.clipboard.writeText(location.href);
    notice.value = "the link is on the clipboard";
  } catch {
    notice.value = "the address of this page is the link: copy it from the address bar";
  }
}

/** What the command line's `explore FILE` serves beside the page. */
const servedReplay = "replay.jsonl";

/** Opens what the address names; without an address, the first model. */
async function openAddress(): Promise<void> {
  if (location.hash === "#replay") {
    const answer = await fetch(servedReplay);
    if (answer.ok) return openReplay(await answer.text());
    trouble.value = `${servedReplay} is not beside this page: open the file itself`;
  }
  const address = addressFrom(location.hash);
  if (address === null) {
    const first = catalog.value?.models[0];
    if (first === undefined) return;
    chosen.value = { kind: "model", name: first.name, params: first.params };
    return open();
  }
  const { kind, name, params, path, at, engines } = address;
  chosen.value = { kind, name, params };
  if (kind === "run") await simulate(name, params);
  else {
    const opened = await tried(() => client.ask("open", { name, params, path }));
    if (opened === null) return;
    show(opened.story);
    notice.value = opened.mismatch;
  }
  if (at !== null) go(at);
  if (notice.value === null && !catalog.value?.engines.startsWith(engines))
    notice.value =
      kind === "run"
        ? "the link was made with other engines: the same seed may be another run here"
        : "the link was made with other engines; every step of it is the same here";
}

/** Fetches what there is to open, and opens what the address names, now and whenever another is put there. */
export async function begin(): Promise<void> {
  catalog.value = await tried(() => client.ask("catalog", null));
  if (catalog.value === null) return;
  await openAddress();
  addEventListener("hashchange", () => void openAddress());
}
