import type { Address, ConsensusBinding, Driver, NodeId } from "@eunomia/engine";
import type { EpochConfig } from "./membership.ts";
import type { Membership, ProtocolSpec } from "./wire.ts";

/** What of the options of a node says how epochs are run. */
export interface EpochKeeperOptions {
  readonly protocols: Readonly<Record<string, ConsensusBinding>>;
  nodeOf(process: NodeId): NodeId | null;
  membershipProblem?(membership: Membership): string | null;
}

interface Running {
  readonly learner: Address;
  /** Replicas by their nodes. */
  readonly replicas: ReadonlyMap<NodeId, NodeId>;
  /** The replica that proposes for all while the protocol names none. */
  readonly duty: NodeId | null;
}

/** The consensus engines of a node, epoch by epoch: made by the registry from what the order says, and found again. */
export class EpochKeeper {
  readonly #options: EpochKeeperOptions;
  readonly #running = new Map<string, Running>();
  /** Epochs before this one have ended. */
  #over = 0;

  constructor(options: EpochKeeperOptions) {
    this.#options = options;
  }

  /** Why an epoch cannot be run with these members; null if it can. The same answer at every node. */
  validate({ name, params }: ProtocolSpec, membership: Membership): string | null {
    const { protocols, nodeOf, membershipProblem } = this.#options;
    const binding = protocols[name];
    if (binding === undefined) return `"${name}" is not in the registry`;
    const nodes: NodeId[] = [];
    for (const { replica } of membership.members) {
      const node = nodeOf(replica);
      if (node === null) return `no node has a replica of this name: ${replica}`;
      if (nodes.includes(node)) return `two members on one node: ${node}`;
      nodes.push(node);
    }
    const infos = membership.members.map(({ info }) => info);
    const plan = { params, nodes, infos, f: membership.f };
    return binding.validate(plan) ?? membershipProblem?.(membership) ?? null;
  }

  spawn(driver: Driver, protocol: string, key: string, config: EpochConfig): void {
    const { from, params, members, infos, f } = config;
    // Only what `validate` found right gets into the order.
    const replicas = new Map(members.map((replica) => [this.#options.nodeOf(replica)!, replica]));
    const plan = { epoch: Number(key), from, params, nodes: [...replicas.keys()], infos, f };
    const { learner, duty, processes } = this.#options.protocols[protocol]!.epoch(plan);
    this.#running.set(key, {
      learner: { process: learner, instance: key },
      replicas,
      duty: (duty !== undefined && replicas.get(duty)) || null,
    });
    for (const { process, engine, config } of processes)
      driver.spawn({ process, instance: key }, engine, config);
  }

  /** Who speaks the `Consensus` door of an epoch; null where none of it runs here. */
  learnerOf(epoch: number): Address | null {
    return this.#running.get(String(epoch))?.learner ?? null;
  }

  /** The replica that proposes for all: that on the node of the process which the protocol names, else that of the binding. */
  onDuty(epoch: number, process: NodeId | null): NodeId | null {
    const running = this.#running.get(String(epoch));
    const node = process === null ? null : this.#options.nodeOf(process);
    return (node !== null && running?.replicas.get(node)) || running?.duty || null;
  }

  /** Ends an epoch and all before it, those included that only an earlier run of this node had, whose records are still there. */
  retire(driver: Driver, epoch: number): void {
    for (; this.#over <= epoch; this.#over += 1) {
      this.#running.delete(String(this.#over));
      driver.retire(String(this.#over));
    }
  }
}
