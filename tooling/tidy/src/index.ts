/** Rules of this repository as functions over its files. */
export { findings, rules } from "./rules.ts";
export { type Finding, type Rule, readTree, type Tree } from "./tree.ts";
export { type Layer, layers, scope } from "./workspace.ts";
