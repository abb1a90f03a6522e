import { readOperation } from "@eunomia/aneris-switch/messages";
import { utf8Decode } from "@eunomia/codec";
import { readKvCommand } from "../kv/wire.ts";
import { addressOf } from "../node/members.ts";
import { printed } from "./addresses.ts";

/** Bytes as text where they are some, else in hexadecimal. */
export function shownBytes(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes);
  } catch {
    return `0x${Buffer.from(bytes).toString("hex")}`;
  }
}

/** A command as the application of the cluster understands it. */
export function shownCommand(body: Uint8Array, application: "kv" | "none"): string {
  const command = application === "kv" ? readKvCommand(body) : null;
  if (command === null) return shownBytes(body);
  const key = shownBytes(command.key);
  return command.kind === "put" ? `put ${key} ${shownBytes(command.value)}` : `delete ${key}`;
}

/** A control command by what it changes. */
export function shownOperation(bytes: Uint8Array): string {
  const operation = readOperation(bytes);
  switch (operation?.kind) {
    case "swap":
      return `swap ${operation.protocol.name}`;
    case "reconfigure": {
      const { members, f } = operation.membership;
      const nodes = members.map((member) => {
        const address = addressOf(member);
        return address === null ? member.replica : `${address.id}=${printed(address)}`;
      });
      return `reconfigure ${operation.protocol.name} f=${f} ${nodes.join(",")}`;
    }
    default:
      return operation?.kind ?? "something that this version does not know";
  }
}
