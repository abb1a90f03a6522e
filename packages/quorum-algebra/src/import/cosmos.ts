import { ImportError, type ImportNotice } from "./errors.ts";
import { Json } from "./json.ts";
import {
  assemble,
  type Draft,
  type ImportedValidators,
  type ValidatorWish,
  validatorOf,
} from "./validators.ts";

/**
 * Validators of a Cosmos chain: the answer of `/cosmos/staking/v1beta1/validators` (or `query staking validators -o json`),
 * one text or one per page, or a plain array of the same entries. Only bonded validators vote: others are left out, and
 * noticed. `id` is the operator address, stake the bonded tokens in the smallest unit.
 *
 * @example
 * cosmosValidators(text, { chain: "cosmoshub-4", denomination: "uatom" });
 * @throws ImportError with the JSON path: `syntax`, `shape`, `stake`, `duplicate`, `size`, or `incomplete` if pages are missing.
 */
export function cosmosValidators(
  pages: string | readonly string[],
  wish: ValidatorWish = {},
): ImportedValidators {
  const roots = pagesOf(pages);
  const notices: ImportNotice[] = [];
  const entries = roots.flatMap((root) => (root.isArray ? root : root.at("validators")).items());
  checkComplete(roots, entries.length);
  const drafts = entries.flatMap((entry): Draft[] => {
    const id = entry.at("operator_address").text();
    const status = entry.at("status");
    const place = { path: entry.path };
    if (!status.isMissing && !isBonded(status)) {
      notices.push({ place, text: `${id} is not bonded: left out` });
      return [];
    }
    const tokens = entry.at("tokens");
    const about = entry.at("description").isMissing ? entry : entry.at("description");
    return [
      {
        place,
        stakePlace: { path: tokens.path },
        validator: validatorOf(id, tokens.whole(), {
          moniker: about.at("moniker").optionalText(),
          identity: about.at("identity").optionalText(),
          key: keyOf(entry.at("consensus_pubkey")),
        }),
      },
    ];
  });
  return assemble(drafts, {}, wish, notices);
}

/** Every page as JSON; paths of several begin with the number of the page. */
export function pagesOf(pages: string | readonly string[]): readonly Json[] {
  if (typeof pages === "string") return [Json.parse(pages)];
  if (pages.length === 0) throw new ImportError("shape", {}, "at least one page", pages);
  return pages.map((page, i) => Json.parse(page, pages.length === 1 ? "$" : `page ${i + 1}: $`));
}

const bondStatuses = new Map<unknown, boolean>([
  ["BOND_STATUS_BONDED", true],
  ["BOND_STATUS_UNBONDING", false],
  ["BOND_STATUS_UNBONDED", false],
  [3, true],
  [2, false],
  [1, false],
]);

function isBonded(status: Json): boolean {
  const bonded = bondStatuses.get(status.value);
  if (bonded === undefined) throw status.refuse("shape", "a BOND_STATUS_…, or 1, 2 or 3");
  return bonded;
}

function keyOf(key: Json): string | undefined {
  if (key.isMissing || typeof key.value === "string") return key.optionalText();
  return key.at("key").optionalText();
}

function checkComplete(roots: readonly Json[], count: number): void {
  for (const root of roots) {
    if (root.isArray || root.at("pagination").isMissing) continue;
    const total = root.at("pagination").at("total");
    if (!total.isMissing && total.whole() > BigInt(count))
      throw total.refuse("incomplete", `all pages (these have ${count} validators)`);
  }
  const last = roots.at(-1)!;
  if (last.isArray || last.at("pagination").isMissing) return;
  const next = last.at("pagination").at("next_key");
  if (!next.isMissing && next.value !== "") throw next.refuse("incomplete", "the pages after this one, too");
}
