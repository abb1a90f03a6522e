import type { NodeId, Transport } from "@eunomia/engine";
import type { Twin } from "../../support/case.ts";
import type { TransportSubject, TransportWorld } from "../transport-scene.ts";

type Fault =
  | "alters"
  | "throws"
  | "after-close"
  | "unbounded"
  | "misroutes"
  | "shares"
  | "reorders"
  | "invents"
  | "never-again";

const maxFrameBytes = 65_536;
const maxQueueBytes = 1 << 20;

interface Hub {
  readonly listeners: Map<NodeId, (from: NodeId, bytes: Uint8Array) => void>;
  readonly queued: Map<string, number>;
}

type Receive = (from: NodeId, bytes: Uint8Array) => void;
type Wrap = (inner: Transport) => Partial<Transport>;

/** Links of one process over timers: right, but for the fault asked for. */
function toyTransport(hub: Hub, self: NodeId, peers: ReadonlySet<NodeId>, fault?: Fault): Transport {
  let closed = false;
  let sent = 0;
  const carry = (to: NodeId, bytes: Uint8Array): void => {
    const link = `${self}>${to}`;
    hub.queued.set(link, (hub.queued.get(link) ?? 0) + bytes.length + 4);
    const deliver = (): void => {
      hub.queued.set(link, hub.queued.get(link)! - bytes.length - 4);
      hub.listeners.get(to)?.(self, bytes);
    };
    sent += 1;
    if (fault === "reorders" && sent % 7 === 0) setTimeout(deliver, 3);
    else setTimeout(deliver, 0);
  };
  return {
    self,
    send: (to, bytes) => {
      if (closed) return false;
      if (!peers.has(to)) {
        if (fault === "throws") throw new Error(`no peer ${to}`);
        return false;
      }
      const waiting = hub.queued.get(`${self}>${to}`) ?? 0;
      if (bytes.length > maxFrameBytes || (fault !== "unbounded" && waiting + bytes.length > maxQueueBytes))
        return false;
      const copy = fault === "shares" ? bytes : bytes.slice();
      if (fault === "alters" && copy.length > 1000) copy[500] = copy[500]! ^ 1;
      carry(fault === "misroutes" && bytes.length === 1 ? "c" : to, copy);
      if (fault === "invents" && bytes.length === 1) carry(to, Uint8Array.of(1, 2, 3, 4));
      return true;
    },
    listen: (receive) => {
      hub.listeners.set(self, receive);
    },
    close: async () => {
      closed = true;
      if (fault !== "after-close") hub.listeners.delete(self);
    },
  };
}

function toy(fault?: Fault, wrap?: Wrap): TransportSubject {
  return {
    maxFrameBytes,
    maxQueueBytes,
    pausesMax: fault === undefined && wrap === undefined ? 2000 : 100,
    fresh: (ids): TransportWorld => {
      const hub: Hub = { listeners: new Map(), queued: new Map() };
      const peers = new Set(ids);
      const make = (self: NodeId): Transport => {
        const inner = toyTransport(hub, self, peers, fault);
        return wrap === undefined ? inner : { ...inner, ...wrap(inner) };
      };
      const nodes = new Map(ids.map((id) => [id, make(id)]));
      return {
        transport: (node) => nodes.get(node)!,
        restart: async (node) => {
          await nodes.get(node)!.close();
          if (fault === "never-again") peers.delete(node);
          nodes.set(node, make(node));
          return nodes.get(node)!;
        },
        pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
        close: async () => {
          for (const transport of nodes.values()) await transport.close();
        },
      };
    },
  };
}

/** A transport that passes, and its features. */
export const transportExample: TransportSubject = toy();

const hearing =
  (change: (receive: Receive) => Receive): Wrap =>
  (inner) => ({ listen: (receive) => inner.listen(change(receive)) });

const loud: Wrap = (inner) => ({ send: (to, bytes) => inner.send(to, bytes) || true });

const wiping: Wrap = (inner) => ({
  send: (to, bytes) => {
    const taken = inner.send(to, bytes);
    if (taken && bytes.length > 100) bytes.fill(0);
    return taken;
  },
});

const lateClosing: Wrap = (inner) => ({
  close: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await inner.close();
  },
});

const oneBuffer = hearing((receive) => {
  const buffer = new Uint8Array(maxFrameBytes);
  return (from, bytes) => {
    buffer.set(bytes);
    receive(from, buffer.subarray(0, bytes.length));
  };
});

const deafWithin: Wrap = (inner) => {
  let within = false;
  const deaf = hearing((receive) => (from, bytes) => {
    within = true;
    receive(from, bytes);
    within = false;
  });
  return { ...deaf(inner), send: (to, bytes) => !within && inner.send(to, bytes) };
};

const twin = (name: Fault, fault: string): Twin<TransportSubject> => ({ name, fault, subject: toy(name) });

const wrapped = (name: string, fault: string, wrap: Wrap): Twin<TransportSubject> => ({
  name,
  fault,
  subject: toy(undefined, wrap),
});

/** Each breaks one sentence of the door. */
export const transportTwins: readonly Twin<TransportSubject>[] = [
  twin("alters", "a bit of long frames changes"),
  twin("throws", "sending to nobody throws"),
  twin("after-close", "a closed node still hears"),
  twin("unbounded", "a queue never says no"),
  twin("misroutes", "frames of one byte go to another peer"),
  twin("shares", "sender and receivers hold the same bytes"),
  twin("reorders", "every seventh frame is late"),
  twin("invents", "a frame arrives that nobody sent"),
  twin("never-again", "a peer that restarted is not reached again"),
  wrapped(
    "misnames",
    "every sender has the same name",
    hearing((receive) => (_, bytes) => receive("a", bytes)),
  ),
  wrapped(
    "loses-empty",
    "empty frames are lost",
    hearing((receive) => (from, bytes) => {
      if (bytes.length > 0) receive(from, bytes);
    }),
  ),
  wrapped("one-buffer", "every frame is delivered in the same buffer", oneBuffer),
  wrapped("wipes", "the sender's bytes are wiped once they were taken", wiping),
  wrapped("says-yes", "send is true whatever happens", loud),
  wrapped("closes-late", "frames go on coming while it closes", lateClosing),
  wrapped("deaf-within", "a listener cannot send", deafWithin),
];
