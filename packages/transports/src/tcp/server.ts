import type { AddressInfo, Server } from "node:net";
import { TransportError, type TransportErrorCode } from "../error.ts";
import { printed, type TcpAddress } from "./options.ts";

const troubles: Readonly<Record<string, readonly [TransportErrorCode, string]>> = {
  EADDRINUSE: ["port-in-use", "stop the process that has it, or choose another port (0 takes any free one)"],
  EACCES: ["port-forbidden", "choose a port above 1023, or grant the right to bind it"],
  EADDRNOTAVAIL: ["host-unknown", "give an address of this machine, 127.0.0.1 or 0.0.0.0"],
  ENOTFOUND: ["host-unknown", "give a name that resolves, or an address of this machine"],
  EAI_AGAIN: ["host-unknown", "names cannot be resolved just now: give an address of this machine"],
};

/** Resolves with the address, real port included, once the server listens. */
export function startListening(server: Server, wanted: TcpAddress): Promise<TcpAddress> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const [code, advice] = troubles[error.code ?? ""] ?? ["listen-failed", "see the system's message"];
      const message = `"listen" expected ${printed(wanted)} to be free, got ${error.code ?? error.message}: ${advice}`;
      reject(new TransportError(code, message, { ...wanted, cause: error.message }));
    };
    server.once("error", failed);
    server.listen({ ...wanted }, () => {
      server.removeListener("error", failed);
      resolve({ host: wanted.host, port: (server.address() as AddressInfo).port });
    });
  });
}
