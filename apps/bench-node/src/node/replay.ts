import {
  EpochKeeper,
  gatewayEngine,
  replicaEngine,
  transferDefaults,
  transferEngine,
} from "@eunomia/aneris-switch";
import type { AnyEngine } from "@eunomia/engine";
import { EngineReplay, type ReplayReport } from "@eunomia/trace";
import { nodeBodyDigest, nodeTextDigest, readEngineTrace } from "@eunomia/trace/file";
import type { ClusterConfig } from "./config.ts";
import { addressProblem } from "./members.ts";
import { nodeInName, processOf } from "./names.ts";
import { registry } from "./protocols.ts";
import { oracles, replicaConfig } from "./stack.ts";

/** Every engine that a node of the cluster may run, by its name. */
export function nodeEngines(config: ClusterConfig, id: string): ReadonlyMap<string, AnyEngine> {
  const protocols = registry(config, id);
  const epochs = new EpochKeeper({ protocols, nodeOf: nodeInName, membershipProblem: addressProblem });
  const replica = replicaEngine(replicaConfig(config, id), {
    ...oracles(),
    // As the node that runs it says it.
    validate: (protocol, membership) => epochs.validate(protocol, membership),
  });
  const transfer = transferEngine({ ...transferDefaults, self: processOf(id, "transfer") });
  const engines: AnyEngine[] = [gatewayEngine, replica, transfer];
  for (const binding of Object.values(protocols))
    for (const { engine } of binding.epoch({ from: 1, params: new Uint8Array(), nodes: [id], f: 0 })
      .processes)
      engines.push(engine);
  return new Map(engines.map((engine) => [engine.name, engine]));
}

/**
 * Takes the steps of a node again that it wrote down.
 *
 * @throws TraceError if the file is not as it was written.
 */
export async function replayTrace(config: ClusterConfig, id: string, file: string): Promise<ReplayReport> {
  const engines = nodeEngines(config, id);
  const replay = new EngineReplay({
    engineOf: ({ engine }) => engines.get(engine) ?? null,
    digest: nodeBodyDigest,
    textDigest: nodeTextDigest,
  });
  for await (const record of readEngineTrace(file)) if (!replay.feed(record)) break;
  return replay.report();
}
