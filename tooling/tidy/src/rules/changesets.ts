import type { Rule, Tree } from "../tree.ts";
import { members } from "../workspace.ts";

/** A changeset names packages that are published, and tells their users what changes for them. */
export const changesetsRule: Rule = {
  name: "changesets",
  *check(tree: Tree) {
    const published = new Set(
      members(tree).flatMap(({ room, manifest }) => (room === "packages" ? [manifest.name] : [])),
    );
    for (const [path, text] of tree) {
      if (!/^\.changeset\/[^/]+\.md$/.test(path) || path.endsWith("/README.md")) continue;
      const parts = /^---\n([\s\S]*?)^---\n([\s\S]*)$/m.exec(text);
      const [, front = "", body = ""] = parts ?? [];
      if (front.trim() === "")
        yield { path, message: 'expected `"@eunomia/name": minor` between two lines of ---' };
      for (const line of front.split("\n").filter((item) => item.trim() !== "")) {
        const [, name, bump] = /^"([^"]+)": (\w+)$/.exec(line) ?? [];
        if (!["patch", "minor", "major"].includes(bump ?? ""))
          yield { path, message: `expected "name": patch, minor or major; got ${line}` };
        else if (!published.has(name)) yield { path, message: `there is no published package ${name}` };
      }
      if (body.trim().length < 20) yield { path, message: "expected a sentence for the user" };
    }
  },
};
