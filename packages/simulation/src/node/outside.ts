import type { Authenticator, NodeId, Parcel, Ports } from "@eunomia/engine";
import { Disk } from "../disk/disk.ts";
import { SimulatedJournal } from "../disk/journal.ts";
import type { World } from "../kernel/world.ts";
import { type End, type Freight, packetLabel } from "../network/network.ts";

const noFaults = { syncMaxMs: 0, torn: 0, damaged: 0, absent: 0, rolledBack: 0 };

/** Something on the network outside of all nodes, such as a client: it never crashes and its clock is right. */
export class Outside implements End {
  readonly node: NodeId;
  readonly copy = 0;
  place = 0;
  readonly ports: Ports;
  readonly #world: World;
  #onFrame: ((claimedFrom: NodeId, bytes: Uint8Array) => void) | null = null;
  #onParcel: ((parcel: Parcel) => void) | null = null;

  constructor(
    id: NodeId,
    world: World,
    wired: boolean,
    authenticator: Authenticator,
    send: (from: End, to: NodeId, freight: Freight) => boolean,
  ) {
    this.node = id;
    this.#world = world;
    const chance = world.stream(`outside:${id}`);
    const disk = new Disk(noFaults, chance);
    this.ports = {
      transport: {
        self: id,
        send: (to, bytes) => send(this, to, bytes),
        listen: (receive) => {
          this.#onFrame = receive;
        },
        close: async () => {
          this.#onFrame = null;
        },
      },
      journal: new SimulatedJournal(disk, {
        call: () => true,
        syncDelayUs: () => 0,
        later: (delayUs, run) => world.later(delayUs, run, `~${id}`),
        full: () => false,
        failing: () => {},
      }),
      clock: {
        now: () => world.nowUs / 1000,
        after: (delayMs, callback) => {
          const entry = world.agenda.add(
            // Never before its time: whoever waits for a moment and finds it not reached would wait again and again.
            world.nowUs + Math.max(0, Math.ceil(delayMs * 1000)),
            () => {
              world.tell(`!${id}`);
              callback();
            },
            `!${id}`,
          );
          return () => {
            entry.run = null;
          };
        },
      },
      random: { next: () => chance.below(65_536) * 65_536 },
      authenticator,
      ...(wired && {
        wire: {
          send: (to: NodeId, parcel: Parcel) => send(this, to, parcel),
          listen: (receive: (parcel: Parcel) => void) => {
            this.#onParcel = receive;
          },
        },
      }),
      defer: (callback) => world.soon(callback),
    };
  }

  receive(from: End, freight: Freight): void {
    if (this.#world.telling) this.#world.tell(packetLabel(from, this, freight));
    if (freight instanceof Uint8Array) this.#onFrame?.(from.node, freight);
    else this.#onParcel?.(freight);
  }
}
