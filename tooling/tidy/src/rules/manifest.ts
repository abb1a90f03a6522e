import type { Finding, Rule, Tree } from "../tree.ts";
import { json, type Member, members, scope } from "../workspace.ts";

type Entry = Readonly<Record<string, string>>;

function* entries(tree: Tree, { folder, manifest }: Member): Generator<Finding> {
  const path = `${folder}/package.json`;
  const exported = typeof manifest.exports === "object" ? manifest.exports : {};
  if (exported["./package.json"] !== "./package.json")
    yield { path, message: 'exports expected "./package.json"' };
  for (const [subpath, value] of Object.entries(exported)) {
    if (subpath === "./package.json") continue;
    const entry = (typeof value === "object" ? value : {}) as Entry;
    const source = entry[`${scope}/source`] ?? "";
    const built = source.replace("./src/", "./dist/").replace(/\.ts$/, "");
    if (Object.keys(entry).join() !== `${scope}/source,types,default`)
      yield { path, message: `exports "${subpath}" expected ${scope}/source, types, default in this order` };
    else if (entry.types !== `${built}.d.ts` || entry.default !== `${built}.js`)
      yield { path, message: `exports "${subpath}" expected the files that are built from ${source}` };
    if (!tree.has(`${folder}/${source.slice(2)}`))
      yield { path, message: `exports "${subpath}": there is no ${source}` };
  }
}

const fields: readonly (readonly [string, (member: Member) => boolean])[] = [
  [
    "name: the scope and the name of the folder",
    ({ manifest, folder }) => manifest.name === `${scope}/${folder.split("/")[1]}`,
  ],
  ["version: three numbers", ({ manifest }) => /^\d+\.\d+\.\d+(-\w+\.\d+)?$/.test(manifest.version ?? "")],
  ["license: Apache-2.0", ({ manifest }) => manifest.license === "Apache-2.0"],
  ["type: module", ({ manifest }) => manifest.type === "module"],
];

const published: typeof fields = [
  ["no private", ({ manifest }) => manifest.private === undefined],
  ["description: one line", ({ manifest }) => (manifest.description ?? "").length > 10],
  ["sideEffects: false", ({ manifest }) => manifest.sideEffects === false],
  ["engines.node: >=20.19", ({ manifest }) => manifest.engines?.node === ">=20.19"],
  [
    "files: dist and src, so that source maps lead somewhere",
    ({ manifest }) => ["dist", "src"].every((name) => manifest.files?.includes(name)),
  ],
  [
    "scripts build, test and typecheck",
    ({ manifest }) => ["build", "test", "typecheck"].every((name) => manifest.scripts?.[name]),
  ],
];

/** The shape of every `package.json`; pnpm adds the root's licence when it packs. Versions move one by one. */
export const manifestRule: Rule = {
  name: "manifest",
  *check(tree: Tree) {
    for (const member of members(tree)) {
      const path = `${member.folder}/package.json`;
      const wanted = member.room === "packages" ? [...fields, ...published] : fields;
      for (const [message, fits] of wanted) if (!fits(member)) yield { path, message: `expected ${message}` };
      if (member.room !== "packages") {
        if (member.manifest.private !== true) yield { path, message: "expected private: true" };
        continue;
      }
      yield* entries(tree, member);
      if (
        ![...tree.keys()].some(
          (file) => file.startsWith(`${member.folder}/test/`) && file.endsWith(".test.ts"),
        )
      )
        yield { path: member.folder, message: "has no test" };
    }
    const { fixed = [], linked = [] } = json<{ fixed: string[]; linked: string[] }>(
      tree,
      ".changeset/config.json",
    );
    if (fixed.length + linked.length > 0)
      yield {
        path: ".changeset/config.json",
        message: "versions are independent: expected no fixed and no linked groups",
      };
    if (!tree.get("LICENSE")?.includes("Apache License"))
      yield { path: "LICENSE", message: "expected the Apache License, which goes into every package" };
  },
};
