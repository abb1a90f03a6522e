import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReplicaState } from "@eunomia/aneris-switch";
import type { Address } from "@eunomia/engine";
import { evidenceFile } from "./evidence.ts";
import { addressOf } from "./members.ts";

/** Bad data of a peer that a protocol ignored. */
export interface Refused {
  readonly process: string;
  readonly epoch: number;
  readonly from: string;
  /** One of few constant texts of the protocol. */
  readonly reason: string;
}

/** A node was seen to depart from its protocol. */
export interface Convicted {
  readonly epoch: number;
  readonly slot: number;
  readonly accused: string;
  /** Where the evidence lies; null if it could not be written. */
  readonly file: string | null;
}

/** A learner that no ballot can serve any more in a slot (Heterogeneous Paxos). */
export interface Stuck {
  readonly epoch: number;
  readonly slot: number;
  readonly learner: string;
  /** Acceptors whose votes bind. */
  readonly bound: readonly string[];
  /** What would help, in the words of the protocol. */
  readonly wayOut: string;
}

/** What consensus engines say beside the door `Consensus`. */
type Word =
  | { readonly kind: "refused"; readonly from: string; readonly reason: string }
  | { readonly kind: "evidence" }
  | {
      readonly kind: "stuck";
      readonly slot: number;
      readonly learner: string;
      readonly bound: readonly { readonly acceptor: string }[];
      readonly wayOut: string;
    };

export interface WitnessOptions {
  readonly cluster: string;
  /** The folder of evidence, made with the first piece. */
  readonly folder: string;
  state(): Readonly<Pick<ReplicaState, "epochs">> | undefined;
  onRefused?(refused: Refused): void;
  onConvicted?(convicted: Convicted): void;
  onStuck?(stuck: Stuck): void;
}

/** Hears what consensus engines say of their peers, and keeps what convicts one: a file for each node and epoch. */
export class Witness {
  readonly #options: WitnessOptions;

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** An output of an engine of an epoch; those of the door are not its business. */
  hear({ process, instance }: Address, output: unknown): void {
    const word = output as Word;
    const epoch = Number(instance);
    const { onRefused, onStuck } = this.#options;
    if (word.kind === "refused") onRefused?.({ process, epoch, from: word.from, reason: word.reason });
    else if (word.kind === "evidence") this.#convict(epoch, word);
    else if (word.kind === "stuck") {
      const { slot, learner, wayOut } = word;
      const bound = [...new Set(word.bound.map(({ acceptor }) => acceptor))];
      onStuck?.({ epoch, slot, learner, bound, wayOut });
    }
  }

  #convict(id: number, output: unknown): void {
    const { cluster, folder, state, onConvicted } = this.#options;
    const epoch = state()?.epochs.find((one) => one.id === id);
    if (epoch === undefined) return; // It was over, and what its members signed is of no consequence any more.
    const { f, members: said } = epoch.membership;
    const members = said.flatMap((member) => {
      const { id: node, publicKey } = addressOf(member) ?? {};
      return node === undefined || publicKey === undefined ? [] : [{ id: node, publicKey }];
    });
    const evidence = evidenceFile({ cluster, epoch: id, f, members }, epoch.protocol.name, output);
    if (evidence === null) return;
    const { accused, slot } = evidence;
    const path = join(folder, `epoch-${id}-${accused}.json`);
    // Several processes of a node see the same, in every life: the first piece is enough.
    if (existsSync(path)) return;
    let file: string | null = path;
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, `${JSON.stringify(evidence, null, 2)}\n`, { flag: "wx" });
    } catch {
      file = null; // A full disk must not end a node that has seen another one lie.
    }
    onConvicted?.({ epoch: id, slot, accused, file });
  }
}
