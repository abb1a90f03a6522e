import { utf8Encode } from "@eunomia/codec";
import { SeededRandom } from "@eunomia/conformance";
import { type Engine, step } from "@eunomia/engine";
import { describe, expect, test } from "vitest";
import { type GatewayTypes, gatewayDefaults, gatewayEngine, replicaEngine } from "../src/index.ts";
import {
  type ClientMessage,
  encodeCommand,
  encodeRegistration,
  joinBatch,
  readBatch,
} from "../src/messages.ts";
import { Life, type Make, swap } from "./support/lab.ts";

type GatewayEvent = Parameters<typeof step<GatewayTypes>>[3];

/** A gateway and its replica, and what processes were told. */
class Post {
  readonly life: Life;
  readonly told: { readonly to: string; readonly message: ClientMessage }[] = [];
  readonly #config = { ...gatewayDefaults, self: "r0/gateway", ownerUntil: "/" };
  readonly #gateway: Engine<GatewayTypes>;
  readonly #state = gatewayEngine.init(null as never);
  #seen = 0;

  constructor(make: Make = replicaEngine, gateway: Engine<GatewayTypes> = gatewayEngine) {
    this.life = new Life({ staticClients: 0, sessionTtlSlots: 1000 }, make);
    this.#gateway = gateway;
  }

  from(process: string, message: ClientMessage): void {
    this.#take({ kind: "message", from: process, message });
  }

  request(process: string, client: number, ...entries: Uint8Array[]): void {
    this.from(process, { kind: "request", client, batch: joinBatch(entries) });
  }

  /** Decides what is open, and lets the answers out. */
  settle(): void {
    this.life.decideAll();
    this.#pass();
  }

  open(process: string, lot: number): number {
    this.from(process, { kind: "register", nonce: new Uint8Array(32).fill(lot) });
    this.settle();
    const last = this.toldTo(process).at(-1);
    return last?.kind === "registered" ? last.client : 0;
  }

  toldTo(process: string): ClientMessage[] {
    return this.told.filter(({ to }) => to === process).map(({ message }) => message);
  }

  /** `client:seq` of everything delivered. */
  get delivered(): string[] {
    return this.life.deliveries.flatMap(({ vector }) =>
      readBatch(vector)!.flatMap((entry) =>
        entry.kind === "command" ? [`${entry.client}:${entry.seq} ${bodyOf(vector, entry)}`] : [],
      ),
    );
  }

  #take(event: GatewayEvent): void {
    for (const effect of step(this.#gateway, this.#config, this.#state, event).effects) {
      if (effect.kind === "send") for (const to of effect.to) this.told.push({ to, message: effect.message });
      if (effect.kind !== "output") continue;
      const { output } = effect;
      if (output.kind === "submit" || output.kind === "request") this.life.commands(output);
    }
    this.#pass();
  }

  #pass(): void {
    while (this.#seen < this.life.outputs.length) {
      const output = this.life.outputs[this.#seen++]!;
      if (output.kind === "deliver")
        this.#take({ kind: "commands", commands: [{ ...output, kind: "delivered" }] });
      else if (
        output.kind === "reply" ||
        output.kind === "rejected" ||
        output.kind === "controlRejected" ||
        output.kind === "attached" ||
        output.kind === "foreign"
      )
        this.#take({ kind: "commands", commands: [output] });
    }
  }
}

const bodyOf = (vector: Uint8Array, { bodyStart, end }: { bodyStart: number; end: number }): string =>
  Buffer.from(vector.subarray(bodyStart, end)).toString();
const says = (client: number, seq: number, body: string): Uint8Array =>
  encodeCommand(client, seq, 0, utf8Encode(body));

