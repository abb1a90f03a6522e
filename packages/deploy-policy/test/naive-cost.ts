import type { Answer, Option, Problem } from "@eunomia/deploy-policy/optimize";

/** The table of costs, as it is written: make and check in microseconds, bytes of evidence. */
const table: Readonly<Record<string, readonly [number, number, number]>> = {
  "HMAC-SHA256": [3, 3, 32],
  Ed25519: [35, 95, 64],
  secp256k1: [340, 330, 64],
  "RSA-PSS": [1800, 50, 384],
};

/** What one flow of one issuer costs by the table of the cost model, line by line. */
export function naiveCost(problem: Problem, at: number, scheme: string, stage: string): number {
  const { latency, prices, slow = {}, fails = {} } = problem;
  const { sample, bytes, rate = 1 } = problem.flows[at]!;
  const i = sample!.issuer;
  const vs = sample!.verifiers.filter((v) => v !== i);
  const d = (a: string, b: string): number => {
    if (a === b) return 0;
    const link = latency.links?.find(([x, y]) => (x === a && y === b) || (x === b && y === a));
    return link?.[2] ?? latency.otherwise;
  };
  const most = (values: readonly number[]): number => Math.max(0, ...values);
  const n = vs.length;
  const size = bytes + 96;
  let cpu = 0;
  const work = (who: string, us: number): void => {
    cpu += us * (slow[who] ?? 1);
  };
  let [messages, sent, from, since] = [0, 0, i, 0];
  let [direct, relayed] = [size, size];
  if (scheme.startsWith("TrustedThirdParty")) {
    from = scheme.slice("TrustedThirdParty(".length, -1);
    work(i, 3);
    work(from, 3 + 35);
    for (const v of vs) work(v, 95);
    messages++;
    sent += size + 32;
    since = d(i, from);
    direct += 64;
    relayed += 64;
  } else {
    const [make, check, evidence] = table[scheme]!;
    const mac = scheme === "HMAC-SHA256";
    work(i, mac ? n * make : make);
    for (const v of vs) work(v, check);
    direct += evidence;
    relayed += mac ? n * evidence : evidence;
  }
  let delay = since + most(vs.map((v) => d(from, v)));
  const relay = /^OPTIMISTIC\((\w+)\)$/.exec(stage)?.[1];
  const several = /^OPTIMISTIC\(\{(.*)\} >= (\d+)\)$/.exec(stage);
  if (stage === "DIRECT") {
    messages += n;
    sent += n * direct;
  } else if (relay !== undefined) {
    const rest = vs.filter((v) => v !== relay);
    const p = fails[relay] ?? 0;
    messages += 1 + rest.length + p * n;
    sent += (1 + rest.length) * relayed + p * n * direct;
    for (const _ of rest) work(relay, 5);
    const good = since + d(from, relay) + most(rest.map((v) => d(relay, v)));
    delay = (1 - p) * good + p * (2 * good + delay);
  } else {
    const all = several![1]!.split(", ");
    const k = Number(several![2]);
    const sets = choose(all, k);
    const takes = (set: readonly string[]): number =>
      most(vs.map((v) => Math.min(...set.map((a) => d(from, a) + d(a, v)))));
    const set = sets.reduce((a, b) => (takes(b) < takes(a) ? b : a));
    const rest = vs.filter((v) => !set.includes(v));
    messages += k + k * rest.length;
    sent += (k + k * rest.length) * relayed;
    for (const a of set) for (const _ of rest) work(a, 5);
    delay = since + takes(set);
  }
  const times = sample!.times * rate;
  return times * (prices.cpu * cpu + prices.byte * sent + prices.message * messages) + prices.delay * delay;
}

/** Subsets of k, in the order of the names. */
function choose(of: readonly string[], k: number): readonly (readonly string[])[] {
  if (k === 0) return [[]];
  return of.flatMap((name, at) => choose(of.slice(at + 1), k - 1).map((rest) => [name, ...rest]));
}

/** Every combination of options that are to be had: the least cost within all limits; infinite: there is none. */
export function bruteForce(problem: Problem, options: Answer["options"]): number {
  const { fixed = {}, limits = {} } = problem;
  const fits = (chosen: readonly Option[]): boolean =>
    (["egress", "cpu"] as const).every((resource) =>
      Object.entries(limits[resource] ?? {}).every(
        ([who, most]) =>
          chosen.reduce((sum, option) => sum + (option[resource].get(who) ?? 0), 0) <= most + 1e-6,
      ),
    );
  const all = options.reduce<readonly (readonly Option[])[]>(
    (combinations, own) =>
      combinations.flatMap((chosen) =>
        own.filter(({ excluded }) => excluded === null).map((option) => [...chosen, option]),
      ),
    [[]],
  );
  return all.filter(fits).reduce((least, chosen) => {
    const schemes = new Set(chosen.map(({ scheme }) => scheme));
    const facilities = [...schemes].reduce((sum, scheme) => sum + (fixed[scheme] ?? 0), 0);
    return Math.min(least, facilities + chosen.reduce((sum, { cost }) => sum + cost, 0));
  }, Number.POSITIVE_INFINITY);
}
