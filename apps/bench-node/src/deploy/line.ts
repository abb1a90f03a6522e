import { concat, DecodeError, encodePieces } from "@eunomia/codec";
import {
  type Authenticator,
  type Clock,
  type Journal,
  type NodeId,
  type Opened,
  type Parcel,
  type Ports,
  packetHeader,
  type Random,
  type Transport,
  type Wire,
} from "@eunomia/engine";
import { type Bundle, type Content, decodeBundle, encodeBundle } from "@eunomia/statement-pool";
import type { Deployed, Route } from "./decide.ts";
import { mailOf, partOf, portions } from "./mail.ts";
import { Spreader } from "./spreader.ts";
import { frameOf, type Mail, saidOf, speechOf } from "./statements.ts";
import { principalOfName, type Voice } from "./voice.ts";

export interface LineOptions {
  readonly deployed: Deployed;
  readonly self: NodeId;
  /** Every node of the deployment. */
  readonly nodes: readonly NodeId[];
  readonly voice: Voice;
  /** Of clients, and of the hops between nodes. */
  readonly authenticator: Authenticator;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly defer: Ports["defer"];
  readonly nodeOf: (process: NodeId) => NodeId | null;
  /** Where evidence goes, before what it proves leaves. Null: none is kept. */
  readonly evidence: Journal | null;
  readonly onFault: (error: Error) => void;
}

/** The first byte of a statement with its evidence, an array of two. Sealed packets begin otherwise. */
const bundleMark = 0x82;

/**
 * What nodes say to one another as statements: takes the place of the transport and the authenticator under a driver, which is none the
 * wiser, and so are the protocols on it. What goes to several nodes is said once; the deployment says what backs it, whether evidence
 * is kept, and who passes it on. Packets of clients go past it.
 */
export class Line {
  /** For the driver. */
  readonly ports: Pick<Ports, "transport" | "authenticator" | "wire">;
  readonly #options: LineOptions;
  readonly #peers: ReadonlySet<NodeId>;
  readonly #auditors: readonly string[];
  readonly #spreader: Spreader | null;
  readonly #refusals = new Map<string, number>();
  /** Frames that were checked here already, by what is in them. */
  readonly #checked = new WeakMap<Uint8Array, NodeId>();
  #waiting: { readonly node: NodeId; readonly parcel: Parcel }[] = [];
  #receive: (claimedFrom: NodeId, bytes: Uint8Array) => void = () => {};
  #spreadReceive: (claimedFrom: NodeId, bytes: Uint8Array) => void = () => {};
  #said: number;
  #stopped = false;

