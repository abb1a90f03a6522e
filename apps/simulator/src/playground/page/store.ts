import { batch, computed, signal } from "@preact/signals";
import { WorkerTrouble } from "../../web/client.ts";
import type { ChanceAnswer, Opened, SetsOf, Shown, TextFile } from "../worker/messages.ts";
import { client } from "./client.ts";
import { examples } from "./examples.ts";

/** Of the pages that a user reads one at a time in a narrow window. */
export type Room = "input" | "picture" | "report";

/** How somebody fails; whoever is not named is well. */
export type Fault = "down" | "lies";

export const file = signal<TextFile>({ name: "typed", text: examples[0]!.text });
/** A second file, to compare the first with. */
export const other = signal<TextFile | null>(null);
/** The part of the stake that a quorum must exceed. */
export const rule = signal("2/3");
export const opened = signal<Opened | null>(null);
export const trouble = signal<string | null>(null);
export const busy = signal(false);
export const faults = signal<ReadonlyMap<string, Fault>>(new Map());
export const outcome = signal<Shown | null>(null);
/** Name of the picture that is shown. */
export const shownPicture = signal("quorums");
export const room = signal<Room>("picture");
export const helpOpen = signal(false);

/** Sets that have been listed so far. */
export const listed = signal<{
  readonly of: SetsOf;
  readonly grouped: boolean;
  readonly sets: readonly (readonly string[])[];
  readonly end: { readonly complete: boolean; readonly method: string } | null;
} | null>(null);
/** Chances of one node to stop, and to lie, as powers of ten. */
export const chances = signal<{ readonly crash: number; readonly byzantine: number }>({
  crash: -2,
  byzantine: -3,
});
export const chanceAnswer = signal<ChanceAnswer | null>(null);

/** The pictures that may be chosen: with somebody failing, the first is that of the faults. */
export const pictures = computed(() => {
  const all = opened.value?.report.pictures ?? [];
  const failing = outcome.value?.pictures ?? [];
  const names = new Set(failing.map(({ name }) => name));
  return [...failing, ...all.filter(({ name }) => !names.has(name))];
});

/** Runs a question to its end and shows what was wrong with it; null if it was stopped or went wrong. */
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
    busy.value = client.busy;
  }
}

/** Opens what is typed or was dropped. Whatever is still being computed is of no use any more. */
export async function open(): Promise<void> {
  if (client.busy) client.stop();
  const asked = { file: file.value, other: other.value, rule: rule.value };
  const answer = await tried(() => client.ask("open", asked));
  if (answer === null) {
    if (trouble.value !== null) opened.value = null;
    return;
  }
  batch(() => {
    opened.value = answer;
    faults.value = new Map();
    outcome.value = null;
    listed.value = null;
    chanceAnswer.value = null;
    if (!answer.report.pictures.some(({ name }) => name === shownPicture.value))
      shownPicture.value = answer.report.pictures[0]?.name ?? "";
  });
  keepAddress();
  if (answer.chances) await askChances();
}

const next: Readonly<Record<Fault | "well", Fault | "well">> = { well: "down", down: "lies", lies: "well" };

/** A node that was well is down, one that was down lies, one that lies is well again. */
export function turn(ids: readonly string[]): void {
  const now = new Map(faults.value);
  const to = next[faults.value.get(ids[0]!) ?? "well"];
  for (const id of ids) {
    if (to === "well") now.delete(id);
    else now.set(id, to);
  }
  faults.value = now;
  void askWhatIf();
}

/** All are well again. */
export function heal(): void {
  faults.value = new Map();
  outcome.value = null;
}

async function askWhatIf(): Promise<void> {
  const asked = faults.value;
  if (asked.size === 0) return heal();
  const of = (fault: Fault): string[] => [...asked].filter(([, is]) => is === fault).map(([id]) => id);
  const answer = await tried(() => client.ask("whatIf", { byzantine: of("lies"), crashed: of("down") }));
  if (answer !== null && faults.value === asked) outcome.value = answer;
}

const setsAtOnce = 50;

/** Begins a listing, or goes on with it. */
export async function list(of: SetsOf, grouped: boolean): Promise<void> {
  const before = listed.value?.of === of && listed.value.grouped === grouped ? listed.value : null;
  if (before?.end != null) return;
  const asked = { of, grouped, begin: before === null, more: setsAtOnce };
  const page = await tried(() => client.ask("sets", asked));
  if (page === null) return;
  listed.value = { of, grouped, sets: [...(before?.sets ?? []), ...page.sets], end: page.end };
}

/** What the sliders say. */
export async function askChances(): Promise<void> {
  const asked = chances.value;
  const faultsOf = { crash: 10 ** asked.crash, byzantine: 10 ** asked.byzantine };
  const answer = await tried(() => client.ask("chances", faultsOf));
  if (answer !== null && chances.value === asked) chanceAnswer.value = answer;
}

/** Ends what is being computed. The worker has forgotten everything then, so that it is told again when asked. */
export async function stop(): Promise<void> {
  client.stop();
  busy.value = false;
  opened.value = null;
  trouble.value = "stopped; change something to begin again";
}

/** Takes in files that were chosen or dropped: the second one is compared with the first. */
export async function take(files: readonly File[]): Promise<void> {
  const texts = await Promise.all(files.map(async (one) => ({ name: one.name, text: await one.text() })));
  if (texts[0] === undefined) return;
  batch(() => {
    file.value = texts[0]!;
    other.value = texts[1] ?? null;
    shownPicture.value = texts[1] === undefined ? "quorums" : "stake";
  });
  await open();
}

/** A file to compare with, beside the one that is open. */
export async function compareWith(one: File): Promise<void> {
  other.value = { name: one.name, text: await one.text() };
  await open();
}

/** What is typed and short travels in the address, so that it is a link to what is shown. */
const addressMax = 2000;

function keepAddress(): void {
  const { name, text } = file.value;
  const hash = name === "typed" && text.length <= addressMax ? `#q=${encodeURIComponent(text)}` : "";
  if (location.hash !== hash) history.replaceState(null, "", hash === "" ? location.pathname : hash);
}

/** Opens what the address holds, or the first example. */
export function begin(): void {
  const [, encoded] = /^#q=(.*)$/.exec(location.hash) ?? [];
  if (encoded !== undefined) {
    try {
      file.value = { name: "typed", text: decodeURIComponent(encoded) };
    } catch {
      trouble.value = "the address holds no text";
    }
  }
  void open();
}
