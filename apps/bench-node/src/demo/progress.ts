import { MultiBar, Presets } from "cli-progress";

/** A bar on a terminal, plain lines elsewhere; on standard error, so that standard output holds the report alone. */
export class Progress {
  readonly #bars: MultiBar | null;
  readonly #bar: ReturnType<MultiBar["create"]> | null;

  constructor(total: number, quiet: boolean) {
    const terminal = process.stderr.isTTY === true && !quiet;
    this.#bars = terminal
      ? new MultiBar(
          {
            format: "  {bar} {percentage} % | {value}/{total} commands delivered | {duration_formatted}",
            stream: process.stderr,
            clearOnComplete: false,
            hideCursor: true,
          },
          Presets.shades_classic,
        )
      : null;
    this.#bar = this.#bars?.create(total, 0) ?? null;
  }

  update(delivered: number): void {
    this.#bar?.update(delivered);
  }

  say(line: string): void {
    if (this.#bars === null) console.error(line);
    else this.#bars.log(`${line}\n`);
  }

  stop(): void {
    this.#bars?.stop();
  }
}
