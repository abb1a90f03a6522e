import { describe, expect, test } from "vitest";
import { packetHeader } from "../src/driver/packet.ts";
import { type Address, actionsOf, Driver, type DriverOptions, EngineFault } from "../src/index.ts";
import { actions, type CounterTypes, counter } from "./support/counter.ts";
import { Bench, SlowJournal } from "./support/ports.ts";

const nodeOf = (process: string): string | null => ({ a: "A", b: "B" })[process] ?? null;
const a: Address = { process: "a", instance: "0" };
const b: Address = { process: "b", instance: "0" };
const configOf = (self: string, other: string) => ({ self, others: [other], echo: 0 });

function node(bench: Bench, self: string, journal: SlowJournal, more: Partial<DriverOptions> = {}) {
  const outputs: unknown[] = [];
  const faults: Error[] = [];
  const driver = new Driver(bench.ports(self, journal), {
    nodeOf,
    onOutput: (_from, output) => outputs.push(output),
    onSpawn: () => {},
    onFault: (error) => faults.push(error),
    ...more,
  });
  const replay = journal.replay();
  driver.open(replay.kind === "records" ? replay.records : []);
  return { driver, outputs, faults };
}

describe("driver", () => {
  test("what follows a record leaves only once the record is durable", async () => {
    const bench = new Bench();
    const journal = new SlowJournal();
    const { driver } = node(bench, "A", journal);
    driver.spawn(a, counter, configOf("a", "b"));
    driver.command(a, { kind: "add", by: 1 });
    bench.run();
    expect(bench.wire.sent).toEqual([]);
    await journal.finishSync();
    expect(bench.wire.sent.map((frame) => frame.to)).toEqual(["B"]);
    expect(journal.durable).toHaveLength(1);
  });

  test("a send in front of a record does not wait for it, and one after it waits even in a later step", async () => {
    const bench = new Bench();
    const journal = new SlowJournal();
    const { driver } = node(bench, "A", journal);
    driver.spawn(a, counter, configOf("a", "b"));
    driver.command(a, { kind: "tell", by: 2 });
    bench.run();
    expect(bench.wire.sent).toHaveLength(1);
    driver.command(a, { kind: "tell", by: 2 });
    bench.run();
    expect(bench.wire.sent).toHaveLength(1);
    await journal.finishSync();
    expect(bench.wire.sent).toHaveLength(2);
  });

  test("one sync covers everything of a tick, and the frames of a tick to one peer are one", () => {
    const bench = new Bench();
    const journal = new SlowJournal();
    journal.immediate = true;
    const { driver } = node(bench, "A", journal);
    driver.spawn(a, counter, configOf("a", "b"));
    for (let i = 0; i < 10; i += 1) driver.command(a, { kind: "add", by: 1 });
    bench.run();
    expect(journal.durable).toHaveLength(10);
    expect(bench.wire.sent).toHaveLength(1);
  });

  test("two nodes talk; messages between processes of one node need no wire", () => {
    const bench = new Bench();
    const journals = [new SlowJournal(), new SlowJournal()];
    for (const journal of journals) journal.immediate = true;
    const one = node(bench, "A", journals[0]!);
    const two = node(bench, "B", journals[1]!);
    one.driver.spawn(a, counter, configOf("a", "b"));
    two.driver.spawn(b, counter, configOf("b", "a"));
    one.driver.command(a, { kind: "add", by: 4 });
    bench.settle();
    expect(two.driver.peek(b)).toMatchObject({ sum: 4 });
    expect(one.driver.peek(a)).toMatchObject({ sum: 4, acks: 4 });
  });

  test("a restart gives an engine the records of its own address, in order", () => {
    const bench = new Bench();
    const journal = new SlowJournal();
    journal.immediate = true;
    const first = node(bench, "A", journal);
    first.driver.spawn(a, counter, configOf("a", "b"));
    first.driver.spawn({ process: "a", instance: "1" }, counter, configOf("a", "b"));
    first.driver.command(a, { kind: "add", by: 3 });
    bench.run();
    first.driver.stop();
    const second = node(bench, "A", journal);
    second.driver.spawn(a, counter, configOf("a", "b"));
    second.driver.spawn({ process: "a", instance: "1" }, counter, configOf("a", "b"));
    bench.run();
    expect(second.driver.peek(a)).toMatchObject({ sum: 3, restored: 3 });
    expect(second.driver.peek({ process: "a", instance: "1" })).toMatchObject({ sum: 0, restored: 0 });
  });

  test("a grown journal is rewritten from what the engines need, and a restart finds the same", () => {
    const bench = new Bench();
    const journal = new SlowJournal();
    journal.immediate = true;
    const { driver } = node(bench, "A", journal, { compactAboveBytes: 200 });
    driver.spawn(a, counter, configOf("a", "b"));
    for (let i = 0; i < 50; i += 1) {
      driver.command(a, { kind: "add", by: 1 });
      bench.run();
    }
    expect(journal.snapshots).toBeGreaterThan(0);
    expect(journal.durable.length).toBeLessThan(50);
    driver.stop();
    const again = node(bench, "A", journal);
    again.driver.spawn(a, counter, configOf("a", "b"));
    bench.run();
    expect(again.driver.peek(a)).toMatchObject({ sum: 50 });
  });

  test("… also when records wait for the disk all the time, and nothing waits for ever or is taken twice", async () => {
    const bench = new Bench();
    const journal = new SlowJournal();
    const { driver, outputs } = node(bench, "A", journal, { compactAboveBytes: 60 });
    driver.spawn(a, counter, configOf("a", "b"));
    driver.command(a, { kind: "add", by: 1 });
    bench.run();
    for (let i = 1; i < 50; i += 1) {
      // While the disk is at one record, the next one comes.
      driver.command(a, { kind: "add", by: 1 });
      bench.run();
      await journal.finishSync();
    }
    expect(journal.snapshots).toBeGreaterThan(3);
    expect(journal.durable.length).toBeLessThan(20);
    await journal.finishSync().catch(() => {});
    expect(bench.wire.sent).toHaveLength(50);
    expect(outputs).toHaveLength(50);
    driver.stop();
    const again = node(bench, "A", journal);
    again.driver.spawn(a, counter, configOf("a", "b"));
    bench.run();
    expect(again.driver.peek(a)).toMatchObject({ sum: 50 });
  });

  test("a packet for an epoch that has not begun here waits for it; one for a retired epoch is refused", () => {
    const bench = new Bench();
    const journals = [new SlowJournal(), new SlowJournal()];
    for (const journal of journals) journal.immediate = true;
    const one = node(bench, "A", journals[0]!);
    const two = node(bench, "B", journals[1]!);
    one.driver.spawn(a, counter, configOf("a", "b"));
    one.driver.command(a, { kind: "add", by: 1 });
    bench.settle();
    two.driver.spawn(b, counter, configOf("b", "a"));
    bench.settle();
    expect(two.driver.peek(b)).toMatchObject({ sum: 1 });
    two.driver.retire("0");
    one.driver.command(a, { kind: "add", by: 1 });
    bench.settle();
    expect(two.driver.peek(b)).toBeUndefined();
    expect(two.driver.refusals().get("packet: no such process or epoch here")).toBe(1);
  });

  test("timers come back as events, jitter included, and end with the driver", () => {
    const bench = new Bench();
    const { driver, outputs } = node(bench, "A", new SlowJournal());
    driver.spawn(a, counter, configOf("a", "b"));
    bench.run();
    expect(bench.timers.map((timer) => timer.delayMs)).toEqual([10]);
    bench.timers[0]!.fire();
    bench.run();
    expect(outputs).toEqual([{ kind: "total", sum: 0 }]);
    driver.spawn({ process: "a", instance: "1" }, counter, configOf("a", "b"));
    bench.run();
    driver.stop();
    expect(bench.timers[1]!.off).toBe(true);
  });

  test("hostile frames are counted, never thrown, and do no harm", () => {
    const bench = new Bench();
    const { driver, faults } = node(bench, "A", new SlowJournal());
    driver.spawn(a, counter, configOf("a", "b"));
    bench.run();
    const from = bench.wire.transport("B");
    const stranger = bench.wire.transport("X");
    const frame = (sender: string, packet: Uint8Array): Uint8Array =>
      Uint8Array.from([sender.charCodeAt(0), ...packet]);
    from.send("A", new Uint8Array());
    from.send("A", frame("B", Uint8Array.of(0xff, 1, 2)));
    from.send("A", frame("B", Uint8Array.from([...packetHeader("a", "a", "0", 1), 0])));
    stranger.send("A", frame("X", Uint8Array.from([...packetHeader("a", "b", "0", 1), 0])));
    stranger.send("A", frame("B", Uint8Array.from([...packetHeader("a", "b", "0", 1), 0])));
    from.send("A", frame("B", Uint8Array.from([...packetHeader("a", "b", "0", 1), 0x07])));
    from.send("A", frame("B", Uint8Array.from([...packetHeader("nobody", "b", "0", 1), 0])));
    from.send("A", frame("B", packetHeader("a", "b", "0", 99)));
    bench.settle();
    expect(faults).toEqual([]);
    expect(Object.fromEntries(driver.refusals())).toEqual({
      empty: 1,
      "frame: not canonical": 2,
      "frame: sealed by another than its connection's peer": 1,
      "packet: sender is not a process of that node": 2,
      "message to counter: type": 1,
      "packet: no such process or epoch here": 1,
    });
    expect(driver.peek(a)).toMatchObject({ sum: 0 });
  });

  test("a failed disk stops the node: nothing leaves that waited for it", async () => {
    const bench = new Bench();
    const journal = new SlowJournal();
    const { driver, faults } = node(bench, "A", journal);
    driver.spawn(a, counter, configOf("a", "b"));
    driver.command(a, { kind: "add", by: 1 });
    bench.run();
    await journal.failSync(new Error("EIO"));
    expect(faults.map((error) => error.message)).toEqual(["EIO"]);
    expect(bench.wire.sent).toEqual([]);
    expect(driver.command(a, { kind: "add", by: 1 })).toBe(false);
  });

  test("a bug of an engine stops the node with a fault", () => {
    const on = actionsOf<CounterTypes>();
    const bench = new Bench();
    const { driver, faults } = node(bench, "A", new SlowJournal());
    const restless = {
      ...counter,
      actions: [
        ...actions,
        on.internal(
          "spin",
          () => true,
          () => {},
        ),
      ],
    };
    driver.spawn(a, restless, configOf("a", "b"));
    bench.run();
    expect(faults[0]).toBeInstanceOf(EngineFault);
  });

  test("a driver that lets sends pass the disk would be caught here (broken twin)", () => {
    const bench = new Bench();
    const hasty = new SlowJournal();
    // The twin: a journal that calls records durable without keeping them.
    hasty.sync = () => Number.MAX_SAFE_INTEGER;
    const { driver } = node(bench, "A", hasty);
    driver.spawn(a, counter, configOf("a", "b"));
    driver.command(a, { kind: "add", by: 1 });
    bench.run();
    const leftBeforeDurable = bench.wire.sent.length > 0 && hasty.durable.length === 0;
    expect(leftBeforeDurable).toBe(true);
  });
});
