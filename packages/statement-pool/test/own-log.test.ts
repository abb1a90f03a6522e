import { sha256 } from "@eunomia/codec";
import {
  type Bundle,
  type Content,
  contentId,
  type StatementPool,
  slotOf,
  statementId,
} from "@eunomia/statement-pool";
import fc from "fast-check";
import { expect, test } from "vitest";
import { principal } from "./support/schemes.ts";
import { content, core, poolOf, types, vote } from "./support/world.ts";

/** A log whose last records may be lost by a crash, as far as they were not synced. */
class Disk {
  records: Uint8Array[] = [];
  synced = 0;
  append(records: readonly Uint8Array[]): number {
    this.records.push(...records);
    return this.records.length;
  }
  sync(): number {
    this.synced = this.records.length;
    return this.synced;
  }
  crash(kept: number): void {
    this.records = this.records.slice(0, this.synced + kept);
    this.synced = this.records.length;
  }
}

type Step =
  | { readonly do: "publish"; readonly what: Content }
  | { readonly do: "sync" }
  | { readonly do: "compact" }
  | { readonly do: "collect" }
  | { readonly do: "crash"; readonly kept: number };

/** How a host drives pool and disk. */
interface Host {
  readonly afterPublish?: (pool: StatementPool, disk: Disk) => readonly Bundle[];
  readonly keeps?: (records: readonly Uint8Array[]) => readonly Uint8Array[];
}

const open = (disk: Disk, { keeps = (records) => records }: Host) =>
  poolOf("Me", { log: disk, records: keeps(disk.records) });

/** Runs the steps; answers the bundles that ever left, and how often a slot was refused. */
function run(steps: readonly Step[], host: Host = {}) {
  const disk = new Disk();
  const left: Bundle[] = [];
  let refused = 0;
  let pool = open(disk, host);
  for (const step of steps) {
    if (step.do === "publish") {
      if (!pool.publish(core("Me", step.what)).ok) refused++;
      left.push(...(host.afterPublish?.(pool, disk) ?? []));
    } else if (step.do === "sync") left.push(...pool.durable(disk.sync()));
    else if (step.do === "collect") pool.collect({ epochBelow: 7, now: 0 });
    else if (step.do === "compact") {
      disk.sync();
      disk.records = [...pool.compact()];
      disk.sync();
    } else {
      disk.crash(step.kept);
      pool = open(disk, host);
      // What a new life holds of its own is sent again.
      for (const { id, core: one } of pool.snapshot().entries) {
        expect(statementId(one)).toBe(id);
        left.push(pool.bundle(id)!);
      }
    }
  }
  return { left, refused };
}

/** Two contents with evidence in one slot, or values that do not extend each other. */
function equivocates(left: readonly Bundle[]): boolean {
  const cids = new Map<string, string>();
  const logs: (readonly string[])[] = [];
  return left.some(({ core: one, evidence }) => {
    if (evidence.length === 0) return false;
    if (one.content.type === "Log") {
      const log = (one.content.body as readonly (readonly string[])[])[0]!;
      logs.push(log);
      return logs.some((other) => log.slice(0, other.length).join() !== other.slice(0, log.length).join());
    }
    const slot = slotOf(types, one, () => undefined, sha256)!;
    const cid = contentId(one.content);
    const before = cids.get(slot);
    cids.set(slot, cid);
    return before !== undefined && before !== cid;
  });
}

const steps: readonly Step[] = [
  { do: "publish", what: vote(1, "X") },
  { do: "sync" },
  { do: "publish", what: vote(2, "X") },
  { do: "publish", what: content("Log", [["a"]]) },
  { do: "sync" },
];
const rivals: readonly Step[] = [
  { do: "publish", what: vote(2, "Y") },
  { do: "publish", what: vote(1, "Y") },
  { do: "publish", what: content("Log", [["b"]]) },
  { do: "sync" },
];

/** A crash between any two writes, with any part of what was not synced, and then the opposite of everything is tried. */
function* crashes(): Generator<readonly Step[]> {
  for (let at = 0; at <= steps.length; at++)
    for (let kept = 0; kept <= 3; kept++)
      for (let again = 0; again <= rivals.length; again++)
        yield [
          ...steps.slice(0, at),
          { do: "crash", kept },
          ...rivals.slice(0, again),
          { do: "crash", kept: 0 },
          ...steps,
          ...rivals,
        ];
}

const early: Host = { afterPublish: (pool, disk) => pool.durable(disk.records.length) };
const forgetful: Host = { keeps: () => [] };

test("a crash between any two writes never leads to two contents in one slot", () => {
  let refused = 0;
  let sent = 0;
  for (const story of crashes()) {
    const { left, refused: times } = run(story);
    expect(equivocates(left)).toBe(false);
    refused += times;
    sent += left.length;
  }
  expect(refused).toBeGreaterThan(100);
  expect(sent).toBeGreaterThan(500);
});

test("nor do random stories with crashes, compaction and collection", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("publish" as const),
        what: fc.oneof(
          fc
            .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("X", "Y"))
            .map(([n, value]) => vote(n, value)),
          fc
            .array(fc.constantFrom("a", "b"), { maxLength: 2 })
            .map((log) => content("Log", [[...new Set(log)]])),
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom("sync" as const, "compact" as const, "collect" as const) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), kept: fc.nat({ max: 3 }) }) },
  );
  let crashed = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 24 }), (story) => {
      const { left } = run(story);
      if (left.length > 0 && story.some((one) => one.do === "crash")) crashed++;
      expect(equivocates(left)).toBe(false);
    }),
    { seed: 3, numRuns: 400 },
  );
  expect(crashed).toBeGreaterThan(100);
});

test.each([
  ["makes evidence before the record is durable", early],
  ["starts without its records", forgetful],
])("a host that %s is found out", (_name, host) => {
  expect([...crashes()].some((story) => equivocates(run(story, host).left))).toBe(true);
});

test("publishing again is harmless, in this life and the next, and gives the same evidence", () => {
  const disk = new Disk();
  const pool = open(disk, {});
  const one = core("Me", vote(1));
  expect(pool.publish(one)).toMatchObject({ ok: true, fresh: true, status: "received" });
  expect(pool.publish(one)).toMatchObject({ ok: true, fresh: false, status: "received" });
  expect(pool.bundle(statementId(one))).toBeUndefined();
  expect(disk.records).toHaveLength(1);
  const [bundle] = pool.durable(disk.sync());
  expect(pool.publish(one)).toMatchObject({ ok: true, fresh: false, status: "auditable" });
  const same = core("Me", vote(1), { verifiers: [principal("You")] });
  expect(pool.publish(same)).toMatchObject({ ok: true, fresh: true });
  expect(pool.publish(core("Me", vote(1, "Y")))).toEqual({ ok: false, why: "SLOT_TAKEN" });
  disk.crash(0);
  expect(open(disk, {}).bundle(statementId(one))).toEqual(bundle);
});

test("an epoch that is over takes its slots with it, and nothing is said in it again", () => {
  const disk = new Disk();
  const pool = open(disk, {});
  pool.publish(core("Me", vote(1)));
  pool.durable(disk.sync());
  pool.collect({ epochBelow: 8, now: 0 });
  expect(pool.publish(core("Me", vote(1, "Y")))).toEqual({ ok: false, why: "OLD_EPOCH" });
  expect(pool.compact()).toHaveLength(1);
  const next = poolOf("Me", { log: disk, records: pool.compact() });
  expect(next.publish(core("Me", vote(1, "Y")))).toEqual({ ok: false, why: "OLD_EPOCH" });
});
