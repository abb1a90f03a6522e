import type { Command } from "commander";
import { kindOfReplay } from "../../replay/model-file.ts";
import { engineHash } from "../engine-hash.ts";
import { explorerPage, pageFile } from "../explore/page.ts";
import { servePage } from "../explore/server.ts";
import { port } from "../options.ts";
import { textOf } from "../text-of.ts";
import { guarded } from "./guarded.ts";

async function explore(file: string | undefined, options: { port: number; print: boolean }): Promise<number> {
  const replay = file === undefined ? null : textOf(file);
  if (replay !== null) kindOfReplay(replay);
  const page = explorerPage(engineHash());
  if (options.print) {
    console.log(pageFile);
    return 0;
  }
  const { server, url } = await servePage({ page, replay }, options.port);
  console.log(`${url}\nopen it in a browser; Ctrl-C ends this`);
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        server.close();
        server.closeAllConnections();
        done();
      });
  });
  return 0;
}

export function addExplore(program: Command): void {
  program
    .command("explore")
    .description("serve the explorer page on this machine, with a replay file open in it")
    .argument("[file]", "replay file")
    .option("--port <n>", "port on 127.0.0.1; 0: any free one", port, 0)
    .option(
      "--print",
      "print where the page lies and end: it is one file and also opens from the disk",
      false,
    )
    .addHelpText(
      "after",
      `
Examples:
  explore                        step through any protocol, or let the checker run in the page
  explore runs/failure.jsonl     open a failure at its last step`,
    )
    .action(guarded(explore));
}
