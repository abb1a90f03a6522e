import type { Model } from "@eunomia/checker";
import { mutantOf } from "../mutants/all.ts";
import { type Substitution, substitutionOf, unchanged } from "../mutants/mutant.ts";
import { anerisModel } from "./aneris/model.ts";
import { anerisScopes } from "./aneris/scopes.ts";
import { heteroModel } from "./hetero-paxos/model.ts";
import { heteroScopes } from "./hetero-paxos/scopes.ts";
import { paxosModel } from "./paxos/model.ts";
import { paxosScopes } from "./paxos/scopes.ts";
import type { Scope } from "./scope.ts";
import { twoThirdsModel } from "./two-thirds/model.ts";
import { twoThirdsScopes } from "./two-thirds/scopes.ts";
import { byzantineModel } from "./two-thirds-byzantine/model.ts";
import { byzantineScopes } from "./two-thirds-byzantine/scopes.ts";

export type { ReductionName, Scope, Tier } from "./scope.ts";

/** Every scope by name. */
export const scopes: Readonly<Record<string, Scope>> = {
  ...paxosScopes,
  ...twoThirdsScopes,
  ...byzantineScopes,
  ...heteroScopes,
  ...anerisScopes,
};

/** The model of a scope, with parts of it replaced. */
export function modelOfScope(
  name: string,
  scope: Scope,
  substitution: Partial<Substitution> = unchanged,
): Model {
  const made =
    scope.protocol === "paxos"
      ? paxosModel(scope.params, substitution)
      : scope.protocol === "two-thirds"
        ? twoThirdsModel(scope.params, substitution)
        : scope.protocol === "two-thirds-byzantine"
          ? byzantineModel(scope.params, substitution)
          : scope.protocol === "hetero-paxos"
            ? heteroModel(scope.params, substitution)
            : anerisModel(scope.params, substitution);
  return { ...made, name };
}

/**
 * The model that a name stands for, perhaps with a mutant in it: what workers and replay files ask for.
 * @throws Error with the names there are.
 */
export function openModel({ scope, mutant }: { readonly scope: string; readonly mutant?: string }): Model {
  const found = scopes[scope];
  if (found === undefined)
    throw new Error(`no scope "${scope}"; there are ${Object.keys(scopes).join(", ")}`);
  return modelOfScope(scope, found, mutant === undefined ? unchanged : substitutionOf(mutantOf(mutant)));
}
