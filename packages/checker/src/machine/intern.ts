/** Gives equal keys one small number, in the order in which they come. */
export class Interner<T> {
  readonly #ids = new Map<string, number>();
  readonly #values: T[] = [];
  readonly #keys: string[] = [];

  get size(): number {
    return this.#values.length;
  }

  /** @param make called for a new key only. */
  id(key: string, make: () => T): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#values.length;
      this.#ids.set(key, id);
      this.#values.push(make());
      this.#keys.push(key);
    }
    return id;
  }

  value(id: number): T {
    return this.#values[id]!;
  }

  key(id: number): string {
    return this.#keys[id]!;
  }
}

/** The same for texts, which are their own value. */
export class Texts {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }

  id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.length;
      this.#ids.set(text, id);
      this.#texts.push(text);
    }
    return id;
  }

  text(id: number): string {
    return this.#texts[id]!;
  }
}

/** A growing array of 32-bit numbers without objects. */
export class Ints {
  values: Int32Array;
  length = 0;

  constructor(capacity = 1024) {
    this.values = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(this.length + 1);
    this.values[this.length++] = value;
  }

  reserve(length: number): void {
    if (length <= this.values.length) return;
    const values = new Int32Array(Math.max(length, this.values.length * 2));
    values.set(this.values);
    this.values = values;
  }
}
