import { readFileSync } from "node:fs";
import { DecodeError, decode, encode, fromHex, toHex } from "@eunomia/codec";
import { evidenceProblem, Evidence as HeteroPaxosEvidence } from "@eunomia/hetero-paxos";
import {
  byzantineContext,
  byzantineQuorums,
  convicts,
  Evidence as TwoThirdsEvidence,
} from "@eunomia/two-thirds/byzantine";
import { verifier } from "../security/signatures.ts";
import { nodeInName, processOf } from "./names.ts";
import { courtOf, schemeOf, type signedProtocols } from "./signed.ts";

const format = "eunomia-evidence";

/**
 * What convicts a node of having departed from a protocol, in a file that stands by itself: who was a member of that epoch with which
 * key, and what the node signed. Plain JSON.
 */
export interface EvidenceFile {
  readonly format: typeof format;
  readonly version: 1;
  readonly cluster: string;
  readonly epoch: number;
  readonly protocol: (typeof signedProtocols)[number];
  /** The node that signed what no honest one signs. */
  readonly accused: string;
  readonly slot: number;
  readonly f: number;
  /** In the order of the membership; keys in hexadecimal. */
  readonly members: readonly { readonly id: string; readonly publicKey: string }[];
  /** The two statements with their signatures, as the protocol encodes them; hexadecimal. */
  readonly statements: string;
}

/** A file that is no evidence. */
export class EvidenceError extends Error {
  readonly code = "evidence";
  constructor(file: string, expected: string) {
    super(`${file}: expected ${expected}, got something else`);
    this.name = "EvidenceError";
  }
}

/** What an engine put out, as it is kept; null where it accuses nobody among the nodes. */
export function evidenceFile(
  where: Pick<EvidenceFile, "cluster" | "epoch" | "f" | "members">,
  protocol: string,
  output: unknown,
): EvidenceFile | null {
  const common = { format, version: 1, ...where } as const;
  if (protocol === "two-thirds-byzantine") {
    const { kind: _, ...evidence } = output as TwoThirdsEvidence & { readonly kind: string };
    const accused = nodeInName(evidence.from);
    const statements = toHex(encode(TwoThirdsEvidence, evidence));
    return accused === null ? null : { ...common, protocol, accused, slot: evidence.slot, statements };
  }
  if (protocol !== "hetero-paxos") return null;
  const { kind: _, ...evidence } = output as HeteroPaxosEvidence & { readonly kind: string };
  const { instance, signer: accused } = evidence;
  const statements = toHex(encode(HeteroPaxosEvidence, evidence));
  return { ...common, protocol, accused, slot: instance.slot, statements };
}

/** @throws EvidenceError for a file that is no evidence; what it says is not judged yet. */
export function readEvidence(file: string): EvidenceFile {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new EvidenceError(file, "a readable file of JSON");
  }
  const evidence = (json ?? {}) as Partial<EvidenceFile>;
  if (evidence.format !== format || evidence.version !== 1)
    throw new EvidenceError(file, `"format" ${format} and "version" 1`);
  const { cluster, epoch, protocol, accused, slot, f, members, statements } = evidence;
  const numbers = [epoch, slot, f].every((value) => Number.isSafeInteger(value) && (value as number) >= 0);
  const texts = [cluster, accused, statements].every((value) => typeof value === "string");
  const isMember = (member: unknown): boolean => {
    const { id, publicKey } = (member ?? {}) as { id?: unknown; publicKey?: unknown };
    return typeof id === "string" && typeof publicKey === "string" && /^[0-9a-f]{64}$/.test(publicKey);
  };
  const known = protocol === "two-thirds-byzantine" || protocol === "hetero-paxos";
  if (!numbers || !texts || !known || !Array.isArray(members) || !members.every(isMember))
    throw new EvidenceError(file, "cluster, epoch, protocol, accused, slot, f, members and statements");
  return evidence as EvidenceFile;
}

/**
 * Why the evidence does not convict; null if it does. It rests on the keys in the file alone: whether those are the keys of the nodes is
 * for whoever knows the cluster.
 */
export function evidenceObjection(evidence: EvidenceFile): string | null {
  const { cluster, epoch, protocol, accused, slot, f, members, statements } = evidence;
  const keys = new Map(members.map(({ id, publicKey }) => [id, fromHex(publicKey)]));
  if (!keys.has(accused)) return `${accused} is no member of epoch ${epoch}`;
  try {
    const bytes = fromHex(statements);
    if (protocol === "hetero-paxos") {
      const said = decode(HeteroPaxosEvidence, bytes);
      if (said.signer !== accused || said.instance.slot !== slot)
        return "the statements are about something else";
      const problem = evidenceProblem(schemeOf(keys, verifier()), said);
      return problem === null ? null : `the statements convict nobody: ${problem}`;
    }
    const said = decode(TwoThirdsEvidence, bytes);
    if (said.from !== processOf(accused, "member") || said.slot !== slot)
      return "the statements are about something else";
    const processes = [...keys.keys()].map((id) => processOf(id, "member")).sort();
    if (processes.length <= 5 * f) return `${processes.length} members are too few for f = ${f}`;
    const { verify } = courtOf(keys, verifier());
    const court = {
      quorums: byzantineQuorums(processes, [], f),
      oracles: {
        verify: (signer: string, ...rest: [string, Uint8Array, Uint8Array]) =>
          verify(nodeInName(signer) ?? "", ...rest),
      },
    };
    const coordinator = processes[(said.slot + said.round) % processes.length]!;
    const convicted = convicts(court, byzantineContext(cluster, epoch), said, coordinator);
    return convicted ? null : "the statements do not contradict one another, or another key signed them";
  } catch (error) {
    if (error instanceof DecodeError) return `the statements cannot be read: ${error.message}`;
    throw error;
  }
}
