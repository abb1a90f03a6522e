import type { Deployment, Flow, Suite } from "@eunomia/deploy-policy";
import { type Expr, parse } from "@eunomia/quorum-algebra";
import {
  channel,
  entails,
  everybody,
  expressionNames,
  faulty,
  keysOf,
  meets,
  place,
  quorum,
  stages,
  subsets,
  suitesFor,
  who,
} from "./naive-names.ts";

/**
 * The obligations as they are written, clause by clause, with every set and every pair gone through: what the real
 * check is held against. Answers pairs of a flow and a code, without warnings.
 */
export function naiveCheck(flows: readonly Flow[], deployment: Deployment): ReadonlySet<string> {
  const found = new Set<string>();
  for (const flow of flows) for (const code of codesOf(deployment, flow)) found.add(`${flow.type} ${code}`);
  return found;
}

const priority = "E103 E104 E106 A206 N305 N303 N304 N310 N307 N306 N301 A204 A203 A202 N302 A201".split(" ");
const first = (codes: readonly string[]): string => priority.find((code) => codes.includes(code))!;

interface Said {
  readonly type: string;
  readonly i: string;
  readonly says: Expr;
  readonly vs: readonly string[];
  readonly as: readonly string[];
  readonly named: boolean;
}

function codesOf(d: Deployment, flow: Flow): readonly string[] {
  const joint = flow.issuer.startsWith("joint:") ? quorum(d, flow.issuer.slice(6)) : null;
  const issuers = joint === null ? place(d, flow.issuer) : [...new Set(expressionNames(joint))];
  const [vs, as] = [place(d, flow.verifier), place(d, flow.auditor)];
  return issuers.flatMap((i) => {
    const named = joint !== null && (flow.accountable ?? as.length > 0);
    const said: Said = { type: flow.type, i, says: joint ?? parse(i), vs, as, named };
    const table = tableOf(d, said);
    return [
      ...vs
        .filter((v) => v !== i)
        .flatMap((v) => [convinced(d, said, v, table) ?? [], arrives(d, said, v)].flat()),
      ...as
        .filter((u) => u !== i)
        .flatMap((u) => [...auditable(d, said, u, table), ...(reaches(d, said, u) ? [] : ["N308"])]),
    ];
  });
}

/** One code for what several alternatives fail with. Null: every alternative has a member without trouble. */
function judged(
  alternatives: readonly Suite[],
  trouble: (use: Suite[number]) => readonly string[],
): string | null {
  const outcomes = alternatives.map((suite) => {
    const all = suite.map(trouble);
    return all.some((codes) => codes.length === 0) ? null : (first(all.flat()) ?? "A201");
  });
  const failures = outcomes.filter((outcome) => outcome !== null);
  if (failures.length === 0) return null;
  return failures.length < outcomes.length ? "A205" : failures[0]!;
}

const lasting = ["Ed25519", "BLS", "FROST-ED25519", "MAC-MATRIX", "TrustedThirdParty"];

/** Pairs of an issuer and whoever is convinced of what it says itself: what notaries build on. */
type Table = ReadonlySet<string>;

/** Begins with nothing, and takes in what follows until nothing does. */
function tableOf(d: Deployment, said: Said): Table {
  let table: Table = new Set();
  const suites = [...d.authentication, ...d.nonRepudiation].flatMap(({ alternatives }) =>
    alternatives.flat(),
  );
  const notaries = suites.filter(({ name }) => name === "TrustedThirdParty").flatMap(({ of }) => who(d, of!));
  if (notaries.length === 0) return table;
  for (;;) {
    const next = new Set<string>();
    for (const i of new Set([said.i, ...notaries]))
      for (const v of everybody(d))
        if (convinced(d, alone(said, i), v, table) === null) next.add(`${i} ${v}`);
    if (next.size === table.size) return table;
    table = next;
  }
}

