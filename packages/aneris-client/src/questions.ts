import type { Operation } from "@eunomia/aneris-switch/messages";
import { type ControlOutcome, Desk, type DeskOptions, type Status } from "./desk.ts";
import { UnknownOutcomeError } from "./errors.ts";
import type { GatewayLink } from "./link.ts";

/** A principal and its signature over the signing bytes of a control command. */
export interface ControlSignature {
  readonly principal: string;
  readonly signature: Uint8Array;
}

export interface ControlOptions {
  readonly operation: Operation;
  /** Signs `controlSigningBytes(cluster, n, notAfter, encode(Operation, operation))` in the domain `controlDomain`. */
  sign(n: number, notAfter: number): readonly ControlSignature[] | Promise<readonly ControlSignature[]>;
  /** The command may take effect within so many slots. Default 100 000. */
  readonly validSlots?: number;
  readonly signal?: AbortSignal;
}

interface Asker {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly stopListening: () => void;
}

/** The promise face of a `Desk`. */
export class Questions {
  readonly desk: Desk;
  readonly #link: GatewayLink;
  readonly #askers = new Map<number, Asker>();
  #closed = false;

  constructor(options: Omit<DeskOptions, "gateways"> & { readonly link: GatewayLink }) {
    const { link } = options;
    this.#link = link;
    this.desk = new Desk(
      { ...options, gateways: link.gateways },
      {
        send: (to, message) => link.send(to, message),
        controlled: (token, outcome) => this.#answer(token, outcome),
        status: (token, status) => this.#answer(token, status),
      },
    );
  }

  status(signal?: AbortSignal): Promise<Status> {
    return this.#ask(() => this.desk.ask(), signal);
  }

  submitControl(
    n: number,
    notAfter: number,
    operation: Operation,
    signatures: readonly ControlSignature[],
    signal?: AbortSignal,
  ): Promise<ControlOutcome> {
    return this.#ask(() => this.desk.control(n, notAfter, operation, signatures), signal);
  }

  close(): void {
    this.#closed = true;
    for (const [token, asker] of this.#askers) {
      this.desk.drop(token);
      asker.stopListening();
      asker.reject(new UnknownOutcomeError("closed", 0));
    }
    this.#askers.clear();
  }

  #ask<T>(start: () => number, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new UnknownOutcomeError("closed", 0));
      if (signal?.aborted) return reject(new UnknownOutcomeError("cancelled", 0));
      const token = start();
      const abort = (): void => {
        this.desk.drop(token);
        this.#askers.delete(token);
        reject(new UnknownOutcomeError("cancelled", 0));
      };
      signal?.addEventListener("abort", abort, { once: true });
      const stopListening = (): void => signal?.removeEventListener("abort", abort);
      this.#askers.set(token, { resolve, reject, stopListening });
      this.#link.schedule();
    });
  }

  #answer(token: number, value: unknown): void {
    const asker = this.#askers.get(token);
    if (asker === undefined) return;
    this.#askers.delete(token);
    asker.stopListening();
    asker.resolve(value as never);
  }
}