describe("a session belongs to whoever registered it", () => {
  test("another name gets nothing in, is told that there is no such session, and takes no replies away", () => {
    const post = new Post();
    const client = post.open("orders/1", 1);
    post.request("mallory/1", client, says(client, 1, "stolen"));
    post.settle();
    expect(post.toldTo("mallory/1")).toEqual([{ kind: "rejected", client, seq: 1, reason: "session" }]);
    expect(post.delivered).toEqual([]);
    post.request("orders/1", client, says(client, 1, "genuine"));
    post.request("mallory/1", client, says(client, 2, "stolen"));
    post.settle();
    expect(post.delivered).toEqual([`${client}:1 genuine`]);
    expect(post.toldTo("orders/1").map(({ kind }) => kind)).toEqual(["registered", "reply"]);
    expect(post.toldTo("mallory/1").every(({ kind }) => kind === "rejected")).toBe(true);
    expect(post.life.outputsOf("foreign")).toHaveLength(2);
  });

  test("another process of the same name may go on with it", () => {
    const post = new Post();
    const client = post.open("orders/1", 1);
    post.request("orders/2", client, says(client, 1, "again"));
    post.settle();
    expect(post.delivered).toEqual([`${client}:1 again`]);
    expect(post.toldTo("orders/2").map(({ kind }) => kind)).toEqual(["reply"]);
  });

  test("commands and registrations of others in a batch of one's own are passed over", () => {
    const post = new Post();
    const victim = post.open("orders/1", 1);
    const own = post.open("mallory/1", 2);
    const nonce = new Uint8Array(32).fill(3);
    post.request(
      "mallory/1",
      own,
      says(victim, 1, "stolen"),
      says(own, 1, "genuine"),
      encodeRegistration(nonce, "orders"),
      encodeRegistration(nonce),
    );
    post.settle();
    expect(post.delivered).toEqual([`${own}:1 genuine`]);
    expect(post.life.state.sessions.values.map(({ owner }) => owner)).toEqual(["orders", "mallory"]);
    expect(post.toldTo("orders/1").map(({ kind }) => kind)).toEqual(["registered"]);
  });

  test("a session of the future is nobody's: not taken in, not even when it begins", () => {
    const post = new Post();
    const guessed = (post.life.state.slotOut + 1) * 65_536;
    post.request("mallory/1", guessed, says(guessed, 1, "early"));
    post.life.decided(post.life.state.slotOut, []);
    expect(post.open("orders/1", 1)).toBe(guessed);
    post.settle();
    expect(post.delivered).toEqual([]);
    expect(post.toldTo("mallory/1")).toEqual([]);
  });

  test("the same nonce under two names opens two sessions, each told to its own", () => {
    const post = new Post();
    const nonce = new Uint8Array(32).fill(9);
    for (const process of ["orders/1", "mallory/1"]) post.from(process, { kind: "register", nonce });
    post.settle();
    const [orders, mallory] = ["orders/1", "mallory/1"].map((process) => post.toldTo(process));
    expect([orders, mallory]).toMatchObject([[{ kind: "registered" }], [{ kind: "registered" }]]);
    const owners = post.life.state.sessions;
    for (const [messages, owner] of [
      [orders, "orders"],
      [mallory, "mallory"],
    ] as const)
      for (const message of messages!)
        if (message.kind === "registered")
          expect(owners.values[owners.keys.indexOf(message.client)]!.owner).toBe(owner);
  });

  test("a session that is over is told so to whoever asks, and control commands need no session", () => {
    const post = new Post();
    const client = post.open("orders/1", 1);
    for (let slot = 0; slot < 1200; slot += 1) post.life.decided(post.life.state.slotOut, []);
    post.request("orders/1", client, says(client, 1, "late"));
    expect(post.toldTo("orders/1").at(-1)).toEqual({ kind: "rejected", client, seq: 1, reason: "session" });
    post.request("admin/1", 0, swap(1, "paxos"));
    post.settle();
    expect(post.toldTo("admin/1").at(-1)).toMatchObject({ kind: "controlled", n: 1, reason: "" });
  });

  test("it survives a restart, as part of what replicas agree on", () => {
    const post = new Post();
    const client = post.open("orders/1", 1);
    post.life.restart();
    post.request("mallory/1", client, says(client, 1, "stolen"));
    post.settle();
    expect(post.delivered).toEqual([]);
  });
});

