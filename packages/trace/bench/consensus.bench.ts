import { type ConsensusEvent, consensusMonitors, Durability, verdicts } from "../src/index.ts";

// Five learners decide `slots` slots, each with one proposal and one crash of a learner in a thousand slots; then the same
// number of persists, durables and releases of five processes.
const slots = Number(process.argv[2] ?? 400_000);
const learners = ["a", "b", "c", "d", "e"];
const cpuMs = (): number => (({ user, system }) => (user + system) / 1000)(process.cpuUsage());

function rate(name: string, events: number, run: () => void): void {
  const from = cpuMs();
  run();
  const ms = cpuMs() - from;
  console.log(`${name}: ${(events / ms / 1000).toFixed(2)} million events per CPU second (${events} events)`);
}

/** Made one by one, as a simulation would: keeping millions of events would measure the collector. */
function consensus(feed: (event: ConsensusEvent) => void): void {
  for (let slot = 0; slot < slots; slot += 1) {
    const value = `value ${slot % 97}`;
    feed({ kind: "propose", at: slot, who: "p", epoch: 0, slot, value });
    if (slot % 1000 === 999) feed({ kind: "crash", at: slot, who: learners[slot % 5]! });
    for (const who of learners) feed({ kind: "decide", at: slot, who, epoch: 0, slot, value });
  }
  feed({ kind: "quiesced", at: slots });
}

let events = 0;
rate("making the events alone", 6 * slots, () => consensus(() => (events += 1)));
const monitors = consensusMonitors({ learners, safe: () => true, globalOrder: true });
rate("the four consensus monitors", events, () =>
  consensus((event) => {
    for (const monitor of monitors) monitor.feed(event);
  }),
);
for (const { kind, detail } of verdicts(monitors, true)) if (kind !== "ok") throw new Error(detail);

const durability = new Durability();
rate("durability", 3 * slots, () => {
  for (let record = 1; record <= slots; record += 1) {
    const who = learners[record % 5]!;
    const number = Math.ceil(record / 5);
    const own = record <= 5 ? 1 : number;
    durability.feed({ kind: "persist", at: record, who, life: 1, record: own });
    durability.feed({ kind: "durable", at: record, who, life: 1, record: own });
    durability.feed({ kind: "release", at: record, who, life: 1, record: own });
  }
});
const { kind, detail } = durability.verdict(true);
if (kind !== "ok") throw new Error(detail);
