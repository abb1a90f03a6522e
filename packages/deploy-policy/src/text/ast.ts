import type { KeyKind } from "@eunomia/engine";

/** Where something begins, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A deployment as it was read: clauses by section, in the order of the text. A section that was repeated is one here. */
export interface Deployment {
  readonly principals: readonly PrincipalClause[];
  readonly faults: readonly FaultClause[];
  readonly channels: readonly ChannelClause[];
  readonly authentication: readonly SuiteClause[];
  readonly nonRepudiation: readonly SuiteClause[];
  readonly dissemination: readonly StageClause[];
  readonly options: readonly OptionClause[];
}

/** Individuals with the keys that they hold, or a name of the spec bound to one (`role`) or to a set (`group`). */
export type PrincipalClause =
  | {
      readonly is: "keys";
      readonly names: readonly string[];
      readonly keys: readonly KeyKind[];
      readonly at: Place;
    }
  | { readonly is: "role"; readonly name: string; readonly of: string; readonly at: Place }
  | { readonly is: "group"; readonly name: string; readonly of: readonly string[]; readonly at: Place };

/** At most `most` of these are faulty at once. A name alone may be a group; names in braces are a set. */
export interface FaultClause {
  readonly of: { readonly name: string } | { readonly set: readonly string[] };
  readonly kind: "crash" | "byzantine";
  readonly most: number;
  readonly at: Place;
}

/** From whom to whom; `*` is everybody. `on`: only these types of statements (empty: all). */
export interface Link {
  readonly from: readonly string[];
  readonly both: boolean;
  readonly to: readonly string[];
  readonly on: readonly string[];
}

/** `open`: strangers may write to it. `local`: inside one machine. `none`: there is no channel. */
export type Channel = "open" | "local" | "none";

/** What kind of channel there is. */
export interface ChannelClause {
  readonly link: Link;
  readonly channel: Channel;
  readonly at: Place;
}

/** A scheme as a clause names it, with what stands in its parentheses, as text (null: nothing does). */
export interface SchemeUse {
  readonly name: string;
  readonly of: string | null;
}

/** Schemes that are used together. */
export type Suite = readonly SchemeUse[];

/** One of several suites is used, and nobody can say which. */
export interface SuiteClause {
  readonly link: Link;
  readonly alternatives: readonly Suite[];
  readonly at: Place;
}

/** One attempt to bring a statement to those who have not acknowledged it. `relays`: the text of a quorum, or a name. */
export type Stage = (
  | { readonly policy: "DIRECT" | "PULL" }
  | { readonly policy: "GOSSIP"; readonly fanout: number }
  | { readonly policy: "OPTIMISTIC"; readonly relays: string }
) & {
  readonly withinMs: number | null;
  /** Nothing is tried after this stage. */
  readonly final: boolean;
};

/** How statements spread: stages in the order in which they are tried. */
export interface StageClause {
  readonly link: Link;
  readonly stages: readonly Stage[];
  readonly at: Place;
}

/** Legacy schemes are allowed, or evidence is kept for so many milliseconds. */
export type OptionClause =
  | { readonly is: "allow-legacy"; readonly at: Place }
  | { readonly is: "retention"; readonly ms: number; readonly at: Place };

export const keyKinds: readonly KeyKind[] = [
  "mac",
  "ed25519",
  "secp256k1",
  "bip340",
  "rsa",
  "bls",
  "bls-pop",
];
export const policies = ["DIRECT", "PULL", "GOSSIP", "OPTIMISTIC"] as const;
/** Words that name nobody. */
export const reserved: ReadonlySet<string> = new Set([
  ...policies,
  "WITHIN",
  "FINAL",
  "on",
  "ME",
  "NOONE",
  "ANYONE",
]);
