import {
  calmProfile,
  type Profile,
  type RunLimits,
  type RunPlan,
  type System,
  simulate,
  stormProfile,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import { carelessNode } from "./support/careless-node.ts";
import { type CourierFault, courier } from "./support/courier.ts";
import { courierSystem } from "./support/courier-system.ts";
import { leaseSystem } from "./support/lease-system.ts";

/** Nothing goes wrong, and every packet takes equally long. */
const still: Profile = { ...calmProfile, network: { ...calmProfile.network, delayMeanMs: 0 } };
const network = (change: Partial<Profile["network"]>): Profile => ({
  ...still,
  network: { ...still.network, ...change },
});
const rates = (change: Partial<Profile["rates"]>, rest: Partial<Profile> = {}): Profile => ({
  ...still,
  rates: { ...still.rates, heal: 0.05, restart: 0.05, ...change },
  ...rest,
});
const crashes = rates({ crash: 0.01 });
const disk = (change: Partial<Profile["disk"]>, diskError = 0): Profile =>
  rates({ crash: 0.01, diskError }, { disk: { ...still.disk, ...change } });

interface Fault {
  readonly name: string;
  readonly twin: System<null>;
  readonly profile: Profile;
  /** The same without the one fault: the twin gets through. Default: nothing goes wrong. */
  readonly without?: Profile;
  readonly sound?: System<null>;
  readonly mode?: RunLimits["mode"];
  /** What must have been counted in the run that failed. */
  readonly seen: RegExp;
}
const engineTwin = (fault: CourierFault): System<null> => courierSystem({ engine: courier(fault) });

const faults: readonly Fault[] = [
  { name: "a crash", twin: engineTwin("forgets"), profile: crashes, seen: /^crashes$/ },
  {
    name: "a crash between two effects of a step",
    twin: engineTwin("says before it writes"),
    profile: { ...crashes, midStep: true },
    without: crashes,
    seen: /^crashes inside a step$/,
  },
  {
    name: "a packet that comes twice",
    twin: engineTwin("repeats"),
    profile: network({ duplicate: 0.2 }),
    seen: /^packets duplicated$/,
  },
  {
    name: "packets out of order",
    twin: engineTwin("in a hurry"),
    profile: network({ delayMeanMs: 30 }),
    seen: /^packets sent$/,
  },
  {
    name: "newest first",
    twin: engineTwin("in a hurry"),
    profile: network({ lifo: true, delayMinMs: 40 }),
    seen: /^packets sent$/,
  },
  {
    name: "loss",
    twin: engineTwin("gives up"),
    profile: network({ loss: 0.1 }),
    mode: "liveness",
    seen: /^packets lost$/,
  },
  {
    name: "a burst of losses",
    twin: engineTwin("gives up"),
    profile: network({ burst: 0.02 }),
    mode: "liveness",
    seen: /^packets lost: burst$/,
  },
  {
    name: "a partition",
    twin: engineTwin("gives up"),
    profile: rates({ partition: 0.02 }),
    mode: "liveness",
    seen: /^packets lost: partition$/,
  },
  {
    name: "a damaged packet",
    twin: engineTwin("decoder throws"),
    profile: network({ corrupt: 0.05 }),
    seen: /^packets damaged$/,
  },
  {
    name: "a clock that jumps or runs fast",
    twin: leaseSystem(),
    profile: rates({ clock: 0.02 }),
    sound: courierSystem(),
    seen: /^clock jumps$/,
  },
  {
    name: "a pause",
    twin: leaseSystem(),
    profile: rates({ pause: 0.02 }),
    sound: courierSystem(),
    seen: /^pauses$/,
  },
  {
    name: "a clogged link",
    twin: leaseSystem(),
    profile: rates({ clog: 0.05 }),
    sound: courierSystem(),
    seen: /^packets clogged$/,
  },
  {
    name: "a sync that fails",
    twin: carelessNode("ignores a failed sync"),
    profile: disk({}, 0.05),
    without: crashes,
    sound: courierSystem(),
    seen: /^disk fails its next sync$/,
  },
  {
    name: "a slow disk",
    twin: carelessNode("does not wait for the disk"),
    profile: disk({ syncMaxMs: 20 }),
    without: crashes,
    sound: courierSystem(),
    seen: /^crashes$/,
  },
  {
    name: "a torn write",
    twin: carelessNode("refuses a torn end"),
    profile: disk({ syncMaxMs: 20, torn: 0.5 }),
    without: disk({ syncMaxMs: 20 }),
    sound: courierSystem(),
    seen: /^torn writes$/,
  },
  {
    name: "a damaged journal",
    twin: carelessNode("starts on what it cannot read"),
    profile: disk({ damaged: 0.5 }),
    without: crashes,
    sound: courierSystem({ budget: { tolerates: () => true } }),
    seen: /^damaged journals$/,
  },
  {
    name: "a lost journal",
    twin: courierSystem({ budget: { tolerates: () => true } }),
    profile: disk({ absent: 0.2 }),
    without: crashes,
    sound: courierSystem(),
    seen: /^lost journals$/,
  },
  {
    name: "a journal of some time ago",
    twin: courierSystem({ budget: { tolerates: () => true } }),
    profile: disk({ rolledBack: 0.2 }),
    without: crashes,
    sound: courierSystem(),
    seen: /^rolled back journals$/,
  },
];

const plan = (
  system: System<null>,
  profile: Profile,
  seed: number,
  mode: RunLimits["mode"] = "safety",
): RunPlan<null> => ({
  system,
  profile,
  seed: String(seed),
  limits: { mode, virtualMs: 2000 },
});

for (const { name, twin, profile, without = still, sound = courierSystem(), mode, seen } of faults)
  test(`${name} happens, and finds what breaks under it alone`, async () => {
    let found = 0;
    for (let seed = 0; seed < 40 && found === 0; seed += 1) {
      const { outcome, counts } = await simulate(plan(twin, profile, seed, mode));
      if (outcome.kind === "ok") continue;
      found += 1;
      expect(
        Object.keys(counts).some((what) => seen.test(what)),
        `${seen} among ${Object.keys(counts)}`,
      ).toBe(true);
    }
    expect(found, "runs that failed").toBeGreaterThan(0);
    for (let seed = 0; seed < 4; seed += 1) {
      expect((await simulate(plan(twin, without, seed, mode))).outcome, "the twin without the fault").toEqual(
        { kind: "ok" },
      );
      expect((await simulate(plan(sound, profile, seed, mode))).outcome, "the sound one under it").toEqual({
        kind: "ok",
      });
    }
  });

test("in a storm everything happens, and a sound protocol gets through", async () => {
  const all = new Map<string, number>();
  for (let seed = 0; seed < 12; seed += 1) {
    const run = plan(courierSystem(), stormProfile, seed, "liveness");
    const { outcome, counts } = await simulate({ ...run, limits: { mode: "liveness", virtualMs: 8000 } });
    expect(outcome).toEqual({ kind: "ok" });
    for (const [what, count] of Object.entries(counts)) all.set(what, (all.get(what) ?? 0) + count);
  }
  for (const what of [
    "partitions",
    "partitions mended",
    "clogs",
    "clogs opened",
    "crashes",
    "crashes inside a step",
    "restarts",
    "pauses",
    "clock drifts",
    "clock jumps",
    "clock stops",
    "disk slow",
    "disk full",
    "disk fails its next sync",
    "stops by the disk",
    "torn writes",
    "records lost unsynced",
    "packets lost",
    "packets lost: burst",
    "packets lost: partition",
    "packets lost: receiver down",
    "packets duplicated",
    "packets replayed late",
    "packets damaged",
    "packets clogged",
    "cores chosen",
    "runs that settled",
  ])
    expect(all.get(what) ?? 0, what).toBeGreaterThan(0);
});
