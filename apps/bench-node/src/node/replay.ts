import {
  EpochKeeper,
  gatewayEngine,
  replicaEngine,
  transferDefaults,
  transferEngine,
} from "@eunomia/aneris-switch";
import type { AnyEngine } from "@eunomia/engine";
import { acceptorEngine, leaderEngine, learnerEngine } from "@eunomia/paxos";
import { EngineReplay, fromJson, type ReplayReport, type StepRecord } from "@eunomia/trace";
import { nodeBodyDigest, nodeTextDigest, readEngineTrace } from "@eunomia/trace/file";
import { memberEngine, learnerEngine as memberLearnerEngine } from "@eunomia/two-thirds";
import { type ClusterConfig, ConfigError } from "./config.ts";
import { addressProblem } from "./members.ts";
import { nodeInName, processOf } from "./names.ts";
import { registry } from "./protocols.ts";
import { oracles, replicaConfig } from "./stack.ts";

/** Engines that are made for one epoch: the configuration with which they began says for which. */
const makers = {
  "paxos acceptor": acceptorEngine,
  "paxos leader": leaderEngine,
  "paxos learner": learnerEngine,
  "two-thirds member": memberEngine,
  "two-thirds learner": memberLearnerEngine,
} as const;

/** Answers the engine of a node that took a step, if the first step of its life is given; null if the node has none of that name. */
export function nodeEngines(config: ClusterConfig, id: string): (record: StepRecord) => AnyEngine | null {
  const protocols = registry(config, id);
  const epochs = new EpochKeeper({ protocols, nodeOf: nodeInName, membershipProblem: addressProblem });
  const replica = replicaEngine(replicaConfig(config, id), {
    ...oracles(),
    // As the node that runs it says it.
    validate: (protocol, membership) => epochs.validate(protocol, membership),
  });
  const transfer = transferEngine({ ...transferDefaults, self: processOf(id, "transfer") });
  const lasting = new Map<string, AnyEngine>(
    [gatewayEngine, replica, transfer].map((engine: AnyEngine) => [engine.name, engine]),
  );
  return ({ engine, config: began }) => {
    const make = makers[engine as keyof typeof makers] as ((config: unknown) => AnyEngine) | undefined;
    if (make === undefined || began === undefined) return lasting.get(engine) ?? null;
    return make(fromJson(began));
  };
}

/**
 * Takes the steps of a node again that it wrote down.
 *
 * @throws TraceError if the file is not as it was written; ConfigError if another node wrote it.
 */
export async function replayTrace(config: ClusterConfig, id: string, file: string): Promise<ReplayReport> {
  const replay = new EngineReplay({
    engineOf: nodeEngines(config, id),
    digest: nodeBodyDigest,
    textDigest: nodeTextDigest,
  });
  for await (const record of readEngineTrace(file)) {
    if (record.kind === "begin" && record.by !== id)
      throw new ConfigError(file, "by", `node ${id}`, record.by);
    if (!replay.feed(record)) break;
  }
  return replay.report();
}
