import { draftGraph } from "@eunomia/learner-graph";
import { type Expr, support } from "@eunomia/quorum-algebra";
import type { FederatedSystem } from "@eunomia/quorum-algebra/federated";
import { type StakeRule, stakeQuorums } from "@eunomia/quorum-algebra/stake";
import { type Names, namesOf, plainNames } from "./names.ts";
import { networkView } from "./network-view.ts";
import type { Subject } from "./read.ts";
import { validatorName } from "./stake.ts";

/** What a file holds, in one form: for programs that ask their own questions about it. */
export interface Inside {
  /** The nodes that matter: those of the core of a network, heaviest first where they have stake. */
  readonly nodes: readonly string[];
  readonly names: Names;
  /** Ordinary quorums, where there are such. */
  readonly quorums: Expr | null;
  /** Where every node has quorums of its own. */
  readonly system: FederatedSystem | null;
}

/** Opens a file for questions; `rule` is that of quorums of stake. */
export function insideOf(subject: Subject, rule: StakeRule): Inside {
  switch (subject.kind) {
    case "quorums":
      return { nodes: support(subject.expr), names: plainNames, quorums: subject.expr, system: null };
    case "stake": {
      const { validators } = subject.set;
      const named = validators.map((v) => ({ id: v.id, name: validatorName(v), group: v.operator }));
      const quorums = stakeQuorums(subject.set, rule);
      return { nodes: validators.map(({ id }) => id), names: namesOf(named), quorums, system: null };
    }
    case "network": {
      const { core, names, cluster } = networkView(subject.network);
      return { nodes: core.ids, names, quorums: cluster, system: core };
    }
    case "graph":
      return { nodes: draftGraph(subject.input).acceptors, names: plainNames, quorums: null, system: null };
  }
}
