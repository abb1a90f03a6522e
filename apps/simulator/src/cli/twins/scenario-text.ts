import { runTwins, type TwinsEnd, type TwinsRound, type TwinsStep } from "@eunomia/simulation";
import { inline, treeOf } from "../../explorer/story/tree.ts";
import { judgeTwins, type TwinsCase } from "../../protocols/twins.ts";

const endText = ({ node, copy }: TwinsEnd): string => (copy === 0 ? node : `${node}~${copy}`);
const shown = (value: unknown): string => inline(treeOf(value));

function roundText({ leader, partition }: TwinsRound, at: number): string {
  const blocks = partition.map((block) => `{${block.map(endText).join(" ")}}`);
  return `round ${at + 1}: ${leader} offers its value; ${blocks.join(" ")}`;
}

function eventText({ event }: TwinsStep): string {
  switch (event.kind) {
    case "start":
      return "starts";
    case "commands":
      return `is given ${event.commands.map(shown).join(", ")}`;
    case "timeout":
      return `times out: ${event.timer}`;
    case "message":
      return `takes ${shown(event.message)} from ${event.from}`;
  }
}

function outputsOf({ effects }: TwinsStep): string {
  const outputs = (effects as readonly { kind: string; output?: unknown }[]).flatMap(({ kind, output }) =>
    kind === "output" ? [shown(output)] : [],
  );
  return outputs.length === 0 ? "" : `: ${outputs.join(", ")}`;
}

/** One scenario step by step. */
export function scenarioText(
  one: TwinsCase,
  rounds: readonly TwinsRound[],
): { readonly text: string; readonly wrong: string | null } {
  const lines: string[] = [];
  let round = -1;
  const run = runTwins(one.subject, rounds, (step) => {
    if (step.round !== round) {
      round = step.round;
      lines.push(roundText(rounds[round]!, round));
    }
    lines.push(`  ${endText(step)} ${eventText(step)}${outputsOf(step)}`);
  });
  const { wrong } = judgeTwins(one, run);
  lines.push(
    `${run.steps} steps, ${run.lost} messages lost between blocks`,
    wrong === null ? "nothing is violated" : `violated: ${wrong}`,
  );
  return { text: lines.join("\n"), wrong };
}
