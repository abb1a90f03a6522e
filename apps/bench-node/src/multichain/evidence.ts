import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DecodeError, decode, encode, equalBytes, fromHex, toHex } from "@eunomia/codec";
import { Evidence, evidenceProblem, type Scheme } from "@eunomia/hetero-paxos";
import { lawBytes } from "./chain-log.ts";
import { folderOf, type Setup } from "./setup.ts";
import type { Laws } from "./stake.ts";
import { type Law, lawNames } from "./voting.ts";

/** What a validator noticed, as it stands in its file: a line of JSON each. */
interface Noticed {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The canonical bytes in hexadecimal: this can be carried to anybody. */
  readonly evidence: string;
}

const fileOf = (directory: string, id: string): string => join(folderOf(directory, id), "evidence.jsonl");

/** What a validator keeps: of each signer, law and slot once. */
export class EvidenceFile {
  readonly #file: string;
  readonly #kept = new Set<string>();

  constructor(directory: string, id: string) {
    this.#file = fileOf(directory, id);
  }

  /** False: there is such evidence already. */
  keep(evidence: Evidence, at: number): boolean {
    const { signer, instance } = evidence;
    const name = `${signer} ${toHex(instance.law)} ${instance.slot}`;
    if (this.#kept.has(name)) return false;
    this.#kept.add(name);
    const noticed: Noticed = { at, evidence: toHex(encode(Evidence, evidence)) };
    appendFileSync(this.#file, `${JSON.stringify(noticed)}\n`);
    return true;
  }
}

/** Somebody is guilty, and how one knows. */
export interface Conviction {
  readonly signer: string;
  readonly law: Law;
  readonly slot: number;
  /** The two messages that it signed after the same one. */
  readonly kinds: readonly [string, string];
  /** Validators that hold such evidence. */
  readonly heldBy: readonly string[];
  /** When the first of them had it, milliseconds since 1970. */
  readonly at: number;
}

export interface Audit {
  readonly convicted: readonly Conviction[];
  /** Lines that convict nobody, and why. */
  readonly refused: readonly { readonly heldBy: string; readonly why: string }[];
}

/**
 * Looks at evidence as somebody who took no part: with public keys and what is public of the laws, nothing else. One conviction for each
 * signer, law and slot.
 */
export function audit(
  setup: Pick<Setup, "cluster"> & { readonly laws: Laws },
  scheme: Scheme,
  held: readonly { readonly by: string; readonly at: number; readonly bytes: Uint8Array }[],
): Audit {
  const laws = lawNames.map((law) => ({ law, bytes: lawBytes(setup, scheme, law) }));
  const convicted = new Map<string, Conviction>();
  const refused: { heldBy: string; why: string }[] = [];
  for (const { by, at, bytes } of held) {
    const judged = judgedEvidence(scheme, laws, bytes);
    if (typeof judged === "string") {
      refused.push({ heldBy: by, why: judged });
      continue;
    }
    const { law, evidence } = judged;
    const { signer, instance, first, second } = evidence;
    const key = `${signer} ${law} ${instance.slot}`;
    const known = convicted.get(key);
    convicted.set(key, {
      signer,
      law,
      slot: instance.slot,
      kinds: known?.kinds ?? [first.kind, second.kind],
      heldBy: [...new Set([...(known?.heldBy ?? []), by])].sort(),
      at: Math.min(known?.at ?? at, at),
    });
  }
  return { convicted: [...convicted.values()].sort((a, b) => a.at - b.at), refused };
}

function judgedEvidence(
  scheme: Scheme,
  laws: readonly { readonly law: Law; readonly bytes: Uint8Array }[],
  bytes: Uint8Array,
): { readonly law: Law; readonly evidence: Evidence } | string {
  let evidence: Evidence;
  try {
    evidence = decode(Evidence, bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return `no evidence: ${error.code}`;
  }
  const law = laws.find((one) => equalBytes(one.bytes, evidence.instance.law))?.law;
  if (law === undefined) return "of another law";
  return evidenceProblem(scheme, evidence) ?? { law, evidence };
}

/** All that validators have kept. A last line that a kill has cut off is left out. */
export function heldEvidence(
  directory: string,
  ids: readonly string[],
): { by: string; at: number; bytes: Uint8Array }[] {
  return ids.flatMap((by) => {
    const file = fileOf(directory, by);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => {
      const { at, evidence } = JSON.parse(line) as Noticed;
      return { by, at, bytes: fromHex(evidence) };
    });
  });
}
