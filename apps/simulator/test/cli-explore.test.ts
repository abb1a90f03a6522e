import { expect, test } from "vitest";
import { servePage } from "../src/cli/explore/server.ts";

test("the page and the replay are served on the loopback device, and nothing else", async () => {
  const { server, url } = await servePage({ page: "<title>page</title>", replay: "{}\n" }, 0);
  try {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#replay$/);
    const get = async (path: string, method = "GET") => {
      const response = await fetch(new URL(path, url), { method });
      return [response.status, await response.text()];
    };
    expect(await get("/")).toEqual([200, "<title>page</title>"]);
    expect(await get("/index.html?x")).toEqual([200, "<title>page</title>"]);
    expect(await get("/replay.jsonl")).toEqual([200, "{}\n"]);
    expect(await get("/../package.json")).toEqual([404, "not here\n"]);
    expect(await get("/", "POST")).toEqual([404, "not here\n"]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("without a replay there is none to fetch", async () => {
  const { server, url } = await servePage({ page: "page", replay: null }, 0);
  try {
    expect(url.endsWith("/")).toBe(true);
    expect((await fetch(new URL("/replay.jsonl", url))).status).toBe(404);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
