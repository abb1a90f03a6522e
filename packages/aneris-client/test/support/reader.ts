import { genesisChain } from "@eunomia/aneris-switch/messages";
import { sha256 } from "@eunomia/codec";
import {
  type SlotAlarm,
  Subscription,
  type SubscriptionOptions,
  type SubscriptionSink,
} from "../../src/index.ts";
import type { World } from "./world.ts";

/** What the properties need of a subscription; broken twins look the same from outside. */
export type SubscriptionLike = Pick<
  Subscription,
  "first" | "consumed" | "take" | "tick" | "wakeAt" | "bufferedBytes" | "reading"
>;
export type MakeSubscription = (options: SubscriptionOptions, sink: SubscriptionSink) => SubscriptionLike;
export const honestReader: MakeSubscription = (options, sink) => new Subscription(options, sink);

export const readerDefaults = {
  copies: 1,
  agreement: 1,
  position: { next: 1, chain: genesisChain(sha256, "t") },
  creditBytes: 4096,
  gapMs: 30,
  silenceMs: 150,
  sha256,
} satisfies Omit<SubscriptionOptions, "gateways" | "random">;

/** A subscriber in a world. Works for `workMs` on every slot. */
export class ReaderActor {
  readonly subscription: SubscriptionLike;
  readonly slots: number[] = [];
  readonly vectors: Uint8Array[] = [];
  readonly alarms: SlotAlarm[] = [];
  readonly ignored: string[] = [];
  readonly trimmed: number[] = [];
  chain: Uint8Array | null = null;
  mostBuffered = 0;
  paused = false;
  readonly #world: World;
  readonly #workMs: number;
  #scheduled = false;
  #working = false;
  #armedAt = Number.POSITIVE_INFINITY;

  constructor(
    world: World,
    process: string,
    options: Partial<SubscriptionOptions> & Pick<SubscriptionOptions, "gateways">,
    make: MakeSubscription = honestReader,
    workMs = 0,
  ) {
    this.#world = world;
    this.#workMs = workMs;
    this.subscription = make(
      { ...readerDefaults, random: world.random, ...options },
      {
        send: (to, message) => {
          for (const gateway of to) world.send(process, gateway, message);
        },
        alarm: (alarm) => this.alarms.push(alarm),
        trimmed: (first) => this.trimmed.push(first),
        ignored: (reason) => this.ignored.push(reason),
      },
    );
    world.join(process, (from, message) => {
      this.subscription.take(world.now, from, message);
      this.mostBuffered = Math.max(this.mostBuffered, this.subscription.bufferedBytes);
      this.soon();
    });
    this.soon();
  }

  soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#world.after(0, () => {
      this.#scheduled = false;
      this.#work();
      this.subscription.tick(this.#world.now);
      const { wakeAt } = this.subscription;
      if (wakeAt >= this.#armedAt) return;
      this.#armedAt = wakeAt;
      this.#world.after(Math.max(0, wakeAt - this.#world.now), () => {
        this.#armedAt = Number.POSITIVE_INFINITY;
        this.soon();
      });
    });
  }

  #work(): void {
    while (!this.#working && !this.paused) {
      const view = this.subscription.first();
      if (view === null) return;
      this.slots.push(view.slot);
      this.vectors.push(view.vector);
      this.chain = view.position.chain;
      if (this.#workMs === 0) {
        this.subscription.consumed();
        continue;
      }
      this.#working = true;
      this.#world.after(this.#workMs, () => {
        this.#working = false;
        this.subscription.consumed();
        this.soon();
      });
    }
  }
}
