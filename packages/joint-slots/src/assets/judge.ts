import { mapDropThrough, mapGet } from "@eunomia/codec";
import { decodeBase, encodeJoint, type JointBlock } from "../block.ts";
import { checkJointConfig, type JointConfig, rulesOf } from "../config.ts";
import { applyBlock } from "../ledger/apply.ts";
import { type Change, emptyLedger, hasEnded, type Ledger } from "../ledger/types.ts";
import { type AssetState, assets } from "./application.ts";

/** By chain: the values of its base slots, from height 1 on. */
export type Logs = Readonly<Record<string, readonly Uint8Array[]>>;

/** What somebody says that a chain holds: asset by asset, its owner. */
export interface Claim {
  /** Who says it. */
  readonly by: string;
  readonly chain: string;
  readonly height: number;
  readonly held: Readonly<Record<string, string>>;
}

type Fate = "open" | "passed" | "included" | "abandoned" | "released" | "unknown";

/** What each chain made of one joint slot. */
export interface JudgedSlot {
  readonly slot: number;
  /** `unknown`: its log does not come so far. */
  readonly fates: Readonly<Record<string, Fate>>;
  readonly moves: number;
  /** Two chains with different ends, or with different blocks. */
  readonly split: boolean;
}

/** What the logs say. */
export interface AssetVerdict {
  /** Nothing is lost, doubled, forged, split or claimed wrongly. */
  readonly ok: boolean;
  readonly minted: number;
  /** By chain, at the end of its log. */
  readonly held: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Minted, and nowhere any more. */
  readonly lost: readonly string[];
  /** Held, and never minted. */
  readonly forged: readonly string[];
  /** On more than one chain. */
  readonly doubled: readonly string[];
  /** One of the two logs does not come so far yet: left, and not arrived, or arrived, and still locked where it left. */
  readonly underway: readonly string[];
  readonly slots: readonly JudgedSlot[];
  /** Claims that the log contradicts, in words. */
  readonly wrongClaims: readonly string[];
}

interface Replayed {
  readonly chain: string;
  readonly ledger: Ledger;
  readonly state: AssetState;
  readonly fates: Map<number, Fate>;
  /** By slot, those included. */
  readonly blocks: Map<number, JointBlock>;
  readonly wrongClaims: string[];
}

/**
 * Judges whole logs of all chains: replays each by itself, then compares. It believes no node; claims of nodes are held against the
 * log.
 *
 * @param config of any node: only what is the same at all of them counts.
 * @throws JointError
 * @example
 * const verdict = judgeAssets(config, { red: redValues, blue: blueValues });
 * if (!verdict.ok) console.log(verdict.lost, verdict.doubled);
 */
export function judgeAssets(config: JointConfig, logs: Logs, claims: readonly Claim[] = []): AssetVerdict {
  checkJointConfig(config);
  const chains = config.chains.map(({ chain }) =>
    replay(
      config,
      chain,
      logs[chain] ?? [],
      claims.filter((claim) => claim.chain === chain),
    ),
  );
  const slots = judgeSlots(chains);
  const minted = chains.flatMap(({ state }) => state.minted).sort();
  const held = Object.fromEntries(chains.map(({ chain, state }) => [chain, holdings(state)]));
  const places = new Map<string, Replayed[]>(minted.map((key) => [key, []]));
  for (const chain of chains)
    for (const key of chain.state.held.keys) places.set(key, [...(places.get(key) ?? []), chain]);
  const lost: string[] = [];
  const doubled: string[] = [];
  const underway: string[] = [];
  for (const [key, at] of places) {
    if (at.length === 1) continue;
    if (at.length === 0 ? onItsWay(chains, key) : stillLocked(chains, at, key)) underway.push(key);
    else (at.length === 0 ? lost : doubled).push(key);
  }
  const wrongClaims = chains.flatMap((chain) => chain.wrongClaims);
  const split = slots.some((slot) => slot.split);
  const forged = [...places.keys()].filter((key) => !minted.includes(key));
  const ok = lost.length + doubled.length + forged.length + wrongClaims.length === 0 && !split;
  return { ok, minted: minted.length, held, lost, forged, doubled, underway, slots, wrongClaims };
}

const holdings = ({ held }: AssetState): Record<string, string> =>
  Object.fromEntries(held.keys.map((key, i) => [key, held.values[i]!]));

