/** What waits to be written at the end of this turn of the event loop. */
export interface Gathering {
  write(): void;
}

/** All frames of one turn leave together: at its end, or when somebody has a reason to have them leave at once. */
export class Turn {
  #gathered: Gathering[] = [];
  #scheduled = false;
  readonly #atEnd = (): void => {
    this.#scheduled = false;
    this.flush();
  };

  add(gathering: Gathering): void {
    this.#gathered.push(gathering);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#atEnd);
  }

  flush(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const gathering of gathered) gathering.write();
  }
}
