import type { Membership, Operation } from "@eunomia/aneris-switch/messages";
import type { SeededRandom } from "@eunomia/conformance";
import type { NodeAddress } from "../../src/node/config.ts";
import { addressOf, membershipOf } from "../../src/node/members.ts";

/** A change of the members of a simulated cluster. */
export interface Change {
  readonly operation: Operation;
  /** Who is new in it. */
  readonly joiners: readonly string[];
}

/** Who knows the members of a cluster at every time, and draws other ones. */
export class Operator {
  readonly #random: SeededRandom;
  readonly #spares: NodeAddress[];
  readonly #gone: NodeAddress[] = [];
  nodes: readonly NodeAddress[];
  changes = 0;
  refused = 0;

  constructor(random: SeededRandom, nodes: readonly NodeAddress[], spares: readonly NodeAddress[]) {
    this.#random = random;
    this.nodes = nodes;
    this.#spares = [...spares];
  }

  has(id: string): boolean {
    return this.nodes.some((node) => node.id === id);
  }

  /** One more, one less, another one for one, or for all. Null: there is nobody left to join. */
  draw(): Change | null {
    const random = this.#random;
    const revives = this.#gone.length > 0 && random.chance(0.4);
    const stay = [...this.nodes];
    const leaver = random.below(stay.length);
    const others = stay.filter((_, i) => i !== leaver);
    let nodes: NodeAddress[];
    if (revives) nodes = [random.pick(this.#gone), ...others];
    else if (this.#spares.length === 0) return null;
    else if (stay.length === 3) nodes = [...stay, ...this.fresh(random.pick([1, 2]))];
    else if (stay.length > 4 || random.chance(0.2)) nodes = others;
    else if (random.chance(0.1) && this.#spares.length >= 3) nodes = this.fresh(3);
    else nodes = [...this.fresh(1), ...others];
    const change = this.changeTo(nodes, random.pick(["two-thirds", "paxos"]));
    return revives ? { ...change, joiners: [] } : change;
  }

  /** So many nodes that were never members. */
  fresh(count: number): NodeAddress[] {
    return this.#spares.splice(0, count);
  }

  /** These nodes, with a protocol that bears as many crashes as they can. */
  changeTo(nodes: readonly NodeAddress[], name: "two-thirds" | "paxos"): Change {
    const f = Math.floor((nodes.length - 1) / (name === "paxos" ? 2 : 3));
    const protocol = { name, params: new Uint8Array() };
    return {
      operation: { kind: "reconfigure", protocol, membership: membershipOf(nodes, f) },
      joiners: nodes.filter(({ id }) => !this.has(id)).map(({ id }) => id),
    };
  }

  /** What the order says. */
  follow(membership: Membership): void {
    const nodes = membership.members.flatMap((member) => addressOf(member) ?? []);
    this.changes += 1;
    for (const node of this.nodes) if (!nodes.some(({ id }) => id === node.id)) this.#gone.push(node);
    this.nodes = nodes;
  }
}
