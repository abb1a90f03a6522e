import { native } from "@eunomia/crypto-auth/native";
import {
  type Authenticator,
  type Clock,
  Driver,
  type NodeId,
  type Ports,
  type Random,
} from "@eunomia/engine";
import {
  bundleId,
  onlyFor,
  type SpreadOutput,
  spreadConfig,
  spreadEngine,
} from "@eunomia/statement-pool/spread";
import type { Route } from "./decide.ts";

/** Heartbeat of the spread between nodes, and unit of its waiting. */
const tickMs = 50;
/** So long a node can tell that it has had a statement. */
const historyMs = 2000;

export interface SpreaderOptions {
  readonly self: NodeId;
  readonly peers: readonly NodeId[];
  /** Sends and hears frames of spreading only. */
  readonly transport: Ports["transport"];
  /** Of the hop: what is passed on is authenticated by itself, but acknowledgements are not. */
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly random: Random;
  readonly defer: Ports["defer"];
  readonly principalOf: (node: NodeId) => string;
  /** A statement has come; does it convince? */
  readonly onBundle: (bundle: Uint8Array) => boolean;
  readonly onFault: (error: Error) => void;
}

const processOf = (node: NodeId): NodeId => `${node}/spread`;
const nodeIn = (process: NodeId): NodeId | null =>
  process.endsWith("/spread") ? process.slice(0, -"/spread".length) : null;

/** The engine that brings statements through relays, on a driver of its own: it writes nothing down. */
export class Spreader {
  readonly #driver: Driver;
  readonly #address: { readonly process: NodeId; readonly instance: string };

  constructor(options: SpreaderOptions) {
    const { self, peers, transport, authenticator, clock, random, defer, principalOf } = options;
    this.#address = { process: processOf(self), instance: "" };
    this.#driver = new Driver(
      { transport, authenticator, clock, random, defer, journal: nothing() },
      {
        nodeOf: nodeIn,
        onOutput: (_from, output) => this.#hear(output as SpreadOutput, options),
        onSpawn: () => {},
        onFault: options.onFault,
      },
    );
    this.#driver.open([]);
    const engine = spreadEngine({
      idOf: (bundle) => bundleId(bundle, native.sha256),
      componentFor: (bundle, to) => onlyFor(bundle, principalOf(nodeIn(to) ?? to)),
    });
    const config = spreadConfig({ self: processOf(self), peers: peers.map(processOf), tickMs, historyMs });
    this.#driver.spawn(this.#address, engine, config);
  }

  /** Brings a statement to these nodes on this route. */
  spread(bundle: Uint8Array, to: readonly NodeId[], { stages, final }: Route): void {
    const named = stages.map((stage) =>
      stage.kind === "optimistic"
        ? { ...stage, relays: stage.relays.map((set) => set.map(processOf)) }
        : stage,
    );
    const command = { kind: "spread", bundle, to: to.map(processOf).sort(), stages: named, final };
    this.#driver.command(this.#address, command);
  }

  /** What was ignored, by reason. */
  refusals(): ReadonlyMap<string, number> {
    return this.#driver.refusals();
  }

  stop(): void {
    this.#driver.stop();
  }

  #hear(output: SpreadOutput, { onBundle }: SpreaderOptions): void {
    if (output.kind !== "arrived") return;
    const { id, bundle } = output;
    this.#driver.command(this.#address, { kind: "admitted", id, ok: onBundle(bundle) });
  }
}

/** The spread forgets all with the process: what was on its way is the business of protocols, which say it again. */
function nothing(): Ports["journal"] {
  return {
    replay: () => ({ kind: "absent" }),
    append: (records) => records.length,
    sync: () => 0,
    snapshot: () => {},
    sizeBytes: 0,
    close: async () => {},
  };
}
