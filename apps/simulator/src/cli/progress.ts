import { MultiBar, Presets } from "cli-progress";

/** Least time between two plain lines, where there is no terminal. */
const plainEveryMs = 10_000;

/**
 * How far a long command is: a bar on a terminal, a plain line every ten seconds elsewhere. On standard error, so that standard
 * output holds the result alone.
 */
export class Progress {
  readonly #bars: MultiBar | null;
  readonly #bar: ReturnType<MultiBar["create"]> | null;
  readonly #quiet: boolean;
  #saidAt = performance.now();

  constructor(options: { readonly total: number; readonly unit: string; readonly quiet: boolean }) {
    this.#quiet = options.quiet;
    const terminal = process.stderr.isTTY === true && !options.quiet;
    this.#bars = terminal
      ? new MultiBar(
          {
            format: `  {bar} {percentage} % | {value}/{total} ${options.unit} | {said}`,
            stream: process.stderr,
            clearOnComplete: true,
            hideCursor: true,
          },
          Presets.shades_classic,
        )
      : null;
    this.#bar = this.#bars?.create(options.total, 0, { said: "" }) ?? null;
  }

  update(value: number, said: string): void {
    if (this.#bar !== null) this.#bar.update(value, { said });
    else if (!this.#quiet && performance.now() - this.#saidAt >= plainEveryMs) {
      this.#saidAt = performance.now();
      console.error(said);
    }
  }

  say(line: string): void {
    if (this.#quiet) return;
    if (this.#bars === null) console.error(line);
    else this.#bars.log(`${line}\n`);
  }

  stop(): void {
    this.#bars?.stop();
  }
}
