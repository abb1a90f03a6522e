import { isIPv6 } from "node:net";
import type { NodeAddress } from "../node/config.ts";
import { CliError } from "./exits.ts";

const form = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(?:\[([0-9A-Fa-f:.]+)\]|([^:\s]+)):(\d{1,5})$/;

/**
 * A node as it is written on the command line.
 *
 * @throws CliError `address`.
 * @example
 * addressFrom("n1=10.0.0.1:7001"); // { id: "n1", host: "10.0.0.1", port: 7001 }
 * addressFrom("n2=[fd00::2]:7001").host; // "fd00::2"
 */
export function addressFrom(text: string): NodeAddress {
  const [, id, six, host, digits] = form.exec(text) ?? [];
  const port = Number(digits);
  if (id !== undefined && port >= 1 && port <= 65_535 && (six === undefined || isIPv6(six)))
    return { id, host: (six ?? host)!, port };
  throw new CliError("address", `expected a node as name=host:port, e.g. n1=10.0.0.1:7001, got "${text}"`);
}

/** How a host and a port are written. */
export const printed = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${isIPv6(host) ? `[${host}]` : host}:${port}`;
