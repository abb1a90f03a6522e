import type { Picture, Report } from "@eunomia/trust/report";
import type { Reply } from "../../web/client.ts";

/** A text, and the name of the file that it comes from. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** A report as it travels: with its pictures, without its data. */
export interface Shown extends Omit<Report, "pictures" | "data"> {
  readonly pictures: readonly Picture[];
}

/** Somebody who may fail. */
export interface NodeEntry {
  readonly id: string;
  readonly name: string;
  /** Who runs it. */
  readonly group: string;
}

/** What was opened. */
export interface Opened {
  readonly kind: "quorums" | "network" | "stake" | "graph";
  readonly report: Shown;
  readonly nodes: readonly NodeEntry[];
  /** Whether its sets can be listed, and its chances be computed. */
  readonly lists: boolean;
  readonly chances: boolean;
  /** Whether some nodes are run by the same organisation. */
  readonly grouped: boolean;
}

/** Which sets are listed: quorums, sets that halt, sets that split by lying. */
export type SetsOf = "quorums" | "halting" | "splitting";

/** Some more sets of a listing. */
export interface SetsPage {
  /** By name. */
  readonly sets: readonly (readonly string[])[];
  /** Null: there are more. Otherwise whether these were all, and how they were found. */
  readonly end: { readonly complete: boolean; readonly method: string } | null;
}

/** Upper bounds of what may go wrong when every node fails with the chances that were asked for; null: not known. */
export interface ChanceAnswer {
  readonly halts: number | null;
  readonly splits: number | null;
  readonly halting: string;
  readonly splitting: string;
}

/** Each question and its answer. */
export interface Calls {
  /** Forgets what was open. With `other` the two are compared. */
  open: { ask: { file: TextFile; other: TextFile | null; rule: string }; answer: Opened };
  /** What remains when these lie and those are down, by id. */
  whatIf: { ask: { byzantine: readonly string[]; crashed: readonly string[] }; answer: Shown };
  /** Begins a listing, or goes on with the one that was begun; `more` sets at most. */
  sets: { ask: { of: SetsOf; grouped: boolean; begin: boolean; more: number }; answer: SetsPage };
  chances: { ask: { crash: number; byzantine: number }; answer: ChanceAnswer };
}

/** From the page to the worker. */
export type Ask = {
  [K in keyof Calls]: { readonly id: number; readonly call: K; readonly ask: Calls[K]["ask"] };
}[keyof Calls];

/** From the worker to the page. */
export type Answer = Reply<never>;
