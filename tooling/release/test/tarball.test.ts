import { expect, test } from "vitest";
import { tarballProblems } from "../src/tarball.ts";
import { entriesOf, type Manifest } from "../src/workspace.ts";

const good: Manifest = {
  name: "@eunomia/sample",
  version: "1.2.3",
  sideEffects: false,
  files: ["dist", "src"],
  exports: {
    ".": {
      "@eunomia/source": "./src/index.ts",
      types: "./dist/index.d.ts",
      default: "./dist/index.js",
    },
    "./package.json": "./package.json",
  },
  dependencies: { "@eunomia/codec": "^0.1.0" },
};
const files = ["package.json", "README.md", "LICENSE", "src/index.ts", "dist/index.js", "dist/index.d.ts"];

test("a package as it should be has no problem", () => {
  expect(tarballProblems(good, files)).toEqual([]);
  expect(entriesOf(good)).toEqual(["@eunomia/sample"]);
});

test.each([
  ["no licence", good, files.filter((file) => file !== "LICENSE"), "LICENSE is not in the tarball"],
  ["tests inside", good, [...files, "test/a.test.ts"], "test/a.test.ts does not belong in the tarball"],
  [
    "declarations not built",
    good,
    files.filter((file) => file !== "dist/index.d.ts"),
    'exports: "." names ./dist/index.d.ts, which is not in the tarball',
  ],
  ["no exports", { ...good, exports: {} }, files, "no exports: everything could be imported"],
  [
    "an open folder",
    {
      ...good,
      exports: { ...good.exports, "./*": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    },
    files,
    'exports: "./*" opens whole folders',
  ],
  ["no types", { ...good, exports: { ".": "./dist/index.js" } }, files, 'exports: "." has no types'],
  [
    "a range of this workspace",
    { ...good, dependencies: { "@eunomia/codec": "workspace:^" } },
    files,
    'dependencies: "@eunomia/codec" is workspace:^, which nobody else can resolve',
  ],
  [
    "side effects",
    { ...good, sideEffects: true },
    files,
    "sideEffects: expected false, so that bundlers may drop what is not used",
  ],
])("refused: %s", (_name, manifest, packed, problem) => {
  expect(tarballProblems(manifest, packed)).toEqual([problem]);
});
