import type { Engine } from "@eunomia/engine";
import { checkAcceptor, restarting, speaking } from "./acceptor.ts";
import { receiving, serving } from "./node/actions.ts";
import { following, keeping } from "./node/door.ts";
import { engineOf } from "./node/engine.ts";
import { recordsOf } from "./node/records.ts";
import { setupOf, type Tools } from "./node/setup.ts";
import type { NodeConfig, NodeTypes } from "./node/types.ts";
import { checkProposer, proposing } from "./proposer.ts";
import type { Sign } from "./scheme.ts";

/**
 * Acceptor, proposer and learner in one process: it hears every message once and judges it once for all that it is. In the
 * configuration its process stands among the acceptors and among the watchers.
 *
 * What is needed no more here (`trim`) is kept for the others, until as many have let go of it as `closeBy` says.
 *
 * @param sign its signature, which `tools.scheme` checks under its name in the graph
 * @throws HeteroPaxosError
 * @example
 * const config = nodeConfig({ self: "p1", graph, graphDigest: graphDigest(graph), watchers: graph.acceptors });
 * const engine = memberEngine(config, { graph, scheme }, sign);
 */
export function memberEngine(config: NodeConfig, tools: Tools, sign: Sign): Engine<NodeTypes> {
  const setup = setupOf(config, tools, sign);
  checkAcceptor(config, setup);
  checkProposer(config);
  const actions = [
    ...restarting(setup),
    ...proposing(setup),
    ...receiving(setup),
    ...serving(setup),
    ...keeping(setup),
    ...following(setup),
    ...speaking(setup),
  ];
  return engineOf("hetero-paxos member", actions, recordsOf);
}
