import type { Tree } from "./tree.ts";

export type Dependencies = Readonly<Record<string, string>>;

/** What the rules read of a `package.json`. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly packageManager?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>> | string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
}

/** One member of the workspace. */
export interface Member {
  /** E.g. `packages/codec`. */
  readonly folder: string;
  readonly room: "packages" | "apps" | "tooling";
  readonly manifest: Manifest;
  /** As in its `turbo.json`; the first one is its layer. */
  readonly tags: readonly string[];
}

export const scope = "@eunomia";

/** Text of a JSON file, or an empty object if it is absent or damaged: the rule that needs it finds what is missing. */
export function json<T extends object>(tree: Tree, path: string): Partial<T> {
  try {
    return JSON.parse(tree.get(path) ?? "{}") as Partial<T>;
  } catch {
    return {};
  }
}

/** All members of the workspace, by folder. */
export function members(tree: Tree): readonly Member[] {
  const found: Member[] = [];
  for (const path of tree.keys()) {
    const match = /^(packages|apps|tooling)\/[^/]+(?=\/package\.json$)/.exec(path);
    if (match === null) continue;
    const folder = match[0];
    const { tags = [] } = json<{ tags: string[] }>(tree, `${folder}/turbo.json`);
    found.push({ folder, room: match[1] as Member["room"], manifest: json<Manifest>(tree, path), tags });
  }
  return found.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Paths of the TypeScript sources below `folder`. */
export function sources(tree: Tree, folder: string): readonly string[] {
  return [...tree.keys()].filter((path) => path.startsWith(`${folder}/`) && /\.tsx?$/.test(path));
}

export interface Layer {
  /** Tags that the sources may import. Null: everything. */
  readonly imports: readonly string[] | null;
  /** Tags that tests and benchmarks may use besides these and besides `proof` and `tooling`. */
  readonly tests: readonly string[];
  /** Runs anywhere: no clock, chance, I/O or platform. */
  readonly pure: boolean;
}

/** The layers of the house. `turbo.json` holds the same table, as far as turbo can tell sources from tests. */
export const layers: Readonly<Record<string, Layer>> = {
  base: { imports: ["base"], tests: [], pure: true },
  logic: { imports: ["base", "logic"], tests: [], pure: true },
  protocol: { imports: ["base", "logic"], tests: [], pure: true },
  auth: { imports: ["base"], tests: [], pure: false },
  edge: { imports: ["base", "auth"], tests: ["edge"], pure: false },
  client: { imports: ["base", "logic", "auth", "messages"], tests: [], pure: false },
  proof: { imports: ["base", "logic", "proof"], tests: [], pure: false },
  app: { imports: null, tests: [], pure: false },
  tooling: { imports: ["tooling"], tests: [], pure: false },
};

/** The layer of a member, if its first tag names one. */
export function layerOf(member: Member): Layer | undefined {
  return layers[member.tags[0] ?? ""];
}

export const isPure = (member: Member): boolean => layerOf(member)?.pure === true;

/** Dependencies that users of the package get too. */
export function shipped(manifest: Manifest): Dependencies {
  return { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
}
