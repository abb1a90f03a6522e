import { cheapestQuorum, type Expr } from "@eunomia/quorum-algebra";
import { minimalQuorums } from "@eunomia/quorum-algebra/sets";
import type { Stage } from "../text/ast.ts";
import type { Ask } from "./ask.ts";
import { type Trouble, tied } from "./diagnostics.ts";
import { stagesTowards } from "./relays.ts";
import type { Setting } from "./setting.ts";

type Hop = readonly [from: string, to: string];

/** Sets of relays that are gone through before a clause is refused as too large to judge. */
const setsMax = 20_000;

/** What keeps a statement from reaching one verifier: a stage without its channels, or a last stage that may fail for good. */
export function disseminationTroubles(setting: Setting, ask: Ask, verifier: string): readonly Trouble[] {
  const { issuer, type } = ask;
  const selected = setting.dissemination.of(issuer, verifier, type);
  if (selected.is === "two") return [tied(selected.clauses, issuer, verifier, type)];
  const at = selected.is === "one" ? selected.clause.at : undefined;
  const stages = stagesTowards(setting, ask, verifier);
  const cut = stages.flatMap((stage, index) =>
    cutHops(setting, ask, stage, verifier).map(
      ([from, to]): Trouble => ({
        code: "D401",
        message: `stage ${index + 1} on ${type}: no channel ${from} -> ${to}`,
        at,
      }),
    ),
  );
  const last = stages.at(-1)!;
  const dead = last.final ? deadEnd(setting, issuer, last, verifier) : null;
  return dead === null ? cut : [...cut, { ...dead, at }];
}

/** Hops of a stage that have no channel. */
function cutHops(setting: Setting, ask: Ask, stage: Stage, verifier: string): readonly Hop[] {
  const { issuer, type } = ask;
  const isCut = ([from, to]: Hop): boolean => from !== to && setting.channel(from, to, type) === "none";
  const straight: Hop = [issuer, verifier];
  switch (stage.policy) {
    case "DIRECT":
      return [straight].filter(isCut);
    case "PULL":
      return [straight, [verifier, issuer] as const].filter(isCut);
    case "GOSSIP":
      return gossips(setting, ask, verifier) ? [] : [straight];
    case "OPTIMISTIC":
      return setting
        .supportOf(stage.relays)
        .flatMap((relay): Hop[] => [
          [issuer, relay],
          [relay, verifier],
        ])
        .filter(isCut);
  }
}

/** Can the statement come to the verifier from hand to hand among all that it is for? */
function gossips(setting: Setting, { issuer, type, verifiers }: Ask, verifier: string): boolean {
  const reached = new Set([issuer]);
  for (const from of reached)
    for (const to of verifiers) if (setting.channel(from, to, type) !== "none") reached.add(to);
  return reached.has(verifier);
}

/** Can all relays of the last stage be faulty? The issuer and the verifier need none. */
function deadEnd(setting: Setting, issuer: string, stage: Stage, verifier: string): Trouble | null {
  if (stage.policy !== "OPTIMISTIC") return null;
  if (setting.principals.isOne(stage.relays)) {
    const relay = setting.members(stage.relays)[0]!;
    if (relay === issuer || relay === verifier || setting.faults.within([relay]) < 1) return null;
    return { code: "D402", message: `relay ${relay} may fail and FINAL forbids the fall-back` };
  }
  const quorum = setting.goodQuorum(stage.relays);
  const others = setting.supportOf(stage.relays).filter((one) => one !== issuer && one !== verifier);
  if (alwaysEnough(quorum, others, setting.faults.within(others))) return null;
  const sets = minimalQuorums(quorum, { maxCount: setsMax });
  for (;;) {
    const { done, value } = sets.next();
    if (done === true)
      return value.complete
        ? null
        : { code: "D403", message: `relay set ${stage.relays} has too many ways to be met to be judged` };
    const relays = value.filter((one) => one !== issuer && one !== verifier);
    const reached = relays.length < value.length;
    if (!reached && setting.faults.within(relays) >= relays.length)
      return {
        code: "D403",
        message: `relay set {${relays.join(", ")}} may be wholly faulty under [Faults]`,
      };
  }
}

/** Does every set of relays have more members than can be faulty of all of them together? Then none has to be looked at. */
function alwaysEnough(quorum: Expr, relays: readonly string[], faulty: number): boolean {
  const { cost } = cheapestQuorum(quorum, (one) => (relays.includes(one) ? 1 : Number.POSITIVE_INFINITY));
  return (cost.kind === "exact" ? cost.value : cost.low) > faulty;
}

/** An auditor whom nobody that has the statement can reach. */
export function isCutOff(setting: Setting, { issuer, type, verifiers }: Ask, auditor: string): boolean {
  return [issuer, ...verifiers].every(
    (holder) => holder !== auditor && setting.channel(holder, auditor, type) === "none",
  );
}
