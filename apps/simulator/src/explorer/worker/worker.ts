import type { Answer, Ask } from "./messages.ts";
import { Session } from "./session.ts";
import { shelfModels } from "./shelf-models.ts";
import { systems } from "./systems.ts";

const session = new Session({ engines: ENGINES, models: shelfModels, systems });
const answer = (message: Answer): void => postMessage(message);

let before: Promise<void> = Promise.resolve();

// One question after the other: a search keeps the worker busy, and the page ends the worker to stop it.
addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  before = before.then(() => take(data));
});

async function take({ id, call, ask }: Ask): Promise<void> {
  try {
    answer({ id, answer: await session.handle(call, ask, (progress) => answer({ id, progress })) });
  } catch (error) {
    const { name, message, code = name } = error as Error & { code?: string };
    answer({ id, trouble: { code, message } });
  }
}
