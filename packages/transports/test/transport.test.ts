import { refusals, type Twin } from "@eunomia/conformance";
import type { Transport } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { transportCases } from "./transport-cases.ts";
import type { TransportSubject, TransportWorld } from "./transport-support.ts";
import { memorySubject, tcpClientSubject, tcpSubject } from "./worlds.ts";

const subjects = [
  { name: "memory", subject: memorySubject, features: ["ordered", "restart"] },
  { name: "tcp, every node a server", subject: tcpSubject, features: ["ordered", "restart"] },
  { name: "tcp, a client without a server", subject: tcpClientSubject, features: ["ordered"] },
];

for (const { name, subject, features } of subjects) {
  describe(name, () => {
    for (const one of transportCases)
      test.skipIf(one.needs !== undefined && !features.includes(one.needs))(one.name, () => one.run(subject));
  });
}

type Receive = (claimedFrom: string, bytes: Uint8Array) => void;

/** A memory network whose transports are wrapped in something broken. */
function broken(wrap: (inner: Transport) => Partial<Transport>): TransportSubject {
  return {
    ...memorySubject,
    async fresh(nodes) {
      const world = await memorySubject.fresh(nodes);
      const wrapped = new Map<Transport, Transport>();
      const twinOf = (inner: Transport): Transport => {
        let twin = wrapped.get(inner);
        if (twin === undefined) {
          twin = {
            self: inner.self,
            send: (to, bytes) => inner.send(to, bytes),
            listen: (receive) => inner.listen(receive),
            close: () => inner.close(),
            ...wrap(inner),
          };
          wrapped.set(inner, twin);
        }
        return twin;
      };
      return {
        ...world,
        transport: (node) => twinOf(world.transport(node)),
        restart: async (node) => twinOf(await world.restart!(node)),
      } satisfies TransportWorld;
    },
  };
}

const onReceive = (change: (receive: Receive) => Receive) =>
  broken((inner) => ({ listen: (receive) => inner.listen(change(receive)) }));

const twins: readonly (Twin<TransportSubject> & { readonly by: string })[] = [
  {
    name: "alterer",
    fault: "changes the last byte of long frames",
    by: "T1 unaltered",
    subject: onReceive((receive) => (from, bytes) => {
      const altered = bytes.slice();
      if (altered.length > 60_000) altered[altered.length - 1]! ^= 1;
      receive(from, altered);
    }),
  },
  {
    name: "namer",
    fault: "gives every sender the same name",
    by: "T1 both ways, all pairs",
    subject: onReceive((receive) => (_from, bytes) => receive("a", bytes)),
  },
  {
    name: "one buffer for all",
    fault: "delivers every frame in the same buffer",
    by: "T1 received bytes stay",
    subject: onReceive((receive) => {
      const buffer = new Uint8Array(200_000);
      return (from, bytes) => {
        buffer.set(bytes);
        receive(from, buffer.subarray(0, bytes.length));
      };
    }),
  },
  {
    name: "wiper",
    fault: "wipes the sender's buffer after sending",
    by: "T1 sent bytes stay",
    subject: broken((inner) => ({
      send(to, bytes) {
        const taken = inner.send(to, bytes);
        if (taken && bytes.length === 20_000) bytes.fill(0);
        return taken;
      },
    })),
  },
  {
    name: "thrower",
    fault: "throws to an absent peer",
    by: "T2 absent peer",
    subject: broken((inner) => ({
      send(to, bytes) {
        if (inner.send(to, bytes)) return true;
        throw new Error(`no such peer: ${to}`);
      },
    })),
  },
  {
    name: "yes-sayer",
    fault: "answers true whatever happens",
    by: "T2 absent peer",
    subject: broken((inner) => ({ send: (to, bytes) => inner.send(to, bytes) || true })),
  },
  {
    name: "unbounded",
    fault: "queues without bound when the network is full",
    by: "T3 full queue",
    subject: broken((inner) => {
      const waiting: [string, Uint8Array][] = [];
      const drain = () => {
        while (waiting.length > 0 && inner.send(...waiting[0]!)) waiting.shift();
        if (waiting.length > 0) setImmediate(drain);
      };
      return {
        send(to, bytes) {
          if (to !== "a" && to !== "b" && to !== "c") return false;
          waiting.push([to, bytes]);
          if (waiting.length === 1) setImmediate(drain);
          return true;
        },
        async close() {
          waiting.length = 0;
          await inner.close();
        },
      };
    }),
  },
  {
    name: "undead",
    fault: "delivers after close",
    by: "T4 silent after close",
    subject: broken(() => ({ close: async () => {} })),
  },
  {
    name: "deaf to empty frames",
    fault: "loses empty frames",
    by: "T5 empty and longest frames",
    subject: onReceive((receive) => (from, bytes) => {
      if (bytes.length > 0) receive(from, bytes);
    }),
  },
  {
    name: "swapper",
    fault: "delivers frames in pairs, the later first",
    by: "T6 order",
    subject: onReceive((receive) => {
      let held: Uint8Array | null = null;
      return (from, bytes) => {
        if (bytes.length % 5 === 1 && held === null) held = bytes;
        else {
          receive(from, bytes);
          if (held !== null) receive(from, held);
          held = null;
        }
      };
    }),
  },
  {
    name: "gives up",
    fault: "never finds a restarted peer again",
    by: "T7 restart",
    subject: {
      ...memorySubject,
      async fresh(nodes) {
        const world = await memorySubject.fresh(nodes);
        return {
          ...world,
          async restart(node) {
            await world.transport(node).close();
            return { self: node, send: () => false, listen() {}, async close() {} };
          },
        };
      },
    },
  },
];

describe("broken twins are refused", () => {
  for (const { name, fault, subject, by } of twins)
    test(`${name}: ${fault}`, async () => {
      const refused = await refusals(transportCases, subject, ["ordered", "restart"]);
      expect(refused.map((refusal) => refusal.name)).toContain(by);
    });
});
