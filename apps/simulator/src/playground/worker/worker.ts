import { logicSolver } from "@eunomia/quorum-algebra/engines/logic-solver";
import { yalpsSolver } from "@eunomia/quorum-algebra/engines/yalps";
import logic from "logic-solver";
import * as yalps from "yalps";
import type { Answer, Ask } from "./messages.ts";
import { PlaygroundSession } from "./session.ts";

/** How long one question may take before the page says that it does not know. */
const questionMs = 4000;

const session = new PlaygroundSession({
  engines: { sat: logicSolver(logic), lp: yalpsSolver(yalps) },
  now: () => performance.now(),
  questionMs,
});

const answer = (message: Answer): void => postMessage(message);

addEventListener("message", ({ data: { id, call, ask } }: MessageEvent<Ask>) => {
  try {
    answer({ id, answer: session.handle(call, ask) });
  } catch (error) {
    const { name, message, code = name } = error as Error & { code?: string };
    answer({ id, trouble: { code, message } });
  }
});
