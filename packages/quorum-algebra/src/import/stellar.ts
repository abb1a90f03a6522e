import type { NodeId } from "@eunomia/engine";
import { QuorumError } from "../errors.ts";
import { type Expr, exprOf, node, type Quorums, thresholdOf } from "../expressions/expr.ts";
import { support } from "../expressions/transform.ts";
import type { FederatedNode } from "../federated/system.ts";
import { ImportError, type ImportNotice } from "./errors.ts";
import { Json } from "./json.ts";

/** A node as Stellar's crawlers tell of it. */
export interface StellarNode extends FederatedNode {
  readonly name?: string;
  readonly homeDomain?: string;
  readonly organization?: string;
  readonly isp?: string;
  readonly country?: string;
  /** False: the crawler did not reach it. */
  readonly active?: boolean;
  readonly validating?: boolean;
}

/** The nodes of a file in their order, and what a person should know of how they were read. */
export interface StellarNetwork {
  readonly nodes: readonly StellarNode[];
  readonly notices: readonly ImportNotice[];
}

/** What to do about things that are named twice. */
export interface StellarOptions {
  /** A node listed twice: refuse the file (by default), or take the first or the last entry, with a notice. */
  readonly duplicateNodes?: "refuse" | "first" | "last";
  /** A member named twice in one quorum set: refuse the file (by default), or count every entry, with a notice. */
  readonly duplicateMembers?: "refuse" | "count";
}

/** Stellar's own form of a condition: at least `threshold` of the validators and inner sets. */
export interface StellarQuorumSet {
  readonly threshold: number;
  readonly validators: readonly NodeId[];
  readonly innerQuorumSets: readonly StellarQuorumSet[];
}

/** Deeper sets are refused. Stellar itself follows four levels. */
const depthMax = 64;

/**
 * Reads the node list of stellarbeat, radar or a crawler of the same form: an array of `{publicKey, quorumSet}` (or an object with it
 * under `nodes`), sets as `{threshold, validators, innerQuorumSets}`. A threshold of 0 is always met, one above the number of members
 * never; both get a notice, as do nodes without a set and members that are not listed: what these do is decided by `unknown` of
 * `federatedSystem`. Fields of other names are passed over.
 *
 * @example
 * const { nodes, notices } = stellarNetwork(readFileSync("nodes.json", "utf8"));
 * intersection(federatedSystem(nodes));
 * @throws ImportError with the path of what is wrong: `syntax`, `shape`, `threshold`, `duplicate`, `size`.
 */
export function stellarNetwork(text: string, options: StellarOptions = {}): StellarNetwork {
  const root = Json.parse(text);
  return new Reader(options).read(root.isArray ? root : root.at("nodes"));
}

/**
 * A condition in Stellar's form, nodes before inner sets.
 *
 * @throws QuorumError `shape` for weights, which Stellar does not have.
 */
export function stellarQuorumSet(quorums: Quorums): StellarQuorumSet {
  const expr = exprOf(quorums);
  if (expr.t === "wthr")
    throw new QuorumError("shape", "quorum set", "no weights, which Stellar does not have", expr);
  if (expr.t === "const") return { threshold: expr.v ? 0 : 1, validators: [], innerQuorumSets: [] };
  if (expr.t === "node") return { threshold: 1, validators: [expr.id], innerQuorumSets: [] };
  return {
    threshold: expr.k,
    validators: expr.of.flatMap((child) => (child.t === "node" ? [child.id] : [])),
    innerQuorumSets: expr.of.flatMap((child) => (child.t === "node" ? [] : [stellarQuorumSet(child)])),
  };
}

/** A quorum set that was read, and what there is to say about it, whoever has it. */
interface Read {
  readonly expr: Expr;
  readonly remarks: readonly string[];
}

class Reader {
  readonly #options: StellarOptions;
  /** Equal sets become one expression: most nodes of a network copy theirs. */
  readonly #sets = new Map<string, Read>();
  /** By what there is to say: where first, and of how many nodes. */
  readonly #remarks = new Map<string, { readonly path: string; count: number }>();

  constructor(options: StellarOptions) {
    this.#options = options;
  }