/** Three names mix up their own clients and those of others; what comes of it. */
function muddle(seed: number, make?: Make, gateway?: Engine<GatewayTypes>) {
  const random = new SeededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const post = new Post(make, gateway);
  const processes = ["a/1", "a/2", "b/1", "ab/1"];
  const ownerOf = (process: string): string => process.slice(0, process.indexOf("/"));
  const clients = new Map<number, string>();
  const next = new Map<number, number>();
  for (const [lot, process] of processes.entries()) {
    const client = post.open(process, lot + 1);
    clients.set(client, ownerOf(process));
    next.set(client, 1);
  }
  for (let round = 0; round < 40; round += 1) {
    const process = pick(processes);
    const addressed = pick([...clients.keys()]);
    const entries = Array.from({ length: 1 + random.below(3) }, () => {
      const client = random.chance(0.7) ? addressed : pick([...clients.keys()]);
      const seq = next.get(client)!;
      // Numbers move on only when the owner uses them, so that a stranger's would be in the way.
      if (clients.get(client) === ownerOf(process)) next.set(client, seq + 1);
      return says(client, seq, `by ${ownerOf(process)}`);
    });
    post.request(process, addressed, ...entries);
    if (random.chance(0.5)) post.settle();
  }
  post.settle();
  const stolen = post.delivered.filter((word) => {
    const [place, by] = word.split(" by ");
    return clients.get(Number(place!.split(":")[0])) !== by;
  });
  const leaked = post.told.filter(
    ({ to, message }) =>
      message.kind === "reply" && message.runs.some(({ client }) => clients.get(client) !== ownerOf(to)),
  );
  return { delivered: post.delivered.length, stolen, leaked, refused: post.life.outputsOf("foreign").length };
}

describe("names that speak for each other's clients", () => {
  test("nothing is executed for a stranger, and no reply goes to one", () => {
    let delivered = 0;
    let refused = 0;
    for (let seed = 0; seed < 150; seed += 1) {
      const outcome = muddle(seed);
      expect({ seed, stolen: outcome.stolen, leaked: outcome.leaked }).toEqual({
        seed,
        stolen: [],
        leaked: [],
      });
      delivered += outcome.delivered;
      refused += outcome.refused;
    }
    expect(delivered).toBeGreaterThan(150 * 10);
    expect(refused).toBeGreaterThan(150 * 10);
  });

  /** Twins: a replica that takes in what it is given, and a gateway that believes whoever asked last. */
  const trusting: Make = (config, oracles) => {
    const engine = replicaEngine(config, oracles);
    const actions = engine.actions.map((action) => ({
      ...action,
      act: (own: never, state: never, found: unknown, out: never) => {
        const taken = Array.isArray(found)
          ? found.map((command) =>
              command.kind === "request" ? { kind: "submit", batch: command.batch } : command,
            )
          : found;
        action.act(own, state, taken as never, out);
      },
    }));
    return { ...engine, actions: actions as typeof engine.actions };
  };
  const forgetful: Engine<GatewayTypes> = {
    ...gatewayEngine,
    actions: gatewayEngine.actions.map((action) =>
      action.name !== "request"
        ? action
        : {
            ...action,
            act: (
              config: never,
              state: { attached: { keys: number[]; values: string[] } },
              found: { from: string; client: number },
              out: never,
            ) => {
              const at = state.attached.keys.indexOf(found.client);
              if (at >= 0) state.attached.values[at] = found.from;
              action.act(config, state as never, found as never, out);
            },
          },
    ) as typeof gatewayEngine.actions,
  };

  test("a replica that asks for no owner is found out", () => {
    expect(
      Array.from({ length: 10 }, (_, seed) => muddle(seed, trusting).stolen.length).some((n) => n > 0),
    ).toBe(true);
  });

  test("a gateway that answers whoever asked last is found out", () => {
    const leaks = Array.from({ length: 10 }, (_, seed) => muddle(seed, undefined, forgetful).leaked.length);
    expect(leaks.some((n) => n > 0)).toBe(true);
  });
});
