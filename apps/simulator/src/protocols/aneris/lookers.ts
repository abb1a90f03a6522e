import type { QueryLevel } from "@eunomia/aneris-client";
import { type Client, createClient, type GatewayLink } from "@eunomia/aneris-client";
import type { NodeId } from "@eunomia/engine";
import type { ClientSpec, Draw, Scene } from "@eunomia/simulation";
import type { LogHistory } from "./log-history.ts";

/** What lookers stand on. */
export interface LookerPlan {
  readonly nodes: readonly NodeId[];
  /** Reads of all of them together. */
  readonly reads: number;
  link(self: string, node: NodeId): GatewayLink;
  lies(node: NodeId): boolean;
}

interface Looker {
  readonly id: string;
  readonly node: NodeId;
  readonly client: Client;
  open: boolean;
}

/**
 * Readers beside the order, one for each node, so that every node is read from, whatever happened to it. A linearizable read goes
 * into the history; a session read has to have seen what the node was asked for.
 */
export class Lookers {
  readonly #plan: LookerPlan;
  readonly #scene: Scene;
  readonly #history: LogHistory;
  readonly #lookers: readonly Looker[];
  #made = 0;

  constructor(plan: LookerPlan, scene: Scene, history: LogHistory) {
    this.#plan = plan;
    this.#scene = scene;
    this.#history = history;
    this.#lookers = plan.nodes.map((node) => {
      const id = `looker of ${node}`;
      const { random } = scene.outside(`${id}-chance`);
      const link = plan.link(id, node);
      const client = createClient({ link, random, rtoInitialMs: 200, rtoMaxMs: 800 });
      return { id, node, client, open: false };
    });
  }

  clients(): ClientSpec[] {
    return this.#lookers.map((looker) => ({ id: looker.id, act: (draw) => this.#look(looker, draw) }));
  }

  /** Nobody waits for an answer of these nodes. */
  settled(core: readonly NodeId[]): boolean {
    return this.#lookers.every(({ open, node }) => !open || !core.includes(node));
  }

  #look(looker: Looker, draw: Draw): string | null {
    if (looker.open || this.#made >= this.#plan.reads || this.#scene.core !== null) return null;
    this.#made += 1;
    looker.open = true;
    const seen = this.#history.newest;
    const level: QueryLevel = draw.chance(0.8) ? "linearizable" : { slot: seen };
    const op = level === "linearizable" ? this.#history.reading(this.#scene.nowMs(), looker.id) : null;
    looker.client.query(new Uint8Array(), { level }).then(
      ({ slot, body }) => {
        looker.open = false;
        this.#scene.answered("read", true);
        if (this.#plan.lies(looker.node)) return;
        if (slot < seen && op === null)
          this.#scene.violated("session reads", `${looker.id} asks for slot ${seen} and gets slot ${slot}`);
        const state = new TextDecoder().decode(body);
        if (op !== null) this.#history.read(this.#scene.nowMs(), looker.id, op, slot, state);
      },
      () => this.#scene.answered("read", false),
    );
    return "read";
  }
}
