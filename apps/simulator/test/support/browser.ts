import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { build } from "vite";

/** Where Debian puts it; another one by `CHROMIUM`. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Is there a browser to test in? */
export const hasBrowser: boolean = existsSync(executablePath);

const args = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The pages of this program: how they are built, and what is there once something is open in them. */
const pages = {
  explorer: { configFile: "vite.config.ts", ready: ".lane" },
  playground: { configFile: "vite.playground.config.ts", ready: "#picture" },
} as const;

/** A page, built into a folder of its own, in a browser with a profile of its own. */
export class BuiltPage {
  readonly url: string;
  readonly context: BrowserContext;
  /** What went wrong in any page, and what any page asked the network for. */
  readonly complaints: string[] = [];
  readonly #folder: string;
  readonly #ready: string;

  private constructor(folder: string, url: string, context: BrowserContext, ready: string) {
    this.#folder = folder;
    this.#ready = ready;
    this.url = url;
    this.context = context;
  }

  static async start(name: keyof typeof pages): Promise<BuiltPage> {
    const folder = mkdtempSync(join(tmpdir(), `${name}-`));
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const { configFile, ready } = pages[name];
    const place = { outDir: join(folder, "page"), emptyOutDir: true };
    await build({ root, configFile: join(root, configFile), logLevel: "error", build: place });
    const context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath,
      headless: true,
      args,
      viewport: { width: 1400, height: 880 },
    });
    const url = pathToFileURL(join(folder, "page", "index.html")).href;
    return new BuiltPage(folder, url, context, ready);
  }

  /** The text of the page. */
  get html(): string {
    return readFileSync(fileURLToPath(this.url), "utf8");
  }

  /** A fresh page; `address` is the part behind `#`. It has something open when this answers. */
  async open(address = "", viewport = { width: 1400, height: 880 }, url = this.url): Promise<Page> {
    const page = await this.context.newPage();
    await page.setViewportSize(viewport);
    page.on("pageerror", ({ message }) => this.complaints.push(message));
    page.on("console", (line) => {
      if (line.type() === "error") this.complaints.push(line.text());
    });
    page.on("request", (request) => {
      const own = new URL(url).origin;
      if (!/^(?:file|blob|data):/.test(request.url()) && (own === "null" || !request.url().startsWith(own)))
        this.complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(`${url}${address === "" ? "" : `#${address}`}`);
    await page.locator(this.#ready).first().waitFor();
    return page;
  }

  async stop(): Promise<void> {
    await this.context.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
