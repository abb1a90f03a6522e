import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Meters } from "./meters.ts";
import { statusPage } from "./status-page.ts";

export interface ObserveOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly meters: Meters;
}

export interface ObserveServer {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

/** Somebody else has the address, or it is not ours to take. */
export class ObserveError extends Error {
  readonly code = "observe-address";
  constructor(host: string, port: number, reason: string) {
    super(
      `"observe" expected an address that is free, got ${host}:${port} (${reason}): name another one, or leave it out`,
    );
    this.name = "ObserveError";
  }
}

const text = "text/plain; charset=utf-8";

type Answer = { readonly status: number; readonly type: string; readonly body: string };

async function answerTo(path: string, meters: Meters): Promise<Answer> {
  switch (path) {
    case "/":
      return { status: 200, type: "text/html; charset=utf-8", body: statusPage() };
    case "/status.json":
      return { status: 200, type: "application/json", body: JSON.stringify(meters.look()) };
    case "/metrics":
      return { status: 200, type: meters.registry.contentType, body: await meters.registry.metrics() };
    // The event loop turns, or this would not be answered.
    case "/healthz":
      return { status: 200, type: text, body: "ok\n" };
    case "/readyz": {
      const { unready } = meters.look();
      return unready.length === 0
        ? { status: 200, type: text, body: "ready\n" }
        : { status: 503, type: text, body: `${unready.join("\n")}\n` };
    }
    default:
      return {
        status: 404,
        type: text,
        body: "not here: /, /status.json, /metrics, /healthz and /readyz are\n",
      };
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, meters: Meters): Promise<void> {
  const { method = "", url = "" } = request;
  const { status, type, body } =
    method === "GET" || method === "HEAD"
      ? await answerTo(url.split("?")[0]!, meters)
      : { status: 405, type: text, body: "only GET: nothing can be changed here\n" };
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy":
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'",
  });
  response.end(method === "HEAD" ? undefined : body);
}

/**
 * Serves what a node says of itself: a page for people, JSON, Prometheus, health and readiness. Read only, without secrets,
 * and without a lock: give it an address that only operators reach.
 *
 * @throws ObserveError when the address cannot be had.
 */
export async function observe({ host, port, meters }: ObserveOptions): Promise<ObserveServer> {
  const server = createServer((request, response) => {
    serve(request, response, meters).catch(() => response.destroy());
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 64;
  await listening(server, host, port);
  const seconds = setInterval(() => meters.tick(Date.now()), 1000);
  seconds.unref();
  return {
    address: { host, port: (server.address() as AddressInfo).port },
    close: () =>
      new Promise((resolve) => {
        clearInterval(seconds);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new ObserveError(host, port, error.code ?? error.message)),
    );
    server.listen(port, host, () => resolve());
  });
}
