import type { Scheme } from "@eunomia/hetero-paxos";
import { type AssetVerdict, type Claim, judgeAssets } from "@eunomia/joint-slots/assets";
import { provenLog } from "./chain-log.ts";
import { type Audit, audit, heldEvidence } from "./evidence.ts";
import { schemeOf } from "./keys.ts";
import { slotsOf } from "./schedule.ts";
import type { Setup } from "./setup.ts";
import { type Chain, chains, type Laws } from "./stake.ts";

/** What the disks say of a run. */
export interface Judgement {
  readonly ok: boolean;
  readonly assets: AssetVerdict;
  readonly audit: Audit;
  /** Heights of the longest log of each chain. */
  readonly heights: Readonly<Record<Chain, number>>;
  /** What else is wrong, in words. */
  readonly troubles: readonly string[];
}

type Public = Setup & { readonly laws: Laws };

/** The longest of some logs, of which each must begin as the others do. */
export function longest(
  chain: string,
  logs: readonly { readonly id: string; readonly values: readonly Uint8Array[] }[],
  troubles: string[],
): readonly Uint8Array[] {
  const all = logs.reduce((most, log) => (log.values.length > most.values.length ? log : most));
  for (const { id, values } of logs) {
    const at = values.findIndex((value, i) => Buffer.compare(value, all.values[i]!) !== 0);
    if (at >= 0) troubles.push(`height ${at + 1} of ${chain}: ${id} and ${all.id} have different blocks`);
  }
  return all.values;
}

/** Does the audit convict the traitor, and nobody else? */
function guiltTroubles({ convicted, refused }: Audit, traitor: string): string[] {
  const innocent = [...new Set(convicted.map(({ signer }) => signer))].filter((signer) => signer !== traitor);
  return [
    ...innocent.map((signer) => `${signer} is convicted, and did not lie`),
    ...refused.map(({ heldBy, why }) => `what ${heldBy} holds as evidence convicts nobody: ${why}`),
    ...(convicted.length === 0 ? [`nobody can prove that ${traitor} lied`] : []),
  ];
}

/**
 * Judges a run by what lies on disk: every block of every validator's log by its certificate, with public keys alone; that all logs of a
 * chain are one; that no asset is lost or doubled, from the logs of both chains; and who is proved guilty.
 *
 * @param claims what validators said that a chain held.
 */
export async function judgeRun(
  directory: string,
  setup: Public,
  claims: readonly Claim[] = [],
): Promise<Judgement> {
  const scheme = schemeOf(setup.publicKeys);
  const troubles: string[] = [];
  const [red, blue] = await Promise.all(
    chains.map(async (chain) =>
      longest(chain, await logsOf(directory, setup, scheme, chain, troubles), troubles),
    ),
  );
  const shared = setup.roles.traitor;
  const assets = judgeAssets(slotsOf(setup.laws, shared), { red: red!, blue: blue! }, claims);
  const ids = setup.validators.map(({ id }) => id);
  const judged = audit(setup, scheme, heldEvidence(directory, ids));
  troubles.push(...guiltTroubles(judged, setup.roles.traitor));
  return {
    ok: assets.ok && troubles.length === 0,
    assets,
    audit: judged,
    heights: { red: red!.length, blue: blue!.length },
    troubles,
  };
}

async function logsOf(
  directory: string,
  setup: Public,
  scheme: Scheme,
  chain: Chain,
  troubles: string[],
): Promise<{ id: string; values: readonly Uint8Array[] }[]> {
  const logs = setup.laws[chain].acceptors.map(async (id) => {
    try {
      return { id, values: await provenLog(directory, setup, scheme, { id, chain }) };
    } catch (error) {
      troubles.push((error as Error).message);
      return { id, values: [] };
    }
  });
  return await Promise.all(logs);
}
