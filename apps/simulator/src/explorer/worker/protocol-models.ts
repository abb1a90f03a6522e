import { mutantOf, mutants } from "../../mutants/all.ts";
import { substitutionOf, unchanged } from "../../mutants/mutant.ts";
import { graphNames } from "../../protocols/hetero-paxos/graphs.ts";
import { modelOfScope, type Scope, scopes } from "../../protocols/models.ts";
import type { Tree } from "../story/types.ts";
import type { ShelfModel } from "./shelf.ts";

type Fields = { readonly [name: string]: Tree };

/** What a scope may say beside what it says: every parameter with the value that it has when it is left out; null: its own. */
const defaults: Readonly<Record<Scope["protocol"], Fields>> = {
  paxos: {
    acceptors: 3,
    ballots: [1, 1],
    learners: 0,
    slots: 1,
    q1: null,
    q2: null,
    crashes: 0,
    recover: true,
    splitFlush: false,
    loss: 0,
    duplicates: 0,
    retries: 0,
    order: "bag",
    trims: false,
  },
  "two-thirds": {
    members: 4,
    rounds: 2,
    inputs: "all",
    learners: 0,
    decide: null,
    update: null,
    crashes: 0,
    recover: true,
    splitFlush: false,
    duplicates: 0,
    order: "bag",
    relay: "lazy",
    contested: false,
  },
  "two-thirds-byzantine": {
    members: 6,
    away: 1,
    rounds: 2,
    inputs: "all",
    leader: "honest",
    early: false,
  },
  "hetero-paxos": {
    graph: "two",
    ballots: ["A", "B"],
    unlock: "never",
    liar: null,
    watcher: false,
    ends: false,
  },
  aneris: {
    replicas: 2,
    commands: [[1], [1]],
    controls: [],
    alpha: 1,
    mode: "cut",
    controlGap: 1,
    fifo: false,
    aware: false,
    consensus: "abstract",
    crashes: 0,
    splitFlush: false,
  },
};

const options: Readonly<Record<string, readonly string[]>> = {
  order: ["bag", "fifo", "soup"],
  relay: ["lazy", "eager"],
  leader: ["honest", "liar"],
  mode: ["cut", "window"],
  consensus: ["abstract", "real"],
  graph: graphNames.filter((name) => name !== "random"),
  unlock: ["never", "refute"],
};

/** The name for an engine as it is, among those of mutants. */
const noMutant = "none";

function shelved(name: string, scope: Scope): ShelfModel {
  const { protocol, shows, params } = scope;
  const names = mutants.filter((each) => each.protocol === protocol).map((each) => each.name);
  return {
    name,
    protocol,
    shows: `${shows.charAt(0).toUpperCase()}${shows.slice(1)}.`,
    params: { ...defaults[protocol], ...(params as unknown as Fields), mutant: noMutant },
    options: { ...options, mutant: [noMutant, ...names] },
    make: (changed) => {
      const { mutant, ...rest } = changed as Fields;
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
      const substitution =
        mutant === undefined || mutant === noMutant ? unchanged : substitutionOf(mutantOf(String(mutant)));
      return modelOfScope(name, { ...scope, params: given } as unknown as Scope, substitution);
    },
  };
}

/** The scopes of the registry, each with every parameter open and with every mutant. */
export const protocolModels: readonly ShelfModel[] = Object.entries(scopes).map(([name, scope]) =>
  shelved(name, scope),
);

/** Parameters of the page for a scope as a replay file tells it. */
export function paramsOf(name: string, params: unknown, mutant: string | null): Tree {
  const protocol = scopes[name]?.protocol;
  const all = protocol === undefined ? {} : defaults[protocol];
  return {
    ...all,
    ...(params as Fields | null),
    ...(protocol === undefined ? {} : { mutant: mutant ?? noMutant }),
  };
}
