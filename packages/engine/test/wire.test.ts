import { expect, test } from "vitest";
import { type Address, Driver, type Parcel, type Ports, step } from "../src/index.ts";
import { counter } from "./support/counter.ts";
import { Bench, SlowJournal } from "./support/ports.ts";

const nodeOf = (process: string): string | null => ({ a: "A", b: "B" })[process] ?? null;
const a: Address = { process: "a", instance: "0" };
const configOf = (self: string, other: string) => ({ self, others: [other], echo: 0 });

function wired(takes = true) {
  const bench = new Bench();
  const journal = new SlowJournal();
  const sent: { node: string; parcel: Parcel }[] = [];
  let receive: (parcel: Parcel) => void = () => {};
  const ports: Ports = {
    ...bench.ports("A", journal),
    wire: {
      send: (node, parcel) => {
        sent.push({ node, parcel });
        return takes;
      },
      listen: (listener) => {
        receive = listener;
      },
    },
  };
  const steps: string[] = [];
  const driver = new Driver(ports, {
    nodeOf,
    onOutput: () => {},
    onSpawn: () => {},
    onFault: (error) => {
      throw error;
    },
    step: (address, engine, config, state, event) => {
      steps.push(`${address.process} ${event.kind}`);
      return step(engine, config, state as object, event);
    },
  });
  driver.open([]);
  return { bench, journal, driver, sent, steps, receive: (parcel: Parcel) => receive(parcel) };
}

test("over a wire messages leave as values, when their frames would leave: at the end of the tick, after what is durable", async () => {
  const { bench, journal, driver, sent } = wired();
  driver.spawn(a, counter, configOf("a", "b"));
  driver.command(a, { kind: "tell", by: 2 });
  expect(sent).toEqual([]);
  bench.run();
  expect(sent.map(({ node, parcel }) => [node, parcel.to, parcel.from, parcel.message.kind])).toEqual([
    ["B", "b", "a", "add"],
  ]);
  driver.command(a, { kind: "tell", by: 2 });
  bench.run();
  expect(sent).toHaveLength(1);
  await journal.finishSync();
  expect(sent).toHaveLength(2);
  expect(bench.wire.sent).toEqual([]);
});

test("what comes over a wire is stepped, parked, refused as packets are", () => {
  const { bench, driver, steps, receive } = wired();
  const parcel = { to: "a", from: "b", instance: "0", engine: counter, message: { kind: "add", by: 3 } };
  receive(parcel);
  receive({ ...parcel, to: "b" });
  driver.retire("9");
  receive({ ...parcel, instance: "9" });
  driver.spawn(a, counter, configOf("a", "b"));
  bench.run();
  expect(driver.peek(a)).toMatchObject({ sum: 3 });
  expect(steps).toEqual(["a start", "a message"]);
  expect(driver.refusals().get("packet: no such process or epoch here")).toBe(2);
  driver.stop();
  receive(parcel);
  bench.run();
  expect(steps).toHaveLength(2);
});

test("a wire that drops is counted as a transport that does", () => {
  const { bench, driver } = wired(false);
  driver.spawn(a, counter, configOf("a", "b"));
  driver.command(a, { kind: "tell", by: 2 });
  bench.run();
  expect(driver.refusals().get("send: queue full or peer away")).toBe(1);
});
