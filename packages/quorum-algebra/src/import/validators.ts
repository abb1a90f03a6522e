import type { Validator, ValidatorSet } from "../stake/validators.ts";
import { validatorSet } from "../stake/validators.ts";
import { ImportError, type ImportNotice, type ImportPlace } from "./errors.ts";

/** What a text about validators does not say by itself, and what to do with validators that have no stake. */
export interface ValidatorWish {
  /** Name of the chain; what the text says by default. */
  readonly chain?: string;
  /** Height, epoch or date; what the text says by default. */
  readonly epoch?: string;
  /** Unit of the stakes, as `uatom`. */
  readonly denomination?: string;
  /** A validator with stake 0 is an error unless it is to be left out, which is then noticed. */
  readonly noStake?: "refuse" | "leave out";
}

/** A validator set, and what its reader noticed. */
export interface ImportedValidators {
  readonly set: ValidatorSet;
  readonly notices: readonly ImportNotice[];
}

/** A validator and the place where it stands. */
export interface Draft {
  readonly place: ImportPlace;
  /** Where its stake stands. */
  readonly stakePlace: ImportPlace;
  readonly validator: Validator;
}

/** What the text itself says. */
interface Told {
  readonly chain?: string | undefined;
  readonly epoch?: string | undefined;
}

/** @throws ImportError `stake`, `duplicate`, `shape` if nobody is left. */
export function assemble(
  drafts: readonly Draft[],
  told: Told,
  wish: ValidatorWish,
  noticed: readonly ImportNotice[],
): ImportedValidators {
  const notices = [...noticed];
  const kept: Validator[] = [];
  const seen = new Set<string>();
  for (const { place, stakePlace, validator } of drafts) {
    const { id, stake } = validator;
    if (seen.has(id)) throw new ImportError("duplicate", place, "every validator once", id);
    seen.add(id);
    if (stake === 0n && wish.noStake === "leave out")
      notices.push({ place, text: `${id} has no stake: left out` });
    else if (stake <= 0n) throw new ImportError("stake", stakePlace, "a stake above 0", stake);
    else kept.push(validator);
  }
  if (kept.length === 0)
    throw new ImportError("shape", {}, "at least one validator with stake", drafts.length);
  const { chain = told.chain ?? "", epoch = told.epoch ?? "", denomination = "" } = wish;
  return { set: validatorSet({ chain, epoch, denomination, validators: kept }), notices };
}

/** Only the fields that are there. */
export function validatorOf(
  id: string,
  stake: bigint,
  more: { readonly [K in "moniker" | "identity" | "key" | "operator"]?: string | undefined },
): Validator {
  const known = Object.entries(more).filter(([, value]) => value !== undefined);
  return { id, stake, ...Object.fromEntries(known) };
}
