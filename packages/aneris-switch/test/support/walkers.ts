import type { SeededRandom } from "@eunomia/conformance";
import type { GatewayCommand, ReplicaCommand } from "../../src/index.ts";
import { emptyBatch, encodeRegistration, joinBatch } from "../../src/messages.ts";
import { command, modeChange, swap } from "./lab.ts";

/** Commands as a host could give them, with one value per (epoch, slot) at all replicas. */
export function replicaCommands(): (process: string, random: SeededRandom) => readonly ReplicaCommand[] {
  const entry = (lot: number): Uint8Array => {
    if (lot === 0) return encodeRegistration(new Uint8Array(32).fill(lot));
    if (lot < 4) return swap(lot, lot === 2 ? "two-thirds" : "paxos");
    if (lot === 4) return modeChange(2, "window");
    return command(1 + (lot % 3), 1 + (lot % 11));
  };
  let nonce = 0;
  return (_process, random) => {
    const lot = random.below(10);
    if (lot < 4)
      return [{ kind: "submit", batch: joinBatch([entry(random.below(24)), entry(random.below(24))]) }];
    if (lot < 8) {
      const slot = 1 + random.below(12);
      const epoch = random.below(3);
      // The value is a function of its instance, as agreement demands.
      return [{ kind: "decided", epoch, slot, value: joinBatch([entry((slot * 7 + epoch * 5) % 24)]) }];
    }
    nonce += 1;
    if (lot === 8)
      return random.pick<readonly ReplicaCommand[]>([
        [{ kind: "stable", slot: random.below(6) }],
        // A number is drawn once: this one is as good as any, since nobody else has it.
        [{ kind: "readIndex", nonce }],
        [{ kind: "highest", epoch: random.below(2), nonce: random.below(nonce + 1), slot: random.below(9) }],
      ]);
    return [
      { kind: "serve", to: "r1", last: 0, slots: [] },
      { kind: "duty", epoch: 0, replica: null },
    ];
  };
}

let slot = 0;
/** Deliveries and answers as a replica and a log could give them. */
export function gatewayCommands(_process: string, random: SeededRandom): readonly GatewayCommand[] {
  slot += 1;
  const chain = new Uint8Array(32);
  const lot = random.below(7);
  if (lot < 3)
    return [
      {
        kind: "delivered",
        slot,
        epoch: 0,
        protocol: "paxos",
        vector: emptyBatch,
        count: 0,
        runs: [{ client: random.below(9), seq: 1, count: 1, slot, index: 0 }],
        registered: [{ nonce: new Uint8Array(32), client: 65_536 * slot, owner: "" }],
        controls: [],
        chain,
      },
    ];
  if (lot === 3)
    return [
      { kind: "slots", to: random.pick(["a", "b"]), slots: [{ slot, epoch: 0, vector: emptyBatch, chain }] },
    ];
  if (lot === 4) return [{ kind: "gone", process: random.pick(["a", "b"]) }];
  if (lot === 5) return [{ kind: "answered", to: "a", nonce: slot, slot, body: new Uint8Array(3) }];
  return [{ kind: "controlRejected", n: random.below(4), reason: "no" }];
}
