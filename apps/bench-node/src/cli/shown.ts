import { readOperation } from "@eunomia/aneris-switch/messages";
import { utf8Decode } from "@eunomia/codec";
import { readKvCommand } from "../kv/wire.ts";
import { describedOperation } from "../node/operations.ts";

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

/** A control command as it stands in the order. */
export function shownOperation(bytes: Uint8Array): string {
  const operation = readOperation(bytes);
  return operation === null ? "something that this version does not know" : describedOperation(operation);
}
