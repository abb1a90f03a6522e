import { genesisChain, type Sha256 } from "@eunomia/aneris-switch/messages";
import { sha256 } from "@eunomia/codec";
import type { NodeId, Random } from "@eunomia/engine";
import type { LinkChoice } from "./client-options.ts";
import { ClientOptionError, SlotsTrimmedError } from "./errors.ts";
import { GatewayLink, type Participant } from "./link.ts";
import type { SlotAlarm } from "./slot-order.ts";
import type { Position, SlotView } from "./slot-view.ts";
import { Subscription } from "./subscription.ts";

export interface SubscriberOptions {
  /** The cluster's name: its chain of slots begins with it. */
  readonly cluster: string;
  /** Where to begin: a stored `SlotView.position`. Default: slot 1. */
  readonly from?: Position;
  /**
   * Works on a slot; the next one comes when it is done. Its effects and `slot.position` are to be stored together. An error
   * stops the subscriber.
   */
  onSlot(slot: SlotView): void | Promise<void>;
  onAlarm(alarm: SlotAlarm): void;
  /** `onSlot` failed, or `SlotsTrimmedError`: nobody holds the next slot any more. The subscriber has stopped at `position`. */
  onFault(error: unknown): void;
  readonly random: Random;
  /** So many gateways are read at a time and compared, the others stand by. Default 1; f + 1 shows any single divergence. */
  readonly copies?: number;
  /** What a gateway may send ahead of the application. Default 1 MiB. */
  readonly creditBytes?: number;
  /** A missing slot is asked for again after so long. Default 200. */
  readonly gapMs?: number;
  /** How long without news before gateways are asked. After three times that the next one takes over. Default 1000. */
  readonly silenceMs?: number;
  /** Default: that of `@eunomia/codec`. A native one is faster. */
  readonly sha256?: Sha256;
}

/** Delivers the slots of a cluster to an application, in order, each once. Made by `createSubscriber`. */
export class Subscriber {
  readonly link: GatewayLink;
  readonly #ownsLink: boolean;
  readonly #options: SubscriberOptions;
  readonly #subscription: Subscription;
  readonly #participant: Participant;
  #position: Position;
  #working = false;
  #closed = false;

  /** @throws ClientOptionError when the options cannot work. */
  constructor(options: SubscriberOptions & LinkChoice) {
    const hash = options.sha256 ?? sha256;
    this.#position = positionOf(options, hash);
    const settings = settingsOf(options);
    this.#options = options;
    this.#ownsLink = !("link" in options);
    this.link = "link" in options ? options.link : new GatewayLink(options);
    const { link } = this;
    if (settings.copies > link.gateways.length)
      throw new ClientOptionError("copies", `at most ${link.gateways.length} gateways`, settings.copies);
    const subscription = new Subscription(
      {
        ...settings,
        agreement: 1,
        gateways: link.gateways,
        position: this.#position,
        random: options.random,
        sha256: hash,
      },
      {
        send: (to, message) => link.send(to, message),
        alarm: (alarm) => options.onAlarm(alarm),
        trimmed: (first) => this.#fault(new SlotsTrimmedError(subscription.next, first)),
        ignored: (reason) => link.refuse(reason),
      },
    );
    this.#subscription = subscription;
    this.#participant = {
      receive: (from, message) => subscription.take(link.clock.now(), from, message),
      tick: (now) => {
        this.#work();
        subscription.tick(now);
      },
      get wakeAt() {
        return subscription.wakeAt;
      },
    };
    link.add(this.#participant);
  }

  /** After the last slot that the application is done with. */
  get position(): Position {
    return this.#position;
  }
  /** Bytes that wait for earlier slots or for the application. */
  get bufferedBytes(): number {
    return this.#subscription.bufferedBytes;
  }
  /** The gateways that are read now. */
  get reading(): readonly NodeId[] {
    return this.#subscription.reading;
  }

  /** No slot is handed out any more. Closes the transport too, unless the link was given. */
  async close(): Promise<void> {
    this.#stop();
    if (this.#ownsLink) await this.link.close();
  }

  #stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#subscription.close();
    this.link.remove(this.#participant);
  }

  /** Hands out what is in order, one slot at a time. */
  #work(): void {
    if (this.#working) return;
    this.#working = true;
    while (!this.#closed) {
      const slot = this.#subscription.first();
      if (slot === null) break;
      try {
        const done = this.#options.onSlot(slot);
        if (done !== undefined) {
          this.#wait(slot, done);
          return;
        }
      } catch (error) {
        return this.#fault(error);
      }
      this.#done(slot);
    }
    this.#working = false;
  }

  #wait(slot: SlotView, done: Promise<void>): void {
    done.then(
      () => {
        this.#done(slot);
        this.#working = false;
        this.link.schedule();
      },
      (error: unknown) => this.#fault(error),
    );
  }

  #done(slot: SlotView): void {
    this.#position = slot.position;
    this.#subscription.consumed();
  }

  #fault(error: unknown): void {
    this.#stop();
    this.#options.onFault(error);
  }
}

function positionOf(options: SubscriberOptions, hash: Sha256): Position {
  const { from, cluster } = options;
  if (cluster === "") throw new ClientOptionError("cluster", "the name of the cluster", '""');
  if (from === undefined || (from.next === 1 && from.chain === null))
    return { next: 1, chain: genesisChain(hash, cluster) };
  if (!Number.isSafeInteger(from.next) || from.next < 1)
    throw new ClientOptionError("from", "a slot from 1", from.next);
  if (from.chain !== null && from.chain.length !== 32)
    throw new ClientOptionError("from", "a chain of 32 bytes or null", `${from.chain.length} bytes`);
  return from;
}

function settingsOf(options: SubscriberOptions): {
  copies: number;
  creditBytes: number;
  gapMs: number;
  silenceMs: number;
} {
  const whole = (
    option: "copies" | "creditBytes" | "gapMs" | "silenceMs",
    fallback: number,
    min: number,
  ): number => {
    const value = options[option] ?? fallback;
    if (!Number.isSafeInteger(value) || value < min || value > 1 << 30)
      throw new ClientOptionError(option, `an integer from ${min} to ${1 << 30}`, value);
    return value;
  };
  return {
    copies: whole("copies", 1, 1),
    creditBytes: whole("creditBytes", 1 << 20, 4096),
    gapMs: whole("gapMs", 200, 1),
    silenceMs: whole("silenceMs", 1000, 1),
  };
}

/**
 * A subscriber of the ordered broadcast. One per process: a gateway knows a subscriber by its process id.
 *
 * @throws ClientOptionError when the options cannot work.
 * @example
 * const subscriber = createSubscriber({
 *   cluster: "demo", self: "reader-1", gateways: ["g0", "g1"], transport, authenticator, clock, random,
 *   onSlot: (slot) => slot.commands((client, seq, body) => apply(body)),
 *   onAlarm: (alarm) => log.error(alarm), onFault: (error) => { throw error },
 * });
 */
export function createSubscriber(options: SubscriberOptions & LinkChoice): Subscriber {
  return new Subscriber(options);
}
