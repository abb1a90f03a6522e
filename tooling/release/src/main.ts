import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bundle, browserProblems, bundle, hasBrowser, nodeOnly } from "./browser.ts";
import { Consumer, compilers, nodes, resolutions } from "./consumer.ts";
import { publintProblems, typesProblems } from "./manners.ts";
import { pack, type Tarball } from "./pack.ts";
import { tarballProblems } from "./tarball.ts";
import { entriesOf, publicPackages } from "./workspace.ts";

// Packs every package as it would be published, and uses the tarballs as a stranger does.
//
//   npm run packages              everything: tarballs, types, three releases of Node, Chromium, sizes
//   npm run packages -- --quick   tarballs only

const root = fileURLToPath(new URL("../../..", import.meta.url));
const quick = process.argv.includes("--quick");
const problems: string[] = [];

/** Says how a step ended, and keeps what it found. */
function told(step: string, found: readonly string[]): void {
  console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${step}`);
  for (const each of found) console.log(`     ${each.replaceAll("\n", "\n     ")}`);
  problems.push(...found);
}

/** The guides by name. */
function guides(): ReadonlyMap<string, string> {
  const folder = join(root, "docs", "guides");
  const names = readdirSync(folder).filter((name) => name.endsWith(".md"));
  return new Map(names.map((name) => [name.slice(0, -3), readFileSync(join(folder, name), "utf8")]));
}

async function checkTarballs(into: string): Promise<readonly Tarball[]> {
  const tarballs = publicPackages(root).map((each) => pack(each, into));
  for (const tarball of tarballs) {
    const { manifest, files } = tarball;
    told(`${manifest.name} ${manifest.version}, ${files.length} files`, [
      ...tarballProblems(manifest, files),
      ...(await publintProblems(tarball)),
      ...(await typesProblems(tarball)),
    ]);
  }
  return tarballs;
}

function checkConsumer(consumer: Consumer): void {
  for (const compiler of compilers)
    for (const resolution of Object.keys(resolutions) as (keyof typeof resolutions)[])
      told(`types for TypeScript ${compiler}, ${resolution}`, consumer.typeProblems(compiler, resolution));
  for (const node of nodes)
    told(`every export and ${consumer.examples.length} examples on Node ${node}`, consumer.runProblems(node));
}

async function checkBrowsers(tarballs: readonly Tarball[], folder: string): Promise<void> {
  const bundles: Bundle[] = [];
  const wrong: string[] = [];
  for (const entry of tarballs.flatMap(({ manifest }) => entriesOf(manifest))) {
    const made = await bundle(entry, folder);
    if (made === null && !nodeOnly.has(entry)) wrong.push(`${entry} does not bundle for browsers`);
    if (made !== null && nodeOnly.has(entry))
      wrong.push(`${entry} bundles for browsers: it is not for Node only`);
    if (made !== null) bundles.push(made);
  }
  told(`${bundles.length} entries bundle for browsers`, wrong);
  if (hasBrowser)
    told("all of them load in Chromium, in a page and in a worker", await browserProblems(bundles));
  else console.log("skip Chromium is not here: CHROMIUM names one elsewhere");
  console.log("\nentry, minified with all it stands on             bytes     gzip");
  for (const { entry, bytes, gzipBytes } of bundles)
    console.log(`${entry.padEnd(44)} ${String(bytes).padStart(10)} ${String(gzipBytes).padStart(8)}`);
}

const folder = mkdtempSync(join(tmpdir(), "packages-"));
try {
  const tarballs = await checkTarballs(join(folder, "tarballs"));
  if (!quick) {
    const consumer = new Consumer(join(folder, "consumer"), tarballs, guides());
    // Guides read the networks of record as in a checkout.
    const data = join("packages", "quorum-algebra", "data");
    cpSync(join(root, data), join(consumer.folder, data), { recursive: true });
    checkConsumer(consumer);
    await checkBrowsers(tarballs, consumer.folder);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${problems.length === 0 ? "ready to publish" : `${problems.length} problems`}`);
process.exitCode = problems.length === 0 ? 0 : 1;
