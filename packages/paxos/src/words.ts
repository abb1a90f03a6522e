import { type Schema, text } from "@eunomia/codec";

/** A text that is one of a few words; which ones, the engine that writes it knows. */
export function words<W extends string>(): Schema<W> {
  return text(32) as unknown as Schema<W>;
}
