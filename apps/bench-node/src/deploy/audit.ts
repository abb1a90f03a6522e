import { native } from "@eunomia/crypto-auth/native";
import type { NodeId } from "@eunomia/engine";
import {
  type EquivocationProof,
  equivocationFault,
  StatementPool,
  statementId,
} from "@eunomia/statement-pool";
import { nodeProgram } from "./statements.ts";
import { directoryOf, listeningScheme, principalOfKey, principalOfName } from "./voice.ts";

/** Somebody said two things of which nobody honest says both. */
interface Guilty {
  readonly node: NodeId;
  readonly type: string;
  /** Who held one of the two statements. */
  readonly heldBy: readonly NodeId[];
  readonly proof: EquivocationProof;
}

/** What an auditor finds in the evidence that nodes have kept. */
export interface AuditReport {
  /** Statements by the node that said them. */
  readonly said: ReadonlyMap<NodeId, number>;
  readonly guilty: readonly Guilty[];
  /** Numbers that a node used and that nobody shows; a node may have crashed between keeping and sending, and lost its disk since. */
  readonly missing: ReadonlyMap<NodeId, readonly number[]>;
  /** What is no evidence, by who held it and why. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Gaps are listed up to so many. */
const missingMax = 100;

/**
 * Looks at evidence as somebody who took no part: with public keys, nothing else, and without asking any node.
 *
 * @param auditor the name that the deployment has for it.
 * @param held what each node has kept, one bundle a record.
 */
export function audit(
  auditor: string,
  publicKeys: ReadonlyMap<NodeId, Uint8Array>,
  held: ReadonlyMap<NodeId, readonly Uint8Array[]>,
): AuditReport {
  const names = new Map([...publicKeys].map(([node, key]) => [principalOfKey(key), node]));
  const owner = principalOfName(auditor);
  const pool = new StatementPool({
    owner,
    program: nodeProgram,
    schemes: [listeningScheme(owner, directoryOf(publicKeys.values()))],
    hash: native.sha256,
    limits: { maxCoreBytes: 16 << 20, maxPerIssuer: 1e7 },
  });
  const refused = new Map<string, number>();
  const holders = new Map<string, Set<NodeId>>();
  for (const [node, records] of held)
    for (const bytes of records) {
      const admission = pool.admitBytes(bytes, principalOfKey(publicKeys.get(node)!));
      const why = admission.ok ? (admission.status === "auditable" ? null : "not convincing") : admission.why;
      if (admission.ok && why === null)
        holders.set(admission.id, (holders.get(admission.id) ?? new Set()).add(node));
      else refused.set(`${node}: ${why}`, (refused.get(`${node}: ${why}`) ?? 0) + 1);
    }
  const guilty = [...nodeProgram.types.keys()]
    .filter((type) => nodeProgram.types.get(type)?.unique !== null)
    .flatMap((type) => [...pool.conflicts({ type, atLeast: "verified" })])
    .filter((proof) => equivocationFault(proof, pool.proofContext()) === null)
    .map((proof): Guilty => {
      const ids = [proof.a, proof.b].map(({ core }) => statementId(core, native.sha256));
      const heldBy = [...new Set(ids.flatMap((id) => [...(holders.get(id) ?? [])]))].sort();
      return { node: names.get(proof.issuer) ?? proof.issuer, type: proof.type, heldBy, proof };
    });
  return { said: saidBy(pool, names), guilty, missing: missingOf(pool, names), refused };
}

function saidBy(pool: StatementPool, names: ReadonlyMap<string, NodeId>): Map<NodeId, number> {
  const said = new Map<NodeId, number>();
  for (const [issuer, node] of names)
    for (const type of ["Said", "Speech"])
      for (const _ of pool.query({ type, issuer, atLeast: "auditable" }))
        said.set(node, (said.get(node) ?? 0) + 1);
  return said;
}

function missingOf(pool: StatementPool, names: ReadonlyMap<string, NodeId>): Map<NodeId, readonly number[]> {
  const missing = new Map<NodeId, readonly number[]>();
  for (const [issuer, node] of names) {
    const numbers = [...pool.query({ type: "Said", issuer, atLeast: "auditable" })]
      .map(({ core }) => core!.content.body[0] as number)
      .sort((a, b) => a - b);
    const gaps: number[] = [];
    let next = 1;
    for (const n of numbers) {
      for (; next < n && gaps.length < missingMax; next += 1) gaps.push(next);
      next = n + 1;
    }
    if (gaps.length > 0) missing.set(node, gaps);
  }
  return missing;
}
