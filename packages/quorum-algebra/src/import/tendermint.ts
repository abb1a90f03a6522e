import { pagesOf } from "./cosmos.ts";
import { ImportError } from "./errors.ts";
import type { Json } from "./json.ts";
import {
  assemble,
  type Draft,
  type ImportedValidators,
  type ValidatorWish,
  validatorOf,
} from "./validators.ts";

/**
 * Validators of a Tendermint or CometBFT chain: the answer of the RPC `/validators` (one text, or one per page), a
 * `genesis.json`, or the answer of `/genesis`. `id` is the consensus address, stake the voting power.
 *
 * @throws ImportError with the JSON path: `syntax`, `shape`, `stake`, `duplicate`, `size`, or `incomplete` if pages are missing.
 */
export function tendermintValidators(
  pages: string | readonly string[],
  wish: ValidatorWish = {},
): ImportedValidators {
  const roots = pagesOf(pages).map(unwrapped);
  const [first] = roots as [Json];
  const entries = roots.flatMap((root) => entriesOf(root));
  for (const root of roots) {
    const total = root.at("total");
    if (!total.isMissing && total.whole() > BigInt(entries.length))
      throw total.refuse("incomplete", `all pages (these have ${entries.length} validators)`);
    const height = root.at("block_height");
    if (height.value !== first.at("block_height").value) throw height.refuse("shape", "pages of one height");
  }
  const drafts = entries.map((entry): Draft => {
    const power = entry.at("voting_power").isMissing ? entry.at("power") : entry.at("voting_power");
    return {
      place: { path: entry.path },
      stakePlace: { path: power.path },
      validator: validatorOf(entry.at("address").text(), power.whole(), {
        moniker: entry.at("name").optionalText(),
        key: entry.at("pub_key").isMissing ? undefined : entry.at("pub_key").at("value").optionalText(),
      }),
    };
  });
  const height = first.at("block_height");
  const epoch = height.isMissing ? first.at("genesis_time").optionalText() : `height ${height.whole()}`;
  return assemble(drafts, { chain: first.at("chain_id").optionalText(), epoch }, wish, []);
}

/** What is inside the envelope of an RPC answer. */
function unwrapped(root: Json): Json {
  if (!root.at("error").isMissing) throw root.at("error").refuse("shape", "an answer without error");
  const result = root.at("result");
  if (result.isMissing) return root;
  return result.at("genesis").isMissing ? result : result.at("genesis");
}

function entriesOf(root: Json): readonly Json[] {
  const validators = root.at("validators");
  const fromApplication = !root.at("app_state").isMissing;
  if (fromApplication && (validators.isMissing || (validators.isArray && validators.items().length === 0)))
    throw new ImportError(
      "shape",
      { path: validators.path },
      "validators (here the application makes the first ones; ask the RPC `/validators` of a running node)",
      validators.value,
    );
  return validators.items();
}
