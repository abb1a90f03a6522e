import type { Action, LearnerGraph } from "@eunomia/engine";
import { acceptorOver } from "../src/acceptor.ts";
import { isSigned, type SignedEntry, type Top } from "../src/dag/entry.ts";
import type { Known } from "../src/dag/known.ts";
import { derive } from "../src/evaluate/derive.ts";
import { raiseTop } from "../src/evaluate/merge.ts";
import { acceptorEngine, type NodeTypes } from "../src/index.ts";
import { setupOf } from "../src/node/setup.ts";
import type { ClusterOptions } from "./cluster.ts";

type AcceptorOf = NonNullable<ClusterOptions["acceptorOf"]>;

/** Every 2a counts for every learner when votes are buried. */
function withoutLabels(known: Readonly<Known>): Known {
  const blur = (entry: SignedEntry): SignedEntry => {
    const all = entry.top.reduce<Top>((top, { first, second }) => raiseTop(raiseTop(top, first), second), {
      first: null,
      second: null,
    });
    return { ...entry, top: entry.top.map(() => all) };
  };
  const { keys, values } = known.entries;
  return {
    ...known,
    entries: {
      keys,
      values: values.map((board) => ({
        keys: board.keys,
        values: board.values.map((entry) => (isSigned(entry) ? blur(entry) : entry)),
      })),
    },
  };
}

/** Acceptors that are wrong in one thing each. */
export const twins: readonly { readonly fault: string; readonly acceptorOf: AcceptorOf }[] = [
  {
    fault: "one join fewer is a quorum",
    acceptorOf: (config, tools, sign) => {
      const { graph } = tools;
      const lax: LearnerGraph = {
        ...graph,
        isQuorum: (learner, set) => graph.isQuorum(learner, [...set, ...graph.acceptors.slice(-1)]),
      };
      return acceptorEngine(config, { ...tools, graph: lax }, sign);
    },
  },
  {
    fault: "the journal is passed over",
    acceptorOf: (config, tools, sign) => {
      const engine = acceptorEngine(config, tools, sign);
      const [restart, ...rest] = engine.actions as [Action<NodeTypes>, ...Action<NodeTypes>[]];
      const forgets = { ...restart, guard: () => ({ records: [] }) };
      return { ...engine, actions: [forgets, ...rest] };
    },
  },
  {
    fault: "any label buries",
    acceptorOf: (config, tools, sign) =>
      acceptorOver({
        ...setupOf(config, tools, sign),
        judge: (view, rules, known, draft) => derive(view, rules, withoutLabels(known), draft),
      }),
  },
];
