import { describe, expect, test } from "vitest";
import { costSubjects, costsOf, paxosCosts } from "../src/compare/costs.ts";
import { costLine, throughputLine } from "../src/compare/report.ts";
import { byzantineTwoThirds, heteroPaxos, paxos, twoThirds } from "../src/compare/subjects.ts";
import { throughput } from "../src/compare/throughput.ts";

describe("an undisturbed decision costs what the definition says, and what ours sends besides", () => {
  for (const subject of costSubjects())
    test(`${subject.protocol}, ${subject.shape}`, () => {
      const line = costLine(subject, costsOf(subject));
      expect([line.delays, line.messages, line.sent]).toEqual([
        line.expectedDelays,
        line.expectedMessages,
        expect.any(Object),
      ]);
    });

  test("a leader that tells its decisions twice is found out", () => {
    const subject = paxosCosts(1, 2);
    const processes = subject.processes.map((one) => {
      if (!one.process.startsWith("l")) return one;
      const actions = one.engine.actions.map((action) => ({
        ...action,
        act: (...[config, state, found, out]: Parameters<typeof action.act>) =>
          action.act(config, state, found, {
            ...out,
            persist: (record) => out.persist(record),
            arm: (timer, delay, jitter) => out.arm(timer, delay, jitter),
            disarm: (timer) => out.disarm(timer),
            output: (output) => out.output(output),
            spawn: (engine, key, own) => out.spawn(engine, key, own),
            send: (to, message) => {
              out.send(to, message);
              if (message.kind === "decision") out.send(to, message);
            },
          }),
      }));
      return { ...one, engine: { ...one.engine, actions } };
    });
    const line = costLine(subject, costsOf({ ...subject, processes }));
    expect(line.messages).toBeGreaterThan(line.expectedMessages);
  });
});

test("every protocol decides under both kinds of keys, and Paxos is its own measure", () => {
  const shape = { batchBytes: 64, window: 4, slots: 12 };
  for (const subject of [paxos(4), twoThirds(4), byzantineTwoThirds(6), heteroPaxos(4)])
    for (const mode of ["mac", "signature"] as const) {
      const run = throughput(subject, mode, shape);
      expect(run.delays).toBeGreaterThan(0);
      expect(run.messagesPerDecision).toBeGreaterThan(subject.n);
      const line = throughputLine(subject.tolerates, [run, run, run], [run, run, run]);
      expect(line.ratios).toEqual([1, 1, 1]);
    }
});