/** Obligation 1; null: convinced. */
function convinced(d: Deployment, said: Said, v: string, table: Table): string | null {
  const trouble = (use: Suite[number]): readonly string[] => towards(d, said, use, v, table);
  const suites = suitesFor(d, "authentication", said.i, v, said.type);
  const own = suites === undefined ? "A201" : suites === "tie" ? "E105" : judged(suites, trouble);
  if (own === null) return null;
  const evidence = [v, ...said.as.filter((u) => u !== said.i)].map((t) => {
    const attached = suitesFor(d, "nonRepudiation", said.i, t, said.type);
    if (attached === undefined) return "A201";
    if (attached === "tie") return "E105";
    return judged(
      attached.map((suite) => suite.filter(({ name }) => lasting.includes(name))),
      trouble,
    );
  });
  if (own !== "E105" && evidence.includes(null)) return null;
  if (own !== "A201" || suites !== undefined) return own;
  return evidence.find((code) => code !== "A201") ?? "A201";
}

function keys(d: Deployment, people: readonly string[], key: string): readonly string[] {
  return people.every((person) => keysOf(d, person).includes(key)) ? [] : ["E104"];
}

function groupMac(d: Deployment, said: Said, group: readonly string[], checks: string): readonly string[] {
  const holders = [said.i, checks].every((person) => group.includes(person))
    ? keys(d, [said.i, checks], "mac")
    : ["E104"];
  const makers: Expr = { t: "thr", k: 1, of: group.filter((one) => one !== checks).map((one) => parse(one)) };
  return [...holders, ...(entails(d, makers, said.says) ? [] : ["A204"])];
}

function signed(d: Deployment, said: Said, { name, of }: Suite[number]): readonly string[] {
  if (name === "Ed25519") return keys(d, [said.i], "ed25519");
  if (name === "BLS") {
    if (keysOf(d, said.i).includes("bls-pop")) return [];
    return keysOf(d, said.i).includes("bls") ? ["A206"] : ["E104"];
  }
  const needs = quorum(d, of!);
  return [
    ...keys(d, expressionNames(needs), "ed25519"),
    ...(entails(d, needs, said.says) ? [] : ["N307"]),
    ...(said.named ? ["N306"] : []),
  ];
}

function matrix(d: Deployment, said: Said, servers: readonly string[]): readonly string[] {
  return [
    ...keys(d, [said.i, ...servers], "mac"),
    ...(servers.length >= 3 * faulty(d, servers) + 1 ? [] : ["N310"]),
  ];
}

const alone = (said: Said, i: string): Said => ({ ...said, i, says: parse(i), named: false });

function towards(d: Deployment, said: Said, use: Suite[number], v: string, table: Table): readonly string[] {
  const { i, type } = said;
  switch (use.name) {
    case "PlainTxt":
    case "TLS13": {
      const way = stages(d, i, v, type);
      const relays = (way === "tie" ? [] : way).flatMap((stage) =>
        stage.policy === "OPTIMISTIC"
          ? expressionNames(quorum(d, stage.relays))
          : stage.policy === "GOSSIP"
            ? said.vs
            : [],
      );
      if (relays.some((relay) => relay !== i && relay !== v)) return ["A203"];
      return use.name === "TLS13" || channel(d, i, v, type) === "local" ? [] : ["A202"];
    }
    case "HMAC-SHA256":
      return keys(d, [i, v], "mac");
    case "HMAC-SHA1":
      return [
        ...keys(d, [i, v], "mac"),
        ...(d.options.some(({ is }) => is === "allow-legacy") ? [] : ["E106"]),
      ];
    case "HMAC-GROUP":
      return groupMac(d, said, who(d, use.of!), v);
    case "MAC-MATRIX":
      return [...(who(d, use.of!).includes(v) ? [] : ["E104"]), ...matrix(d, said, who(d, use.of!))];
    case "TrustedThirdParty": {
      const z = who(d, use.of!)[0]!;
      if (z === i) return ["N305"];
      return [
        ...(knows(d, said, z, table) ? [] : ["N303"]),
        ...(z === v || table.has(`${z} ${v}`) ? [] : ["N304"]),
      ];
    }
    default:
      return signed(d, said, use);
  }
}

const knows = (d: Deployment, said: Said, z: string, table: Table): boolean =>
  channel(d, said.i, z, said.type) !== "none" && table.has(`${said.i} ${z}`);

