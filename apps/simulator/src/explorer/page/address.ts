import type { Origin, Tree, Turn } from "../story/types.ts";

/** What a link says: which model at the end of which path, or which run. */
export interface Address extends Moment {
  readonly kind: "model" | "run";
  readonly params: Tree;
  /** Of a model; a run goes its own way. */
  readonly path: readonly Turn[];
}

interface Moment {
  readonly name: string;
  /** The first digits of the hash of the engines. */
  readonly engines: string;
  /** The moment that was looked at; null: the last. */
  readonly at: number | null;
}

/** The part of a link behind `#`. A turn is its choice in base 36 and its mark. Empty: no link tells this story. */
export function addressOf({ kind, name, params, engines, path }: Origin, at: number): string {
  if (kind === "file") return "";
  const out = new URLSearchParams({
    [kind]: name,
    params: JSON.stringify(params),
    engines: engines.slice(0, 12),
  });
  if (path.length > 0)
    out.set("path", path.map(({ choice, mark }) => `${choice.toString(36)}.${mark}`).join("~"));
  out.set("at", String(at));
  return out.toString();
}

/** What a link says; null if it names nothing that could be opened. */
export function addressFrom(hash: string): Address | null {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  const kind = query.has("run") ? "run" : "model";
  const name = query.get(kind);
  if (name === null) return null;
  const moment = query.get("at") ?? "";
  const words = query.get("path")?.split("~") ?? [];
  const path = words.map((word) => {
    const [choice = "", mark = ""] = word.split(".");
    return { choice: Number.parseInt(choice, 36), mark };
  });
  if (path.some(({ choice }) => !Number.isSafeInteger(choice))) return null;
  try {
    return {
      kind,
      name,
      params: JSON.parse(query.get("params") ?? "null") as Tree,
      engines: query.get("engines") ?? "",
      at: /^\d{1,7}$/.test(moment) ? Number(moment) : null,
      path,
    };
  } catch {
    return null;
  }
}
