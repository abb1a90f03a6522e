import { existsSync } from "node:fs";

/** Where Debian puts it; another one by `CHROMIUM`. */
export const executablePath: string = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Is there a browser to test in? */
export const hasBrowser: boolean = existsSync(executablePath);

/** Arguments for a browser that nobody sees. */
export const browserArguments: string[] = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
