import { createServer, type Server } from "node:http";
import { refuse } from "../refusal.ts";

/** What is served: the page, and the replay that it opens, if there is one. */
export interface Served {
  readonly page: string;
  readonly replay: string | null;
}

/** Under which name the page finds the replay that it is to open. */
const replayName = "replay.jsonl";

/** Answers the two files on the loopback device and nothing else; `port` 0 takes any. */
export function servePage(
  { page, replay }: Served,
  port: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    const found =
      request.method !== "GET" && request.method !== "HEAD"
        ? null
        : path === "/" || path === "/index.html"
          ? ({ type: "text/html; charset=utf-8", text: page } as const)
          : path === `/${replayName}` && replay !== null
            ? ({ type: "application/jsonl; charset=utf-8", text: replay } as const)
            : null;
    if (found === null) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not here\n");
      return;
    }
    response.writeHead(200, {
      "content-type": found.type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : found.text);
  });
  return new Promise((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) => {
      try {
        refuse(
          "no-port",
          `cannot listen on port ${port} (${code})`,
          "give another --port, or 0 for any free one",
        );
      } catch (refusal) {
        reject(refusal);
      }
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      resolve({ server, url: `http://127.0.0.1:${bound}/${replay === null ? "" : "#replay"}` });
    });
  });
}
