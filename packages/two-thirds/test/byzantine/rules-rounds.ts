import { expect } from "vitest";
import { byzantineQuorums } from "../../src/byzantine/quorums.ts";
import { convicts } from "../../src/byzantine.ts";
import { five, Rig } from "./rig.ts";
import { type Rule, rule } from "./rules.ts";
import { sealsOf } from "./seals.ts";

const allBut = "p1,p2,p3,p4,p5";
const none = { p1: "-", p2: "-", p3: "-", p4: "-", p5: "-" };

/** Does the evidence that came out convict, for somebody who holds nothing but keys? */
function convictsAll({ config, evidence }: Rig): boolean {
  const { members, f } = config;
  const court = { quorums: byzantineQuorums(members, [], f), oracles: sealsOf("court") };
  return (
    evidence.length > 0 &&
    evidence.every((one) => convicts(court, "rig/0", one, members[(one.slot + one.round) % members.length]!))
  );
}

/** What is said of rounds in section 3.3. */
export const roundRules: readonly Rule[] = [
  rule(
    "the promise of a new round is durable before its STATUS leaves, and no vote below it is cast",
    "3.3 enter",
    ["tick: next round (3.3)", "propose: keep (3.3)"],
    (rig) => {
      rig.vote("p1", 1, 0, "a");
      expect(rig.fire("tick")).toBe(null);
      rig.vote("p3", 1, 0, "b");
      expect(rig.fire("tick")).toEqual(["persist enter 1 1", `${allBut} <- status 1 1 -`]);
      expect(rig.propose(1, "b")).toEqual([]);
      expect(rig.vote("p2", 1, 0, "a")).toEqual([]);
      expect(rig.slot(1)).toBe("1 -1 - -");
    },
  ),
  rule(
    "the timer of a round is armed once q members are there, and doubles",
    "3.3 timer",
    ["arm the round (3.3)", "status: count (3.3)"],
    (rig) => {
      rig.propose(1, "a");
      expect(rig.fire("tick")).toEqual(["persist enter 1 1", `${allBut} <- status 1 1 0=a`]);
      for (const member of ["p1", "p2", "p3"]) rig.status(member, 1, 1, "0=b");
      expect(rig.fire("tick")).toBe(null);
      rig.status("p4", 1, 2, "0=b");
      expect(rig.fire("tick")).toEqual([]);
      expect(rig.fire("tick")).toEqual(["persist enter 1 2", `${allBut} <- status 1 2 0=a`]);
    },
  ),
  rule(
    "f+1 members pull into the round of the lower one, one moves nobody",
    "3.3 jump",
    ["jump (3.3)", "status: hear of a slot (3.3)"],
    (rig) => {
      expect(rig.status("p1", 1, 9, "-")).toEqual([]);
      expect(rig.vote("p1", 1, 8, "a")).toEqual([]);
      expect(rig.slot(1)).toBe("0 -1 - -");
      expect(rig.status("p2", 1, 4, "3=a")).toEqual(["persist enter 1 4", `${allBut} <- status 1 4 -`]);
    },
  ),
  rule(
    "a STATUS counts once, signed, below its round, and with a value exactly after a vote",
    "3.3",
    ["status: refuse (3.2)"],
    (rig) => {
      expect(rig.status("p1", 1, 1, "0=a", "p2")).toEqual(["output refused status of p1: signature"]);
      expect(rig.status("p1", 1, 1, "1=a")).toEqual(["output refused status of p1: out of range"]);
      expect(rig.status("p1", 1, 0, "-")).toEqual(["output refused status of p1: out of range"]);
      expect(rig.status("r0", 1, 1, "-")).toEqual(["output refused status of r0: stranger"]);
      rig.status("p1", 1, 2, "-");
      expect(rig.status("p1", 1, 2, "-")).toEqual([]);
      expect(rig.status("p1", 1, 1, "-")).toEqual([]);
    },
  ),
  rule("a second STATUS of one round is evidence", "3.3", ["status: evidence (3.3)"], (rig) => {
    rig.status("p1", 1, 2, "0=a");
    expect(rig.status("p1", 1, 2, "-")).toEqual(["output evidence 1 2 p1 two status"]);
    expect(convictsAll(rig)).toBe(true);
  }),
  rule(
    "the coordinator offers what L of q statuses lock, though another value is smaller",
    "3.3 coordinator",
    ["lead (3.3)"],
    (rig) => {
      // c(5) of slot 1 is p0.
      for (const [member, last] of [
        ["p1", "0=b"],
        ["p2", "0=b"],
        ["p3", "0=a"],
      ] as const)
        rig.status(member, 1, 5, last);
      expect(rig.status("p4", 1, 5, "0=b")).toEqual([
        "persist vote 1 5 b",
        `${allBut} <- vote 1 5 b`,
        `${allBut} <- newround 1 5 b p0,p1,p2,p3,p4`,
      ]);
      expect(rig.status("p5", 1, 5, "0=b")).toEqual([]);
    },
  ),
  rule(
    "without a lock it offers the smallest valid value with f+1 behind it, else its own",
    "3.3 coordinator",
    ["lead (3.3)"],
    (rig, engineOf) => {
      const led = (own: string | null, lasts: readonly string[]): string | undefined => {
        const other = new Rig(engineOf);
        // p1 is a round ahead, so that p0 is there already when the proposal comes, and offers it only if it must.
        for (const member of ["p1", "p2"]) other.status(member, 1, 5, lasts[Number(member[1]) - 1]!);
        if (own !== null) other.propose(1, own);
        const said = ["p3", "p4"].flatMap((member, i) => other.status(member, 1, 5, lasts[i + 2]!));
        return said.find((line) => line.includes("newround"));
      };
      expect(led("c", ["0=b", "0=b", "0=a", "0=a"])).toBe(`${allBut} <- newround 1 5 a p0,p1,p2,p3,p4`);
      expect(led("c", ["0=b", "0=b", "0=bad", "0=bad"])).toBe(`${allBut} <- newround 1 5 b p0,p1,p2,p3,p4`);
      expect(led("c", ["0=a", "0=b", "-", "-"])).toBe(`${allBut} <- newround 1 5 c p0,p1,p2,p3,p4`);
      expect(led(null, ["0=a", "0=b", "-", "-"])).toBe(undefined);
      expect(rig.slot(1)).toBe("nothing");
    },
  ),
  rule(
    "NEWROUND of the coordinator is followed, out of a lower round too",
    "3.3 on NEWROUND",
    ["newround: follow (3.3)"],
    (rig) => {
      rig.propose(1, "a");
      expect(rig.newround("p3", 1, 2, "b", { ...none, p1: "0=b", p2: "0=b", p5: "1=b" })).toEqual([
        "persist enter 1 2",
        `${allBut} <- status 1 2 0=a`,
        "persist vote 1 2 b",
        `${allBut} <- vote 1 2 b`,
      ]);
      expect(rig.slot(1)).toBe("2 2 b -");
      // Who votes in a round does not vote in a lower one, nor twice.
      expect(rig.newround("p2", 1, 1, "c", none)).toEqual([]);
      expect(rig.newround("p3", 1, 2, "b", { ...none, p1: "0=b", p2: "0=b", p5: "1=b" })).toEqual([]);
      // The round is timed: the coordinator showed that q members are there.
      expect(rig.armed.has("tick")).toBe(true);
    },
  ),
  rule(
    "a coordinator that passes a lock over, or has no quorum, is convicted and not followed",
    "3.3 on NEWROUND",
    ["newround: evidence (3.3)"],
    (_rig, engineOf) => {
      const locked = { p1: "0=b", p2: "0=b", p3: "-", p4: "0=b", p5: "-" };
      const attempts: ((rig: Rig) => string[])[] = [
        (rig) => rig.newround("p2", 1, 1, "a", locked),
        (rig) => rig.newround("p2", 1, 1, "a", { p1: "-", p2: "-", p3: "-", p4: "-" }),
        (rig) => rig.newround("p2", 1, 1, "a", { p0: "-", ...none }),
        (rig) => rig.newround("p2", 1, 1, "a", none, (reports) => [reports[0]!, ...reports.slice(0, 4)]),
        (rig) =>
          rig.newround("p2", 1, 1, "a", none, ([, ...rest]) => [rig.report("p1", 1, 1, "-", "p5"), ...rest]),
        (rig) => rig.newround("p2", 1, 1, "a", none, ([, ...rest]) => [rig.report("p1", 1, 2, "-"), ...rest]),
        (rig) => rig.newround("p2", 1, 1, "a", { ...none, p1: "1=a" }),
      ];
      for (const [i, attempt] of attempts.entries()) {
        const rig = new Rig(engineOf);
        expect(attempt(rig), `${i}`).toEqual(["output evidence 1 1 p2 bad newround"]);
        expect(convictsAll(rig), `${i}`).toBe(true);
        expect(rig.slot(1)).toBe("nothing");
      }
    },
  ),
  rule("a second value for one round is evidence", "3.3 on NEWROUND", ["newround: evidence (3.3)"], (rig) => {
    rig.newround("p2", 1, 1, "a", none);
    expect(rig.newround("p2", 1, 1, "b", none)).toEqual(["output evidence 1 1 p2 two newround"]);
    expect(convictsAll(rig)).toBe(true);
  }),
  rule(
    "NEWROUND of anybody else, of a false signature or for an invalid value is refused",
    "3.3 on NEWROUND",
    ["newround: refuse (3.2)"],
    (rig) => {
      expect(rig.newround("p3", 1, 1, "a", none)).toEqual(["output refused newround of p3: stranger"]);
      expect(rig.newround("p2", 1, 1, "bad", none)).toEqual(["output refused newround of p2: value"]);
      expect(rig.newround("p1", 1, 0, "a", none)).toEqual(["output refused newround of p1: out of range"]);
      const statuses = Object.entries(none).map(([member, last]) => rig.report(member, 1, 1, last));
      const forged = { kind: "newround", slot: 1, round: 1, value: new Uint8Array([1]), statuses } as const;
      expect(rig.from("p2", { ...forged, signature: new Uint8Array(32) })).toEqual([
        "output refused newround of p2: signature",
      ]);
    },
  ),
  rule(
    "a STATUS in a NEWROUND that is another than the one told here is evidence",
    "3.3 on NEWROUND",
    ["newround: follow (3.3)"],
    (rig) => {
      rig.status("p4", 1, 1, "0=a");
      expect(rig.newround("p2", 1, 1, "b", none)[0]).toBe("persist enter 1 1");
      expect(rig.evidence.map(({ from }) => from)).toEqual(["p4"]);
      expect(convictsAll(rig)).toBe(true);
    },
  ),
  rule(
    "what a member has to say in its round is said again, less and less often",
    "3.3 retransmit",
    ["retry: say it again (3.3)"],
    (rig) => {
      rig.propose(1, "a");
      expect(rig.fire("retry")).toEqual([`${allBut} <- vote 1 0 a`]);
      expect(rig.fire("retry")).toEqual([]);
      for (const member of ["p1", "p2", "p3", "p4"]) rig.status(member, 1, 5, "-");
      for (let i = 0; i < 2; i += 1) rig.fire("retry");
      const said = [rig.fire("retry"), rig.fire("retry")].flat();
      expect(said).toEqual([
        `${allBut} <- status 1 5 0=a`,
        `${allBut} <- vote 1 5 a`,
        `${allBut} <- newround 1 5 a p0,p1,p2,p3,p4`,
      ]);
      rig.decided("p1", 1, "a");
      expect(rig.fire("retry")).toEqual([]);
      expect(rig.fire("retry")).toBe(null);
    },
  ),
  rule(
    "a restart brings vote and promise back, with the same STATUS, and never leads a round twice",
    "3.3, H5",
    ["restart (3.3)"],
    (rig) => {
      rig.propose(1, "a");
      for (const member of ["p1", "p2", "p3", "p4"]) rig.status(member, 1, 5, "3=b");
      expect(rig.slot(1)).toBe("5 5 b -");
      const again = [`${allBut} <- status 1 5 0=a`, `${allBut} <- vote 1 5 b`];
      expect(rig.restart()).toEqual(again);
      expect(rig.restart(rig.engine.compact(rig.config, rig.state) as never)).toEqual(again);
      for (const member of five) expect(rig.status(member, 1, 5, "3=b")).toEqual([]);
    },
  ),
];
