import type { Operation } from "@eunomia/aneris-switch/messages";
import { type ControlOutcome, Desk, type DeskOptions, type Status } from "./desk.ts";
import { UnknownOutcomeError } from "./errors.ts";
import type { GatewayLink } from "./link.ts";
import { Waiters } from "./waiters.ts";

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

/** The promise face of a `Desk`. */
export class Questions {
  readonly desk: Desk;
  readonly #link: GatewayLink;
  readonly #waiters: Waiters;

  constructor(options: Omit<DeskOptions, "gateways"> & { readonly link: GatewayLink }) {
    const { link } = options;
    this.#link = link;
    this.desk = new Desk(
      { ...options, gateways: link.gateways },
      {
        send: (to, message) => link.send(to, message),
        controlled: (token, outcome) => this.#waiters.answer(token, outcome),
        status: (token, status) => this.#waiters.answer(token, status),
      },
    );
    this.#waiters = new Waiters(
      (token) => this.desk.drop(token),
      (reason) => new UnknownOutcomeError(reason, 0),
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
    this.#waiters.close();
  }

  #ask<T>(start: () => number, signal?: AbortSignal): Promise<T> {
    const answer = this.#waiters.wait<T>(start, signal);
    this.#link.schedule();
    return answer;
  }
}