  read(list: Json): StellarNetwork {
    const nodes = new Map<NodeId, StellarNode>();
    const namedAt = new Map<NodeId, string>();
    const supports = new Map<Expr, readonly NodeId[]>();
    for (const item of list.items()) {
      const id = idOf(item.at("publicKey"));
      const read = this.#node(item, id);
      if (!nodes.has(id) || this.#again(item.at("publicKey")) === "last") nodes.set(id, read);
      if (read.quorums === null) continue;
      const expr = exprOf(read.quorums);
      if (!supports.has(expr)) supports.set(expr, support(expr));
      for (const member of supports.get(expr)!)
        if (!namedAt.has(member)) namedAt.set(member, item.at("quorumSet").path);
    }
    for (const [id, path] of namedAt)
      if (!nodes.has(id)) this.#remark(path, `names ${id}, which is not listed: a member nobody knows`);
    const notices = [...this.#remarks].map(([text, { path, count }]) => ({
      place: { path },
      text: count > 1 ? `${text} (so for ${count} nodes)` : text,
    }));
    return { nodes: [...nodes.values()], notices };
  }

  #node(item: Json, id: NodeId): StellarNode {
    const set = item.at("quorumSet");
    let quorums: Expr | null = null;
    if (set.isMissing) this.#remark(set.path, "no quorum set: a node nobody knows");
    else {
      const { expr, remarks } = this.#set(set);
      quorums = expr;
      for (const remark of remarks) this.#remark(set.path, remark);
    }
    const organization = item.at("organization").optionalText() ?? item.at("organizationId").optionalText();
    const texts = {
      name: item.at("name").optionalText(),
      homeDomain: item.at("homeDomain").optionalText(),
      organization,
      isp: item.at("isp").optionalText(),
      country: item.at("country").optionalText(),
    };
    const flags = { active: item.at("active").value, validating: item.at("isValidating").value };
    const given = [...Object.entries(texts), ...Object.entries(flags)].filter(
      ([, value]) => typeof value === "string" || typeof value === "boolean",
    );
    return { id, quorums, ...Object.fromEntries(given) };
  }

  #set(set: Json): Read {
    const key = JSON.stringify(set.value);
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const remarks: string[] = [];
    const seen = new Set<NodeId>();
    const made = { expr: this.#expr(set, 1, seen, remarks), remarks };
    this.#sets.set(key, made);
    return made;
  }

  #expr(set: Json, depth: number, seen: Set<NodeId>, remarks: string[]): Expr {
    if (depth > depthMax) throw set.refuse("size", `at most ${depthMax} levels of inner sets`);
    const at = set.at("threshold");
    if (!Number.isSafeInteger(at.value) || (at.value as number) < 0)
      throw at.refuse("threshold", "a whole number of at least 0");
    const threshold = at.value as number;
    const validators = itemsOf(set.at("validators")).map((item) => {
      const id = idOf(item);
      if (seen.has(id)) {
        if (this.#options.duplicateMembers !== "count")
          throw item.refuse("duplicate", 'each member once (or the option duplicateMembers: "count")');
        remarks.push(`names ${id} twice: each entry counts`);
      }
      seen.add(id);
      return node(id);
    });
    const inner = itemsOf(set.at("innerQuorumSets")).map((item) =>
      this.#expr(item, depth + 1, seen, remarks),
    );
    const count = validators.length + inner.length;
    if (threshold === 0) remarks.push("has a threshold of 0, which is always met");
    else if (threshold > count)
      remarks.push(`has a threshold of ${threshold} of ${count} members, which is never met`);
    return thresholdOf(threshold, [...validators, ...inner]);
  }

  /** Which entry of a node that is listed again counts. */
  #again(key: Json): "first" | "last" {
    const { duplicateNodes = "refuse" } = this.#options;
    if (duplicateNodes === "refuse")
      throw key.refuse("duplicate", 'each node once (or the option duplicateNodes: "first" or "last")');
    this.#remark(key.path, `${String(key.value)} is listed again: its ${duplicateNodes} entry is taken`);
    return duplicateNodes;
  }

  #remark(path: string, text: string): void {
    const known = this.#remarks.get(text);
    if (known === undefined) this.#remarks.set(text, { path, count: 1 });
    else known.count++;
  }
}

/** A list that may be left out. */
function itemsOf(list: Json): readonly Json[] {
  return list.isMissing ? [] : list.items();
}

/** An id that has a UTF-8 form. */
function idOf(json: Json): NodeId {
  const id = json.text();
  if (/\p{Surrogate}/u.test(id))
    throw new ImportError("shape", { path: json.path }, "well-formed Unicode", id);
  return id;
}
