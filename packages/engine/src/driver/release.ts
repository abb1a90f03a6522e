/**
 * What waits for the disk, in order. Everything that leaves the node passes here, so whatever follows a record, of any
 * engine of the node, waits until that record is durable (aneris, execution contract H2).
 */
export class ReleaseQueue {
  #waiting: { readonly position: number; readonly leave: () => void }[] = [];
  #appended = 0;
  #durable = 0;

  /** One more record was handed to the journal. */
  appended(): void {
    this.#appended += 1;
  }

  get position(): number {
    return this.#appended;
  }

  get allDurable(): boolean {
    return this.#appended <= this.#durable;
  }

  get clear(): boolean {
    return this.#waiting.length === 0 && this.allDurable;
  }

  /** Leaves at once if nothing is in front of it. */
  add(leave: () => void): void {
    if (this.clear) leave();
    else this.#waiting.push({ position: this.#appended, leave });
  }

  durable(position: number): void {
    this.#durable = Math.max(this.#durable, position);
    let count = 0;
    while (count < this.#waiting.length && this.#waiting[count]!.position <= this.#durable) count += 1;
    // Taken out before they run: one that leaves may add another.
    for (const item of this.#waiting.splice(0, count)) item.leave();
  }

  drop(): void {
    this.#waiting = [];
  }
}
