import { DecodeError, decode, encode } from "@eunomia/codec";
import type { NodeId, Parcel } from "@eunomia/engine";
import { hashBytes } from "../choice/sfc32.ts";
import type { Stream, Streams } from "../choice/stream.ts";
import type { NetworkProfile } from "../profile.ts";
import { fates, hourUs, Link } from "./link.ts";

/** What travels: a message as a value, or a sealed frame. */
export type Freight = Parcel | Uint8Array;

/** What a script calls the arrival of a packet. */
export function packetLabel(from: End, to: End, freight: Freight): string {
  const bytes =
    freight instanceof Uint8Array ? freight : encode(freight.engine.schema.message, freight.message);
  const parties =
    freight instanceof Uint8Array ? "" : `${freight.from}>${freight.to} ${freight.message.kind} `;
  return `>${nameOf(from)}>${nameOf(to)} ${parties}${(hashBytes(bytes, 13) >>> 0).toString(16)}`;
}

/** Copies of a node have names of their own. */
export function nameOf({ node, copy }: Pick<End, "node" | "copy">): string {
  return copy === 0 ? node : `${node}~${copy}`;
}

/** One end of links: a node (every copy of it is an end), or something outside. */
export interface End {
  readonly node: NodeId;
  readonly copy: number;
  /** Where it stands among all ends; the network sets it. */
  place: number;
  receive(from: End, freight: Freight): void;
}

/** What the network needs of the kernel. */
export interface NetworkHost {
  nowUs(): number;
  at(us: number, run: () => void, label?: string): void;
  /** A script says what arrives and when: links only carry. */
  readonly directed: boolean;
  count(what: string): void;
  violated(property: string, detail: string): void;
}

/** All links of a run. */
export class Network {
  readonly #host: NetworkHost;
  readonly #profile: NetworkProfile;
  readonly #streams: Streams;
  readonly #packet: Stream;
  readonly ends: End[] = [];
  readonly #links: (Link<Freight> | undefined)[][] = [];

  constructor(host: NetworkHost, profile: NetworkProfile, streams: Streams) {
    this.#host = host;
    this.#profile = profile;
    this.#streams = streams;
    this.#packet = streams.get("packet");
  }

  join(end: End): void {
    end.place = this.ends.length;
    this.ends.push(end);
    this.#links.push([]);
  }

  link(from: number, to: number): Link<Freight> {
    const row = this.#links[from]!;
    let link = row[to];
    if (link === undefined) {
      const name = `${this.#name(from)}>${this.#name(to)}`;
      link = new Link(
        from,
        to,
        this.#profile,
        this.#streams.get(`net:${name}`),
        this.#streams.get(`delay:${name}`),
      );
      row[to] = link;
    }
    return link;
  }

  send(from: number, to: number, freight: Freight): void {
    const host = this.#host;
    const link = this.link(from, to);
    host.count("packets sent");
    if (host.directed) return this.#carry(link, freight, 0);
    const fate = link.fate();
    const delayUs = link.delayUs();
    if (link.blocked) return host.count("packets lost: partition");
    if (link.burstUntil > host.nowUs() && !link.healed) return host.count("packets lost: burst");
    if (link.clogged !== null) {
      host.count("packets clogged");
      link.clogged.push(freight);
      return;
    }
    switch (fate) {
      case fates.lost:
        return host.count("packets lost");
      case fates.burst:
        link.burstUntil = host.nowUs() + 200_000;
        return host.count("packets lost: burst");
      case fates.twice:
        host.count("packets duplicated");
        this.#carry(link, freight, Math.round(delayUs * 1.5) + 1000);
        break;
      case fates.late:
        host.count("packets replayed late");
        this.#carry(link, freight, delayUs + this.#packet.below(256) * (hourUs / 256));
        break;
      case fates.damaged:
        return this.#carryDamaged(link, freight, delayUs);
    }
    this.#carry(link, freight, delayUs);
  }

  /** What had to wait arrives, the order as drawn. */
  open(link: Link<Freight>): void {
    const waiting = link.clogged ?? [];
    link.clogged = null;
    for (const freight of waiting) this.#carry(link, freight, link.delayUs());
  }

  #name(end: number): string {
    return nameOf(this.ends[end]!);
  }

  #carry(link: Link<Freight>, freight: Freight, delayUs: number): void {
    const from = this.ends[link.from]!;
    const to = this.ends[link.to]!;
    const at = this.#host.nowUs() + delayUs;
    if (this.#host.directed)
      return this.#host.at(at, () => to.receive(from, freight), packetLabel(from, to, freight));
    if (!link.lifo) return this.#host.at(at, () => to.receive(from, freight));
    link.waiting.push(freight);
    this.#host.at(at, () => {
      const newest = link.waiting.pop();
      if (newest !== undefined) to.receive(from, newest);
    });
  }

  /** Flips bits. A frame must not open any more; a value meets its decoder, and is then stopped as the seal would stop it. */
  #carryDamaged(link: Link<Freight>, freight: Freight, delayUs: number): void {
    this.#host.count("packets damaged");
    const value = freight instanceof Uint8Array ? null : freight;
    const bytes =
      value === null ? (freight as Uint8Array).slice() : encode(value.engine.schema.message, value.message);
    const flips = 1 + this.#packet.below(3);
    for (let flip = 0; flip < flips; flip += 1) {
      const bit = this.#packet.below(Math.min(65_536, bytes.length * 8));
      const at = bit >> 3;
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << (bit & 7));
    }
    if (value === null) return this.#carry(link, bytes, delayUs);
    try {
      decode(value.engine.schema.message, bytes);
    } catch (error) {
      if (error instanceof DecodeError) return;
      this.#host.violated(
        "a decoder throws nothing but DecodeError",
        `${value.engine.name}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
