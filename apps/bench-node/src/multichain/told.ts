import type { Chain } from "./stake.ts";
import type { Law } from "./voting.ts";

/** What a validator is asked for. */
export type Order =
  | { readonly kind: "mint"; readonly chain: Chain; readonly key: string; readonly owner: string }
  | { readonly kind: "give"; readonly chain: Chain; readonly key: string; readonly owner: string }
  | {
      readonly kind: "transfer";
      readonly chain: Chain;
      readonly key: string;
      readonly to: Chain;
      readonly owner: string;
    };

/** What a parent says to a validator. */
export type ValidatorRequest = { readonly kind: "order"; readonly order: Order } | { readonly kind: "claim" };

/** What happens at a validator, for whoever runs it. Times are milliseconds since 1970. */
export type Told =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  /** A height was decided; `tookMs` since this validator proposed it. Null: it did not. */
  | {
      readonly kind: "height";
      readonly chain: Chain;
      readonly height: number;
      readonly at: number;
      readonly tookMs: number | null;
    }
  /** Something became of a joint slot on a chain. */
  | {
      readonly kind: "slot";
      readonly chain: Chain;
      readonly slot: number;
      readonly at: number;
      readonly ending: "opened" | "passed" | "included" | "abandoned";
      /** Assets that moved. */
      readonly keys: readonly string[];
    }
  | {
      readonly kind: "evidence";
      readonly law: Law;
      readonly slot: number;
      readonly signer: string;
      readonly at: number;
    }
  | { readonly kind: "stuck"; readonly law: Law; readonly slot: number; readonly learner: string }
  | { readonly kind: "alarm"; readonly what: string }
  /** What it believes a chain to hold, to be held against the log. */
  | {
      readonly kind: "claim";
      readonly chain: Chain;
      readonly height: number;
      readonly held: Readonly<Record<string, string>>;
      /** Messages that it did not take, by reason. */
      readonly refused: Readonly<Record<string, number>>;
    };
