import { schemeRow } from "@eunomia/engine";
import { cheapestQuorum, support } from "@eunomia/quorum-algebra";
import { issuersOf, jointText, others, placed } from "../check/ask.ts";
import type { Setting } from "../check/setting.ts";
import { PolicyError } from "../errors.ts";
import type { SchemeUse, Stage } from "../text/ast.ts";
import { deployedScheme } from "../text/schemes.ts";
import { Load } from "./load.ts";
import { type CostedFlow, costOf, latencyOf, type Problem } from "./problem.ts";
import { aggregateUs, headerBytes, indexBytes } from "./scheme-costs.ts";
import { spread } from "./spread.ts";

/** What one flow takes in a unit of time under a scheme and a first stage. @throws PolicyError if nothing is known of the scheme. */
export function loadOf(
  problem: Problem,
  setting: Setting,
  flow: CostedFlow,
  scheme: SchemeUse,
  stage: Stage,
): Load {
  const { rate = 1, sample, collect } = flow;
  const total = new Load();
  if (collect !== undefined) {
    total.add(certificateLoad(problem, setting, flow, scheme, stage), rate);
    return total;
  }
  if (jointText(flow) !== null)
    throw new PolicyError("shape", `flow ${flow.type}`, 'a joint flow with "collect"', flow.issuer);
  const runs = sample === undefined ? [] : [[sample.issuer, sample.verifiers, sample.times] as const];
  if (sample === undefined) {
    const verifiers = placed(setting, flow.verifier);
    for (const issuer of issuersOf(setting, flow)) runs.push([issuer, verifiers, 1]);
  }
  for (const [issuer, verifiers, times] of runs)
    total.add(
      statementLoad(problem, setting, flow, issuer, others(verifiers, issuer), scheme, stage),
      times * rate,
    );
  return total;
}

function statementLoad(
  problem: Problem,
  setting: Setting,
  { bytes }: CostedFlow,
  issuer: string,
  to: readonly string[],
  scheme: SchemeUse,
  stage: Stage,
): Load {
  const load = new Load(problem.slow);
  const body = bytes + headerBytes;
  const kind = deployedScheme(scheme.name)?.kind;
  if (kind === "notary") {
    const [mac, signature] = [costOf(problem, "HMAC-SHA256"), costOf(problem, "Ed25519")];
    const notary = setting.members(scheme.of!)[0]!;
    load.work(issuer, mac.makeUs);
    load.work(notary, mac.checkUs + signature.makeUs);
    load.send(issuer, body + mac.bytes);
    for (const verifier of to) load.work(verifier, signature.checkUs);
    const size = body + signature.bytes;
    const sinceMs = latencyOf(problem)(issuer, notary);
    spread(problem, setting, load, stage, { from: notary, to, bytes: size, relayedBytes: size, sinceMs });
    return load;
  }
  if (kind !== "mac" && kind !== "signature")
    throw new PolicyError("shape", "scheme", "a MAC, a signature or a notary for what one issues", scheme);
  const cost = costOf(problem, schemeRow(scheme.name)!.name);
  const vector = kind === "mac" ? to.length : 1;
  load.work(issuer, vector * cost.makeUs);
  for (const verifier of to) load.work(verifier, cost.checkUs);
  const sizes = { bytes: body + cost.bytes, relayedBytes: body + vector * cost.bytes };
  spread(problem, setting, load, stage, { from: issuer, to, ...sizes, sinceMs: 0 });
  return load;
}

/** Votes of all members to the collector, which checks as many as it takes and spreads one certificate. */
function certificateLoad(
  problem: Problem,
  setting: Setting,
  flow: CostedFlow,
  scheme: SchemeUse,
  stage: Stage,
): Load {
  const { collector, voteBytes } = flow.collect!;
  const quorum = setting.goodQuorum(jointText(flow)!);
  const members = support(quorum);
  const votes = cheapestQuorum(quorum).nodes!.length;
  const cost = costOf(problem, schemeRow(scheme.name)!.name);
  const load = new Load(problem.slow);
  const ms = latencyOf(problem);
  let sinceMs = 0;
  for (const member of others(members, collector)) {
    load.work(member, cost.makeUs);
    load.send(member, voteBytes + headerBytes + cost.bytes);
    sinceMs = Math.max(sinceMs, ms(member, collector));
  }
  const to = others(placed(setting, flow.verifier), collector);
  const kind = deployedScheme(scheme.name)?.kind;
  const aggregates = scheme.name === "BLS" || scheme.name === "BLS-THRESHOLD";
  if (!aggregates && kind !== "signature")
    throw new PolicyError("shape", "scheme", "signatures, for what several issue as one", scheme);
  const bitmap = kind === "threshold" ? 0 : Math.ceil(members.length / 8);
  const evidence = aggregates ? cost.bytes + bitmap : votes * (cost.bytes + indexBytes);
  load.work(collector, aggregates ? cost.checkUs + votes * aggregateUs : votes * cost.checkUs);
  for (const verifier of to) load.work(verifier, aggregates ? cost.checkUs : votes * cost.checkUs);
  const size = flow.bytes + headerBytes + evidence;
  spread(problem, setting, load, stage, { from: collector, to, bytes: size, relayedBytes: size, sinceMs });
  return load;
}
