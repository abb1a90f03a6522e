import { nat, nil, record, variant } from "@eunomia/codec";
import { plainAuthenticator } from "@eunomia/crypto-auth";
import { actionsOf, type Engine } from "@eunomia/engine";
import { journalStorage, openMemoryJournal } from "@eunomia/journal/memory";
import { memoryNetwork } from "@eunomia/transports/memory";
import { describe, expect, test } from "vitest";
import { HostError, openHost, systemClock, systemRandom } from "../src/index.ts";

interface Types {
  Config: { self: string; other: string };
  State: { count: number };
  Command: null;
  Message: { kind: "ping"; n: number };
  Timer: "tick";
  Record: { n: number };
  Output: number;
}
const on = actionsOf<Types>();
/** Passes a growing number to and fro, journaling each before it answers. */
const pingPong: Engine<Types> = {
  name: "ping-pong",
  schema: {
    config: record({ self: nil(), other: nil() }) as never,
    state: record({ count: nat() }),
    command: nil(),
    message: variant({ ping: record({ n: nat() }) }),
    record: record({ n: nat() }),
    output: nat(),
    timers: ["tick"],
  },
  self: (config) => config.self,
  init: () => ({ count: 0 }),
  actions: [
    on.start(
      "restart",
      (_config, _state, records) => records,
      (_config, state, records, out) => {
        state.count = records.at(-1)?.n ?? 0;
        out.arm("tick", 1);
      },
    ),
    on.commands(
      "serve",
      () => true,
      (config, state, _found, out) => out.send([config.other], { kind: "ping", n: state.count + 1 }),
    ),
    on.message(
      "ping",
      "return",
      (_config, _state, message) => message.n,
      (config, state, n, out) => {
        state.count = n;
        out.persist({ n });
        out.output(n);
        if (n < 20) out.send([config.other], { kind: "ping", n: n + 1 });
      },
    ),
    on.timeout(
      "tick",
      "tick",
      () => true,
      () => {},
    ),
  ],
  compact: (_config, state) => [{ n: state.count }],
  observe: (_config, state) => state,
  fairness: { restart: "weak", serve: "weak", return: "weak", tick: "weak" },
};

function twoNodes() {
  const network = memoryNetwork();
  const storage = { a: journalStorage(), b: journalStorage() };
  const outputs: number[] = [];
  const open = (self: "a" | "b", mayStartFresh = true) => {
    const host = openHost({
      transport: network.transport(self),
      journal: openMemoryJournal({ storage: storage[self] }),
      authenticator: plainAuthenticator({ self, cluster: "test", peers: ["a", "b"] }),
      nodeOf: (process) => process,
      onOutput: (_from, output) => outputs.push(output as number),
      onSpawn: () => {},
      onFault: (error) => {
        throw error;
      },
      mayStartFresh,
    });
    host.driver.spawn({ process: self, instance: "" }, pingPong, { self, other: self === "a" ? "b" : "a" });
    return host;
  };
  return { network, storage, outputs, open };
}

const until = async (done: () => boolean): Promise<void> => {
  for (let i = 0; i < 2000 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(done()).toBe(true);
};

describe("host", () => {
  test("two hosts drive engines over a transport, journaling before they answer", async () => {
    const { storage, outputs, open } = twoNodes();
    const a = open("a");
    const b = open("b");
    a.driver.command({ process: "a", instance: "" }, null);
    await until(() => outputs.length === 20);
    expect(outputs).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    await a.close();
    await b.close();
    const replay = openMemoryJournal({ storage: storage.a }).replay();
    expect(replay.kind === "records" && replay.records.length).toBe(10);
  });

  test("a node comes back with what it had made durable", async () => {
    const { outputs, open } = twoNodes();
    let a = open("a");
    const b = open("b");
    a.driver.command({ process: "a", instance: "" }, null);
    await until(() => outputs.length === 20);
    await a.close();
    a = open("a");
    await until(() => a.driver.peek({ process: "a", instance: "" }) !== undefined);
    await until(() => (a.driver.peek({ process: "a", instance: "" }) as { count: number }).count === 20);
    await a.close();
    await b.close();
    await b.close();
  });

  test("an unreadable journal and a lost one are refused, each with what to do", () => {
    const { network } = twoNodes();
    const options = {
      transport: network.transport("a"),
      authenticator: plainAuthenticator({ self: "a", cluster: "test", peers: ["b"] }),
      nodeOf: (process: string) => process,
      onOutput: () => {},
      onSpawn: () => {},
      onFault: () => {},
    };
    const damaged = openMemoryJournal();
    damaged.replay = () => ({ kind: "unreadable", file: "7.log", offset: 4096, reason: "checksum" });
    expect(() => openHost({ ...options, journal: damaged })).toThrow(
      /7\.log at byte 4096.*another identity/s,
    );
    expect(() => openHost({ ...options, journal: openMemoryJournal(), mayStartFresh: false })).toThrow(
      HostError,
    );
    // The twin that takes unreadable for absent would start here.
    expect(() => openHost({ ...options, journal: openMemoryJournal(), mayStartFresh: true })).not.toThrow();
  });

  test("the system clock runs forward and its timers can be called off", async () => {
    const before = systemClock.now();
    let fired = 0;
    const cancel = systemClock.after(5, () => {
      fired += 1;
    });
    systemClock.after(1, () => {
      fired += 10;
    });
    cancel();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fired).toBe(10);
    expect(systemClock.now()).toBeGreaterThan(before);
  });

  test("random words are 32 bits and differ", () => {
    const random = systemRandom();
    const drawn = Array.from({ length: 1000 }, () => random.next());
    expect(drawn.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(990);
  });
});