function replay(
  config: JointConfig,
  chain: string,
  values: readonly Uint8Array[],
  claims: readonly Claim[],
): Replayed {
  const replayed: Replayed = {
    chain,
    ledger: emptyLedger(),
    state: assets.init(chain),
    fates: new Map(),
    blocks: new Map(),
    wrongClaims: [],
  };
  const rules = rulesOf(config, chain);
  for (const [i, value] of values.entries()) {
    for (const change of applyBlock(rules, assets, replayed.ledger, replayed.state, decodeBase(value)))
      note(replayed, change);
    forgetEnded(replayed.ledger);
    for (const claim of claims) if (claim.height === i + 1) hold(replayed, claim);
  }
  for (const { by, height } of claims)
    if (height > values.length || height < 1)
      replayed.wrongClaims.push(
        `${by} speaks of height ${height} of ${chain}, whose log has ${values.length}`,
      );
  return replayed;
}

/** Nothing asks about slots that have an end. */
function forgetEnded({ slots }: Ledger): void {
  const pending = slots.values.findIndex((slot) => !hasEnded(slot));
  const last = slots.keys.at(pending < 0 ? -1 : pending - 1);
  if (last !== undefined && pending !== 0) mapDropThrough(slots, last);
}

function note({ fates, blocks }: Replayed, change: Change): void {
  switch (change.kind) {
    case "opened":
      return void fates.set(change.slot, "open");
    case "passed":
    case "abandoned":
      return void fates.set(change.slot, change.kind);
    case "released":
      if (change.slot !== null) fates.set(change.slot, "released");
      return;
    case "included":
      fates.set(change.slot, "included");
      blocks.set(change.slot, change.block);
  }
}

function hold({ state, wrongClaims, chain }: Replayed, { by, height, held }: Claim): void {
  const own = holdings(state);
  for (const key of new Set([...Object.keys(own), ...Object.keys(held)]))
    if (own[key] !== held[key])
      wrongClaims.push(
        `${by} says at height ${height} of ${chain} that ${key} is ${owner(held[key])}; by the log it is ${owner(own[key])}`,
      );
}

const owner = (name: string | undefined): string => (name === undefined ? "not there" : `of ${name}`);

function judgeSlots(chains: readonly Replayed[]): JudgedSlot[] {
  const numbers = new Set(chains.flatMap(({ fates }) => [...fates.keys()]));
  return [...numbers]
    .sort((a, b) => a - b)
    .map((slot): JudgedSlot => {
      const fates = chains.map((chain) => fateOf(chain, slot));
      const blocks = chains.flatMap(({ blocks: own }) => own.get(slot) ?? []);
      const different = new Set(blocks.map((block) => encodeJoint(block).join())).size > 1;
      const neither = fates.some((fate) => fate === "abandoned" || fate === "released");
      return {
        slot,
        fates: Object.fromEntries(chains.map(({ chain }, i) => [chain, fates[i]!])),
        moves: blocks[0]?.moves.length ?? 0,
        split: different || (blocks.length > 0 && neither),
      };
    });
}

/** A chain that left before a slot has given it up. */
function fateOf({ fates, ledger }: Replayed, slot: number): Fate {
  return fates.get(slot) ?? (ledger.leftAt === null ? "unknown" : "abandoned");
}

/** It left a chain in a slot that the chain it goes to has not settled. */
function onItsWay(chains: readonly Replayed[], key: string): boolean {
  const isOpenAt = (slot: number, to: string): boolean =>
    chains.some((other) => other.chain === to && ["open", "passed", "unknown"].includes(fateOf(other, slot)));
  return chains.some(({ chain, blocks }) =>
    [...blocks].some(([slot, { moves }]) =>
      moves.some((move) => move.from === chain && move.key === key && isOpenAt(slot, move.to)),
    ),
  );
}

/** It arrived in a slot that the chain it left has not settled, and where it is locked until then. */
function stillLocked(chains: readonly Replayed[], at: readonly Replayed[], key: string): boolean {
  const waiting = at.filter(({ chain, ledger }) => {
    const slot = mapGet(ledger.locks, key)?.slot ?? null;
    const block = slot === null ? undefined : chains.find(({ blocks }) => blocks.has(slot))?.blocks.get(slot);
    return block?.moves.some((move) => move.from === chain && move.key === key) === true;
  });
  return waiting.length === at.length - 1;
}
