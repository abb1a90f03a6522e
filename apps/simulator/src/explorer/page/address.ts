import type { Origin, Tree, Turn } from "../story/types.ts";

/** What a link says: which model at the end of which path, or which run. */
export type Address = Moment &
  (
    | { readonly kind: "model"; readonly params: Tree; readonly path: readonly Turn[] }
    | { readonly kind: "run"; readonly profile: string; readonly seed: string }
  );

interface Moment {
  readonly name: string;
  /** The first digits of the hash of the engines. */
  readonly engines: string;
  /** The moment that was looked at; null: the last. */
  readonly at: number | null;
}

/** The part of a link behind `#`. A turn is its choice in base 36 and its mark. */
export function addressOf({ kind, name, params, engines, seed, path }: Origin, at: number): string {
  const out = new URLSearchParams();
  out.set(kind, name);
  if (kind === "model") out.set("params", JSON.stringify(params));
  else {
    out.set("profile", String((params as { profile?: Tree } | null)?.profile ?? ""));
    out.set("seed", seed ?? "");
  }
  out.set("engines", engines.slice(0, 12));
  if (path.length > 0)
    out.set("path", path.map(({ choice, mark }) => `${choice.toString(36)}.${mark}`).join("~"));
  out.set("at", String(at));
  return out.toString();
}

/** What a link says; null if it names nothing that could be opened. */
export function addressFrom(hash: string): Address | null {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  const engines = query.get("engines") ?? "";
  const moment = query.get("at") ?? "";
  const at = /^\d{1,7}$/.test(moment) ? Number(moment) : null;
  const run = query.get("run");
  if (run !== null) {
    const [profile, seed] = [query.get("profile") ?? "", query.get("seed") ?? ""];
    return { kind: "run", name: run, profile, seed, engines, at };
  }
  const name = query.get("model");
  if (name === null) return null;
  try {
    const params = JSON.parse(query.get("params") ?? "null") as Tree;
    const words = query.get("path")?.split("~") ?? [];
    const path = words.map((word) => {
      const [choice = "", mark = ""] = word.split(".");
      return { choice: Number.parseInt(choice, 36), mark };
    });
    if (path.some(({ choice }) => !Number.isSafeInteger(choice))) return null;
    return { kind: "model", name, params, engines, path, at };
  } catch {
    return null;
  }
}
