import type { SeededRandom } from "@eunomia/conformance";
import type { Engine } from "@eunomia/engine";
import type {
  ReplicaConfig,
  ReplicaOracles,
  ReplicaRecord,
  ReplicaState,
  ReplicaTypes,
} from "../../src/index.ts";
import { peersOf } from "../../src/membership.ts";
import type { DeliveredSlot } from "../../src/messages.ts";
import type { Make } from "./lab.ts";
import { Violation } from "./monitors.ts";

/** A replica of a schedule, with its disk and its consensus processes. */
export class Node {
  readonly id: string;
  readonly engine: Engine<ReplicaTypes>;
  config: ReplicaConfig;
  state: ReplicaState;
  /** The delivered log; what lies behind `durable` may be lost with the machine. */
  log: ReplicaRecord[] = [];
  durable = 0;
  up = false;
  /** It did not die for good, and was not removed. */
  needed = true;
  spawned = new Set<number>();

  constructor(make: Make, config: ReplicaConfig, oracles: ReplicaOracles) {
    this.id = config.self;
    this.config = config;
    this.engine = make(config, oracles);
    this.state = this.engine.init(config);
  }

  begin(contacts: readonly string[]): void {
    this.config = { ...this.config, contacts: contacts.filter((id) => id !== this.id) };
    this.state = this.engine.init(this.config);
    this.durable = this.log.length;
    this.spawned = new Set();
    this.up = true;
  }

  crash(random: SeededRandom): void {
    this.up = false;
    this.log = this.log.slice(0, this.durable + random.below(this.log.length - this.durable + 1));
  }

  slotsFrom(from: number): DeliveredSlot[] {
    return this.log.flatMap((entry) => {
      if (entry.kind !== "delivered" || entry.slot < from) return [];
      const { slot, epoch, vector, chain } = entry;
      return [{ slot, epoch, vector, chain }];
    });
  }

  /** Up, and a member as far as it knows. */
  get takesPart(): boolean {
    const { epochs, retired } = this.state;
    return (
      this.up &&
      !retired.includes(this.id) &&
      epochs.some(({ membership }) => membership.members.some(({ replica }) => replica === this.id))
    );
  }

  /** Whom this replica believes and speaks to. */
  get #circle(): Set<string> {
    return new Set([...peersOf(this.state).map(({ replica }) => replica), ...this.config.contacts]);
  }

  /** It is behind, and nobody who is ahead is one of those with whom it speaks. */
  isLost(live: readonly Node[]): boolean {
    const ahead = live.filter(({ needed, state }) => needed && state.slotOut > this.state.slotOut);
    const speak = (other: Node): boolean => this.#circle.has(other.id) && other.#circle.has(this.id);
    return this.needed && ahead.length > 0 && !ahead.some(speak);
  }

  /** P12. */
  mustBeBounded(controls: number): void {
    const { config, state, id } = this;
    const { inflight, known, pending, slotOut, epochs } = state;
    const holds =
      inflight.keys.length <= config.alpha + 1 &&
      known.keys.every((slot) => slot >= slotOut && slot <= slotOut + config.maxAhead) &&
      known.values.every((list) => list.length <= 5) &&
      pending.length <= config.maxPending + config.alpha * config.maxBatch &&
      epochs.length <= controls + 1;
    if (!holds) throw new Violation("P12 bounded state", `${id} holds too much`);
  }
}
