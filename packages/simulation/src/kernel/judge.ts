import type { Fate, Output, SimulatedStep, ValuePacket, Watch } from "../types.ts";
import type { World } from "./world.ts";

/** All watches of a run: the first that answers something ends it. */
export class Judge {
  readonly #world: World;
  readonly #watches: readonly Watch[];
  readonly #outputs: readonly Watch[];
  readonly #sent: readonly Watch[];
  readonly #steps: readonly Watch[];

  constructor(world: World, watches: readonly Watch[]) {
    this.#world = world;
    this.#watches = watches;
    this.#outputs = watches.filter((watch) => watch.output !== undefined);
    this.#sent = watches.filter((watch) => watch.sent !== undefined);
    this.#steps = watches.filter((watch) => watch.step !== undefined);
  }

  /** Somebody looks at whole steps. */
  get looksAtSteps(): boolean {
    return this.#steps.length > 0;
  }

  output(output: Output): void {
    for (const watch of this.#outputs) this.#say(watch, () => watch.output!(output));
  }

  step(step: SimulatedStep): void {
    for (const watch of this.#steps) this.#say(watch, () => watch.step!(step));
  }

  get looksAtPackets(): boolean {
    return this.#sent.length > 0;
  }

  sent(packet: ValuePacket): void {
    for (const watch of this.#sent) this.#say(watch, () => watch.sent!(packet));
  }

  fate(fate: Fate): void {
    for (const watch of this.#watches)
      if (watch.fate !== undefined) this.#say(watch, () => watch.fate!(fate));
  }

  end(settled: boolean): void {
    for (const watch of this.#watches)
      if (watch.end !== undefined) this.#say(watch, () => watch.end!(settled));
  }

  /** A watch that fails must not look like a fault of the node that it listens to. */
  #say(watch: Watch, ask: () => string | null): void {
    let problem: unknown;
    let onOthers = watch.despiteLies !== true;
    try {
      problem = ask();
    } catch (error) {
      problem = `the watch itself failed: ${String(error)}`;
      onOthers = false;
    }
    if (problem === null) return;
    const detail =
      typeof problem === "string"
        ? problem
        : `the watch expected to answer null or what is wrong, got ${String(problem)}`;
    this.#world.violated(watch.property, detail, "violated", onOthers);
  }
}
