import { stepLine } from "./tell.ts";
import { changeText } from "./tree.ts";
import type { Story } from "./types.ts";

/**
 * A story as text: one line per step, and below it what changed.
 *
 * @example
 * process.stdout.write(storyListing(story));
 */
export function storyListing(story: Story): string {
  const { origin } = story;
  const from = `${origin.kind} ${origin.name}${origin.seed === null ? "" : `, seed ${origin.seed}`}`;
  const out = [story.title, from, `parameters ${JSON.stringify(origin.params)}`, ""];
  const digits = String(story.steps.length).length;
  for (const step of story.steps) {
    if (step.index === story.loopFrom) out.push("  ┌ from here on for ever");
    const time = step.at === undefined ? "" : ` ${(step.at / 1000).toFixed(3)} s`;
    out.push(`${String(step.index + 1).padStart(digits)}${time}  ${stepLine(step)}`);
    for (const change of step.changes)
      out.push(`${" ".repeat(digits)}    ${change.process}.${changeText(change)}`);
  }
  if (story.loopFrom !== null) out.push(`  └ and again from step ${story.loopFrom + 1}`);
  out.push("");
  for (const { property, result, reason } of story.verdicts)
    out.push(`${result.padEnd(11)} ${property}${reason === null ? "" : `: ${reason}`}`);
  return `${out.join("\n")}\n`;
}
