import type { Form, Source } from "@eunomia/codec";

/** How deep recursive forms are followed before the generator stops at null. */
const deepest = 12;
const edges = [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53];

/**
 * Bytes in the shape of a form, with a deviation here and there: another type, a head longer than it must be, a length that
 * lies, keys out of order, a field more or less, a tag too high. Where `mutateBytes` damages what is right, this writes what is
 * almost right.
 */
export class Grammar {
  readonly #source: Source;
  /** One deviation in so many items. */
  readonly #rarity: number;
  #bytes: number[] = [];
  #depth = 0;

  constructor(source: Source, rarity = 24) {
    this.#source = source;
    this.#rarity = rarity;
  }

  bytes(form: Form, size: number): Uint8Array {
    this.#bytes = [];
    this.#depth = 0;
    this.#item(form, size);
    return Uint8Array.from(this.#bytes);
  }

  #below(bound: number): number {
    return Math.floor((this.#source.next() / 0x1_0000_0000) * bound);
  }

  #deviates(): boolean {
    return this.#below(this.#rarity) === 0;
  }

  /** The head of an item; sometimes not the shortest one, sometimes of a wrong type. */
  #head(major: number, argument: number): void {
    const way = this.#deviates() ? this.#below(5) : -1;
    if (way === 3) {
      this.#bytes.push((this.#below(8) << 5) | this.#below(32));
      return;
    }
    const told = way === 4 ? Math.max(0, argument + (this.#below(2) === 0 ? 1 : -1)) : argument;
    const shortest = told < 24 ? 0 : told < 0x100 ? 1 : told < 0x1_0000 ? 2 : told < 2 ** 32 ? 4 : 8;
    const width = way >= 0 && way < 3 ? Math.max(shortest, [1, 4, 8][way]!) : shortest;
    const info = width === 0 ? told : 23 + [1, 2, 4, 8].indexOf(width) + 1;
    this.#bytes.push((major << 5) | info);
    for (let left = width - 1; left >= 0; left -= 1) this.#bytes.push(Math.floor(told / 256 ** left) % 256);
  }

  #integer(min: number, max: number): void {
    const pick = this.#deviates()
      ? edges[this.#below(edges.length)]!
      : min + this.#below(Math.min(max - min + 1, 40));
    if (pick < 0) this.#head(1, -1 - pick);
    else this.#head(0, pick);
  }

  #string(major: number, maxLength: number): void {
    const length = this.#deviates() ? Math.min(maxLength + 1, 300) : this.#below(Math.min(maxLength, 12) + 1);
    this.#head(major, length);
    for (let left = length; left > 0; left -= 1)
      this.#bytes.push(major === 2 || this.#deviates() ? this.#below(256) : 97 + this.#below(26));
  }

  #repeat(count: number, size: number, each: (share: number) => void): void {
    this.#head(4, count);
    const told = this.#deviates() ? Math.max(0, count + 1 - this.#below(3)) : count;
    for (let left = told; left > 0; left -= 1) each(Math.floor(size / Math.max(1, count)));
  }

  /** Keys of sets and maps mostly ascend: small integers do by themselves, texts by a growing letter. */
  #key(form: Form, at: number): void {
    if (this.#deviates()) this.#item(form, 1);
    else if (form.kind === "int") this.#head(0, Math.max(0, form.min) + at);
    else {
      this.#head(3, 1);
      this.#bytes.push(97 + (at % 26));
    }
  }

  #fields(forms: readonly { readonly form: Form }[], size: number): void {
    for (const { form } of forms) if (!this.#deviates()) this.#item(form, size);
  }

  #item(form: Form, size: number): void {
    if (this.#deviates()) {
      this.#bytes.push(this.#below(256));
      return;
    }
    if (++this.#depth > deepest) this.#bytes.push(0xf6);
    else this.#inside(form, size);
    this.#depth -= 1;
  }

  #inside(form: Form, size: number): void {
    switch (form.kind) {
      case "bool":
        this.#bytes.push(0xf4 + this.#below(2));
        return;
      case "int":
        return this.#integer(form.min, form.max);
      case "bigint":
        return this.#integer(0, 2 ** 53);
      case "text":
      case "id":
        return this.#string(3, form.maxLength);
      case "bytes":
        return this.#string(2, form.maxLength);
      case "nullable":
        if (this.#below(3) === 0) this.#bytes.push(0xf6);
        else this.#item(form.item, size);
        return;
      case "list":
        return this.#repeat(this.#below(size + 1), size, (share) => this.#item(form.item, share));
      case "set": {
        let at = 0;
        return this.#repeat(this.#below(size + 1), size, () => this.#key(form.item, at++));
      }
      case "map": {
        let at = 0;
        return this.#repeat(this.#below(size + 1), size, (share) => {
          this.#head(4, 2);
          this.#key(form.key, at++);
          this.#item(form.value, share);
        });
      }
      case "record":
        this.#head(4, form.fields.length);
        return this.#fields(form.fields, size);
      case "variant": {
        const tag = this.#below(form.cases.length + (this.#deviates() ? 2 : 0));
        const chosen = form.cases[tag]?.form;
        const fields = chosen?.kind === "record" ? chosen.fields : [];
        this.#head(4, fields.length + 1);
        this.#head(0, tag);
        return this.#fields(fields, size);
      }
      case "refined":
        return this.#item(form.item, size);
      default:
        // Null, and recursive mentions: what stands there is reached by mutation of valid values.
        this.#bytes.push(0xf6);
    }
  }
}
