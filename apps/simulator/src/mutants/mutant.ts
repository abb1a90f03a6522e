import type { ReplicaOracles } from "@eunomia/aneris-switch";
import type { AnyEngine } from "@eunomia/engine";

/** A transformation of one engine. */
export type Change = (engine: AnyEngine) => AnyEngine;

/** Protocols whose engines have mutants. */
export type MutantProtocol = "paxos" | "two-thirds" | "two-thirds-byzantine" | "hetero-paxos" | "aneris";

/**
 * What a mutant takes away: one of the promised properties, `rule` for a rule that nobody's safety needs but everybody was
 * told of, `nothing` for an equivalent mutant.
 */
export type Breaks =
  | "agreement"
  | "validity"
  | "integrity"
  | "durability"
  | "termination"
  | "bounded state"
  | "rule"
  | "nothing";

/** One rule of one engine, broken; as data, so that every tool can be tried on it. */
export interface Mutant {
  /** `protocol/role/what`, unique; the name on the command line. */
  readonly name: string;
  readonly protocol: MutantProtocol;
  /** Name of the engine that is changed. Every instance of it in a cluster is. */
  readonly engine: string;
  /** Names of engines that are changed with it, since they all judge alike. [none] */
  readonly also?: readonly string[];
  /** The kind of mistake, e.g. `wrong threshold`. */
  readonly class: string;
  /** The action (or, for the replica, the function) of SPEC.md that states the rule. */
  readonly rule: string;
  readonly breaks: Breaks;
  /** Why an equivalent mutant is one. */
  readonly why?: string;
  readonly change: Change;
  /** Where the rule lies in what the replica is given to check signatures and registry with. */
  readonly oracles?: (oracles: ReplicaOracles) => ReplicaOracles;
}

type Told = Pick<Mutant, "class" | "rule" | "breaks" | "why" | "also"> &
  Partial<Pick<Mutant, "change" | "oracles">>;

/**
 * A maker of mutants of one engine.
 *
 * @example
 * const acceptor = mutantsOf("paxos", "acceptor", "paxos acceptor");
 * acceptor("forgets", { class: "forgotten persist", rule: "2b accept (4.4)", breaks: "agreement", change });
 */
export function mutantsOf(protocol: MutantProtocol, role: string, engine: string) {
  return (what: string, { change = (same) => same, ...told }: Told): Mutant => ({
    name: `${protocol}/${role}/${what}`,
    protocol,
    engine,
    change,
    ...told,
  });
}

/** What a model or a system puts in the place of its parts. */
export interface Substitution {
  readonly engine: Change;
  readonly oracles: (oracles: ReplicaOracles) => ReplicaOracles;
}

/** Everything as it is. */
export const unchanged: Substitution = { engine: (engine) => engine, oracles: (oracles) => oracles };

/** The mutant in the place of every engine of its name. */
export function substitutionOf(mutant: Mutant): Substitution {
  return {
    engine: (engine) =>
      engine.name === mutant.engine || mutant.also?.includes(engine.name) ? mutant.change(engine) : engine,
    oracles: mutant.oracles ?? unchanged.oracles,
  };
}