/** Obligation 2; empty: convinced without the issuer. */
function auditable(d: Deployment, said: Said, u: string, table: Table): readonly string[] {
  const { i, type } = said;
  const shown = (use: Suite[number]): readonly string[] => show(d, said, use, u, table);
  const clause = suitesFor(d, "nonRepudiation", i, u, type);
  if (clause === "tie") return ["E105"];
  if (clause !== undefined) return [judged(clause, shown) ?? []].flat();
  return said.vs
    .filter((v) => v !== i)
    .flatMap((v) => {
      const suites = suitesFor(d, "authentication", i, v, type);
      if (suites === undefined) return ["N302"];
      return suites === "tie" ? ["E105"] : [judged(suites, shown) ?? []].flat();
    });
}

function show(d: Deployment, said: Said, use: Suite[number], u: string, table: Table): readonly string[] {
  const { i, type } = said;
  const receivers = said.vs.filter((v) => v !== i);
  const exactly = receivers.length === 1 && receivers[0] === u;
  switch (use.name) {
    case "PlainTxt":
    case "TLS13":
      return ["N302"];
    case "HMAC-SHA256":
    case "HMAC-SHA1":
      return exactly
        ? towards(d, said, use, u, table)
        : [
            "N301",
            ...keys(d, [i], "mac"),
            ...towards(d, said, use, i, table).filter((code) => code === "E106"),
          ];
    case "HMAC-GROUP":
      return exactly ? groupMac(d, said, who(d, use.of!), u) : ["N301"];
    case "MAC-MATRIX":
      return [...(who(d, use.of!).includes(u) ? [] : ["N301"]), ...matrix(d, said, who(d, use.of!))];
    case "TrustedThirdParty": {
      const z = who(d, use.of!)[0]!;
      if (z === i) return ["N305"];
      const word =
        suitesFor(d, "nonRepudiation", z, u, type) ?? suitesFor(d, "authentication", z, u, type) ?? "tie";
      const signs =
        word !== "tie" &&
        word.every((suite) =>
          suite.some(
            (one) => ["Ed25519", "BLS"].includes(one.name) && signed(d, alone(said, z), one).length === 0,
          ),
        );
      const checkable = receivers.every((v) => v === z || table.has(`${z} ${v}`));
      return [
        ...(knows(d, said, z, table) ? [] : ["N303"]),
        ...((u === z || signs) && checkable ? [] : ["N304"]),
      ];
    }
    default:
      return signed(d, said, use);
  }
}

/** Obligation 3. */
function arrives(d: Deployment, { type, i, vs }: Said, v: string): readonly string[] {
  const way = stages(d, i, v, type);
  if (way === "tie") return ["E105"];
  const open = (from: string, to: string): boolean => from === to || channel(d, from, to, type) !== "none";
  const cut = way.some((stage) => {
    if (stage.policy === "DIRECT") return !open(i, v);
    if (stage.policy === "PULL") return !open(i, v) || !open(v, i);
    if (stage.policy === "GOSSIP") {
      let reached = [i];
      for (const _ of vs)
        reached = [
          ...reached,
          ...vs.filter((to) => reached.some((from) => channel(d, from, to, type) !== "none")),
        ];
      return !reached.includes(v);
    }
    if (stage.policy !== "OPTIMISTIC") throw new Error("no such stage");
    return expressionNames(quorum(d, stage.relays)).some((relay) => !open(i, relay) || !open(relay, v));
  });
  const codes = cut ? ["D401"] : [];
  const last = way.at(-1)!;
  if (!last.final || last.policy !== "OPTIMISTIC") return codes;
  const expr = quorum(d, last.relays);
  const dead = subsets(everybody(d))
    .filter(
      (set) =>
        meets(set, expr) &&
        set.every(
          (one) =>
            !meets(
              set.filter((other) => other !== one),
              expr,
            ),
        ),
    )
    .some((set) => !set.includes(i) && !set.includes(v) && faulty(d, set) >= set.length);
  if (!dead) return codes;
  return [...codes, expr.t === "node" ? "D402" : "D403"];
}

const reaches = (d: Deployment, { i, vs, type }: Said, u: string): boolean =>
  [i, ...vs].some((holder) => holder === u || channel(d, holder, u, type) !== "none");
