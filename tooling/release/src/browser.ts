import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { chromium } from "playwright-core";

/** What stands on the platform of Node. Everything else must run in a browser. */
export const nodeOnly: ReadonlySet<string> = new Set([
  "@eunomia/checker/node",
  "@eunomia/checker/worker",
  "@eunomia/conformance",
  "@eunomia/crypto-auth/native",
  "@eunomia/host",
  "@eunomia/journal/file",
  "@eunomia/trace/file",
  "@eunomia/transports/tcp",
]);

/** An entry as a bundler for browsers makes it. */
export interface Bundle {
  readonly entry: string;
  readonly code: string;
  /** Minified, with everything it stands on. */
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** Bundles one entry, with all it needs, for browsers. Null: it needs something that is not there. */
export async function bundle(entry: string, folder: string): Promise<Bundle | null> {
  try {
    const { outputFiles } = await build({
      stdin: { contents: `export * from "${entry}";`, resolveDir: folder },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      logLevel: "silent",
    });
    const code = outputFiles[0]!.text;
    return { entry, code, bytes: code.length, gzipBytes: gzipSync(code, { level: 9 }).length };
  } catch {
    return null;
  }
}

/** Where Debian puts it; another one by `CHROMIUM`. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const hasBrowser: boolean = existsSync(executablePath);

/** What goes wrong when a page loads each bundle, and a worker too; empty if nothing. */
export async function browserProblems(bundles: readonly Bundle[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const tab = await browser.newPage();
    // An origin of its own, without a server: workers of modules need one.
    await tab.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
    await tab.goto("http://packages.test/");
    for (const { entry, code } of bundles) {
      const said = await tab.evaluate(load, code);
      if (said !== null) problems.push(`Chromium, ${entry}: ${said}`);
    }
  } finally {
    await browser.close();
  }
  return problems;
}

/** Runs in the page: the module must load there and in a worker, and export something. */
async function load(code: string): Promise<string | null> {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    if (Object.keys(await import(url)).length === 0) return "exports nothing";
  } catch (error) {
    return String(error);
  }
  const text = `${code}\npostMessage("ok");`;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })), {
    type: "module",
  });
  const said = await new Promise<string>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(message);
  });
  worker.terminate();
  return said === "ok" ? null : `in a worker: ${said}`;
}
