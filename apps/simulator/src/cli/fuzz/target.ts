import { DecodeError, decode, encode, type Form, generate, type Schema, type Source } from "@eunomia/codec";

/** One reader of bytes that others send, or that a disk gives back. */
export interface FuzzTarget {
  /** E.g. `paxos-acceptor/message`. */
  readonly name: string;
  /** Bytes that must be accepted. */
  valid(source: Source, size: number): Uint8Array;
  /**
   * The canonical bytes of what was read, for the caller to compare with the input; or why the input was refused. Whatever is
   * thrown is a finding.
   */
  read(input: Uint8Array): Uint8Array | string;
  /** What the bytes look like, where a schema says so. */
  readonly form?: Form;
  /** How expensive one input is beside a message; such targets get that many times fewer inputs. Default 1. */
  readonly cost?: number;
}

/** A place in a value without its numbers: `$.votes[3].ballot` and `$.votes[4].ballot` are one reason. */
function reasonOf(error: DecodeError): string {
  return `${error.code} ${error.path.replace(/\d+/g, "")}`;
}

/** The target of one schema: its decoder, judged by its encoder. */
export function schemaTarget(name: string, schema: Schema<unknown>): FuzzTarget {
  return {
    name,
    form: schema.form,
    valid: (source, size) => encode(schema, generate(schema, source, size)),
    read(input) {
      let value: unknown;
      try {
        value = decode(schema, input);
      } catch (error) {
        if (error instanceof DecodeError) return reasonOf(error);
        throw error;
      }
      return encode(schema, value);
    },
  };
}
