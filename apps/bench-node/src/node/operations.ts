import type { Operation } from "@eunomia/aneris-switch/messages";
import { nodeInName } from "./names.ts";

/** A control command in words. */
export function describedOperation(operation: Operation): string {
  switch (operation.kind) {
    case "swap":
      return `swap to ${operation.protocol.name}`;
    case "reconfigure": {
      const { members, f } = operation.membership;
      const ids = members.map(({ replica }) => nodeInName(replica) ?? replica);
      return `members ${ids.join(", ")}, ${f} may be down, ${operation.protocol.name}`;
    }
    case "keys":
      return `${operation.controllers.threshold} of ${operation.controllers.principals.length} principals`;
    case "mode":
      return `mode ${operation.mode.kind}`;
  }
}
