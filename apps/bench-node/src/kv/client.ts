import type { Answer, Client, QueryOptions, Receipt } from "@eunomia/aneris-client";
import { encodeKvCommand, encodeKvQuery, type KvAnswer, type KvQuery, readKvAnswer } from "./wire.ts";

/** A value, and the place of the order where it was written. */
export interface Found {
  readonly value: Uint8Array;
  readonly slot: number;
  readonly index: number;
}

/** A pair of a list. */
export interface Pair extends Found {
  readonly key: Uint8Array;
}

/** The nodes of the cluster do not run this store, or answer what it never would. */
export class KvError extends Error {
  readonly code = "kv";
  constructor(kind: KvAnswer["kind"]) {
    super(`the cluster answered "${kind}" to a query of the key-value store: is it the application there?`);
    this.name = "KvError";
  }
}

/**
 * The replicated key-value store, as its users see it. Writes are commands of the order: exactly once, and `UnknownOutcomeError`
 * where nobody can tell. Reads go beside it, linearizable unless `level` says otherwise.
 *
 * @example
 * const kv = new KvClient(client);
 * await kv.put(utf8Encode("colour"), utf8Encode("green"));
 * const found = await kv.get(utf8Encode("colour"), { timeoutMs: 1000 });
 */
export class KvClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** @throws as `Client.broadcast`; the limits are `keyBytesMax`, `valueBytesMax` and the client's `maxBodyBytes`. */
  put(key: Uint8Array, value: Uint8Array, signal?: AbortSignal): Promise<Receipt> {
    return this.#client.broadcast(encodeKvCommand({ kind: "put", key, value }), signal);
  }

  /** Also where there is no such key. @throws as `Client.broadcast` */
  delete(key: Uint8Array, signal?: AbortSignal): Promise<Receipt> {
    return this.#client.broadcast(encodeKvCommand({ kind: "delete", key }), signal);
  }

  /** Null: there is no such key. @throws as `Client.query`; KvError */
  async get(key: Uint8Array, options?: QueryOptions): Promise<Found | null> {
    const { answer } = await this.#ask({ kind: "get", key }, options);
    if (answer.kind !== "got") throw new KvError(answer.kind);
    return answer.found;
  }

  /**
   * Pairs whose keys begin with `prefix` and come after `after`, in the order of their bytes, and whether there are more. Each call
   * is one read: pages of a longer list may be of different moments.
   *
   * @throws as `Client.query`; KvError
   */
  async list(
    prefix: Uint8Array,
    { after = null, limit = 1000, ...options }: ListOptions = {},
  ): Promise<{ readonly pairs: readonly Pair[]; readonly more: boolean }> {
    const { answer } = await this.#ask({ kind: "list", prefix, after, limit }, options);
    if (answer.kind !== "listed") throw new KvError(answer.kind);
    return answer;
  }

  async #ask(query: KvQuery, options?: QueryOptions): Promise<Answer & { readonly answer: KvAnswer }> {
    const answered = await this.#client.query(encodeKvQuery(query), options);
    return { ...answered, answer: readKvAnswer(answered.body) };
  }
}

/** Which part of a list is wanted, and how it is read. */
export interface ListOptions extends QueryOptions {
  readonly after?: Uint8Array | null;
  readonly limit?: number;
}
