import type { AnyEngine, NodeId } from "@eunomia/engine";
import type { Draw, ValuePacket } from "../types.ts";

/** A sealed frame on its way between two nodes. */
export interface Frame {
  /** Whom the network says that it comes from. */
  readonly fromNode: NodeId;
  readonly toNode: NodeId;
  readonly bytes: Uint8Array;
}

/**
 * Whoever plays the Byzantine nodes of a run. The engines of a node stay unmodified: copies of a node may run under one
 * identity, and what they send passes through here.
 */
export interface Adversary {
  readonly name: string;
  /** The nodes that are not to be trusted. */
  readonly nodes: readonly NodeId[];
  /**
   * False: its nodes do nothing that a network could not do to them. The fault budget then counts them as gone and not as
   * Byzantine. Default: true.
   */
  readonly lies?: boolean;
  /** How many copies of the node run. Default 1. */
  copies?(node: NodeId): number;
  /** May this copy of `toNode` get a packet of this copy of `fromNode`? Default: yes. */
  route?(fromNode: NodeId, fromCopy: number, toNode: NodeId, toCopy: number): boolean;
  /** What leaves a Byzantine node in the place of this packet, through `stage.emit`. Default: the packet itself. */
  intercept?(packet: ValuePacket, copy: number, stage: Stage): void;
  /** Sees everything that any node sends: Byzantine nodes know what they could know, and more. */
  overhear?(packet: ValuePacket, stage: Stage): void;
  /** Sees every frame of a run on bytes, where `intercept` and `overhear` have nothing to see; `stage.inject` adds others. */
  frame?(frame: Frame, stage: Stage): void;
}

/** What an adversary acts through. */
export interface Stage {
  nowMs(): number;
  /** Choices of the stream `byz`. */
  readonly draw: Draw;
  /** The packet as its sender signs it (`Cluster.resign`): what is let out is signed anyway, so this is for looking ahead. */
  signed(packet: ValuePacket): ValuePacket;
  /** Has a packet leave a copy (default: the first) of a Byzantine node; from any other node it is refused and counted, as a seal would do it. */
  emit(packet: ValuePacket, copy?: number): void;
  /** Has a frame arrive in anybody's name: whether it opens is up to the authenticator. */
  inject(frame: Frame): void;
  /** The run counts `byzantine: what`. */
  did(what: string): void;
  later(delayMs: number, callback: () => void): void;
  /** The processes of honest nodes as they are now: for looking, and for steps on copies of their states. */
  honest(): readonly HonestProcess[];
}

/** A process that an adversary looks into. */
export interface HonestProcess {
  readonly process: NodeId;
  readonly instance: string;
  readonly engine: AnyEngine;
  readonly config: unknown;
  readonly state: unknown;
}