  /** @param records what `evidence` held at the start. @throws DecodeError for a log of something else. */
  constructor(options: LineOptions, records: readonly Uint8Array[] = []) {
    const { self, nodes, deployed, transport } = options;
    this.#options = options;
    this.#peers = new Set(nodes.filter((node) => node !== self));
    this.#auditors = deployed.auditors.map(principalOfName).sort();
    this.#said = lastSaid(records, options.voice.self);
    const routed = nodes.some((from) => nodes.some((to) => deployed.route(from, to) !== null));
    this.#spreader = routed ? this.#openSpreader() : null;
    this.ports = { transport: this.#clientSide(), authenticator: this.#opener(), wire: this.#wire() };
    transport.listen((claimedFrom, bytes) => this.#arrive(claimedFrom, bytes));
  }

  /** What was ignored, by reason. */
  refusals(): ReadonlyMap<string, number> {
    return new Map([...(this.#spreader?.refusals() ?? []), ...this.#refusals]);
  }

  /** Nothing leaves and nothing is heard after this. */
  stop(): void {
    this.#stopped = true;
    this.#spreader?.stop();
  }

  #refuse(reason: string): false {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    return false;
  }

  #wire(): Wire {
    return {
      send: (node, parcel) => {
        if (!this.#peers.has(node)) return this.#straight(node, parcel);
        this.#waiting.push({ node, parcel });
        return true;
      },
      // What comes in goes the way of frames: the driver knows how to read messages, and judges who may say them.
      listen: () => {},
    };
  }

  /** A packet for a client, or for a node that the deployment does not know. */
  #straight(node: NodeId, { to, from, instance, engine, message }: Parcel): boolean {
    const { authenticator, transport } = this.#options;
    const body = encodePieces(engine.schema.message, message);
    const length = body.reduce((sum, piece) => sum + piece.length, 0);
    let sealed: Uint8Array;
    try {
      sealed = authenticator.seal(node, [packetHeader(to, from, instance, length), ...body]);
    } catch {
      // A client that has left meanwhile: its key is forgotten.
      return this.#refuse("send: no key for the peer");
    }
    return transport.send(node, sealed);
  }

  /** Transport of the driver: only what was not said to nodes goes through it; its flush ends a turn. */
  #clientSide(): Transport {
    const { transport } = this.#options;
    return {
      self: transport.self,
      send: (to, bytes) => transport.send(to, bytes),
      flush: () => {
        this.#speak();
        transport.flush?.();
      },
      listen: (receive) => {
        this.#receive = receive;
      },
      close: () => transport.close(),
    };
  }

  #opener(): Authenticator {
    const { authenticator } = this.#options;
    return {
      self: authenticator.self,
      seal: (audience, bytes) => authenticator.seal(audience, bytes),
      open: (sealed): Opened => {
        const from = this.#checked.get(sealed);
        if (from === undefined) return authenticator.open(sealed);
        return {
          ok: true,
          from,
          bytes: sealed,
          convinces: this.#auditors.length > 0 ? "anyone" : "receiver",
        };
      },
    };
  }

  /** Says what a turn has gathered. */
  #speak(): void {
    if (this.#waiting.length === 0 || this.#stopped) return;
    const statements: { readonly content: Content; readonly to: readonly NodeId[] }[] = [];
    const grouped = new Map<string, Mail[]>();
    for (const mail of mailOf(this.#waiting)) {
      const to = [...mail.to.keys()].sort();
      const speech = this.#auditors.length > 0 ? speechOf(this.#options.self, mail) : null;
      if (speech !== null) statements.push({ content: speech, to });
      else grouped.set(to.join(" "), [...(grouped.get(to.join(" ")) ?? []), mail]);
    }
    this.#waiting = [];
    for (const mail of [...grouped.values()].flatMap(portions))
      statements.push({ content: saidOf(++this.#said, mail), to: [...mail[0]!.to.keys()].sort() });
    const backed = statements.flatMap(({ content, to }) => {
      const bundle = this.#options.voice.say(content, to, this.#auditors);
      return bundle === null ? [] : [{ bundle, to }];
    });
    this.#keepThen(
      backed.map(({ bundle }) => bundle),
      () => {
        for (const { bundle, to } of backed) this.#emit(bundle, to);
      },
    );
  }

  /** Evidence first: a node that forgot what it said could say something else. */
  #keepThen(bundles: readonly Bundle[], leave: () => void): void {
    const { evidence, onFault, transport } = this.#options;
    if (evidence === null) return leave();
    try {
      evidence.append(bundles.map(encodeBundle));
      const synced = evidence.sync();
      if (typeof synced === "number") return leave();
      const ended = (error: Error): void => {
        if (!this.#stopped) onFault(error);
      };
      synced.then(() => {
        if (this.#stopped) return;
        leave();
        transport.flush?.();
      }, ended);
    } catch (error) {
      onFault(error as Error);
    }
  }

  #emit(bundle: Bundle, to: readonly NodeId[]): void {
    const { deployed, self, transport, voice } = this.#options;
    const routes = new Map<string, { readonly route: Route; readonly nodes: NodeId[] }>();
    for (const node of to) {
      const route = deployed.route(self, node);
      if (route === null) {
        if (!transport.send(node, encodeBundle(partOf(bundle, [voice.principalOf(node)]))))
          this.#refuse("send: queue full or peer away");
        continue;
      }
      const key = JSON.stringify(route);
      const group = routes.get(key) ?? { route, nodes: [] };
      routes.set(key, group);
      group.nodes.push(node);
    }
    for (const { route, nodes } of routes.values()) {
      const part = partOf(bundle, nodes.map(voice.principalOf));
      this.#spreader!.spread(encodeBundle(part), nodes, route);
    }
  }

  #arrive(claimedFrom: NodeId, bytes: Uint8Array): void {
    if (this.#stopped) return;
    if (!this.#peers.has(claimedFrom)) this.#receive(claimedFrom, bytes);
    else if (bytes[0] === bundleMark) this.#hear(bytes);
    else if (this.#spreader !== null) this.#spreadReceive(claimedFrom, bytes);
    else this.#refuse("frame: no statement");
  }

  /** Does it convince? Then the driver has it. */
  #hear(bytes: Uint8Array): boolean {
    const { voice, self, nodeOf, evidence } = this.#options;
    let bundle: Bundle;
    try {
      bundle = decodeBundle(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return this.#refuse(`statement: ${error.code}`);
    }
    const { content, auditors } = bundle.core;
    if (String(auditors) !== String(this.#auditors)) return this.#refuse("statement: for other auditors");
    const heard = voice.hear(bundle);
    if (typeof heard === "string") return this.#refuse(heard);
    const pieces = frameOf(content, heard.from, self, nodeOf);
    if (pieces === null) return this.#refuse("statement: not of a known form");
    evidence?.append([bytes]);
    const frame = concat(...pieces);
    if (frame.length === 0) return true;
    this.#checked.set(frame, heard.from);
    this.#receive(heard.from, frame);
    return true;
  }

  #openSpreader(): Spreader {
    const { self, authenticator, clock, random, defer, transport, voice, onFault } = this.#options;
    return new Spreader({
      self,
      peers: [...this.#peers],
      authenticator,
      clock,
      random,
      defer,
      onFault,
      principalOf: voice.principalOf,
      transport: {
        self: transport.self,
        send: (to, bytes) => transport.send(to, bytes),
        flush: () => transport.flush?.(),
        listen: (receive) => {
          this.#spreadReceive = receive;
        },
        close: async () => {},
      },
      onBundle: (bundle) => this.#hear(bundle),
    });
  }
}

/** The last number that was used, so that none is used twice. */
function lastSaid(records: readonly Uint8Array[], self: string): number {
  const numbers = records
    .map((record) => decodeBundle(record).core)
    .filter(({ issuer, content }) => issuer === self && content.type === "Said")
    .map(({ content }) => content.body[0] as number);
  return numbers.reduce((last, n) => Math.max(last, n), 0);
}
