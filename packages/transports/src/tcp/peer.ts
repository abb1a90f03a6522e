import type { NodeId } from "@eunomia/engine";
import type { Connection } from "./connection.ts";
import type { Dialler } from "./dialler.ts";
import type { TcpPeerStats } from "./options.ts";

/** All that belongs to one id: the connection that we dial, if it is configured, and those that claim to be it. */
export class Peer {
  readonly id: NodeId;
  dialler: Dialler | null = null;
  accepted: Connection[] = [];
  framesIn = 0;
  bytesIn = 0;
  framesOut = 0;
  bytesOut = 0;
  droppedFrames = 0;
  pauses = 0;

  constructor(id: NodeId) {
    this.id = id;
  }

  /**
   * To a configured peer only over the connection that we dialled: whoever merely claims its id gets nothing and cuts nothing
   * off. To any other id over every connection that claims it, so that an impostor cannot take the frames away.
   */
  send(payload: Uint8Array): boolean {
    let taken = false;
    if (this.dialler !== null) taken = this.dialler.send(payload);
    else for (const connection of this.accepted) taken = connection.outbox.push(payload) || taken;
    if (taken) {
      this.framesOut++;
      this.bytesOut += payload.length;
    } else this.droppedFrames++;
    return taken;
  }

  stats(): TcpPeerStats {
    return {
      dial: this.dialler?.state ?? "none",
      accepted: this.accepted.length,
      framesIn: this.framesIn,
      bytesIn: this.bytesIn,
      framesOut: this.framesOut,
      bytesOut: this.bytesOut,
      droppedFrames: this.droppedFrames,
      pauses: this.pauses,
      queueBytes:
        (this.dialler?.outbox.queueBytes ?? 0) +
        this.accepted.reduce((sum, connection) => sum + connection.outbox.queueBytes, 0),
    };
  }
}
