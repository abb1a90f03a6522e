import { stepLine } from "./tell.ts";
import { inline } from "./tree.ts";
import type { Story, StoryStep } from "./types.ts";

// Mermaid ends a statement at a semicolon or a hash, and a colon begins the text.
const plain = (text: string): string =>
  text.replace(/[;#]/g, ",").replace(/[<>]/g, (mark) => (mark === "<" ? "‹" : "›"));
const name = (id: string): string => id.replace(/[^\w.]/g, "_");

function lines(story: Story, step: StoryStep): string[] {
  const me = name(step.process);
  const letter = step.letter === null ? null : story.letters[step.letter]!;
  const actions = step.fired.map(({ action, found }) =>
    `${action} ${found === null ? "" : inline(found)}`.trim(),
  );
  const note = (text: string): string => `  Note over ${me}: ${plain(text)}`;
  const does = actions.map(note);
  switch (step.kind) {
    case "deliver": {
      const arrow = letter!.copy ? "-->>" : "->>";
      return [`  ${name(letter!.from)}${arrow}${me}: ${plain(inline(letter!.message))}`, ...does];
    }
    case "lose":
      return [`  ${name(letter!.from)}-x${me}: ${plain(inline(letter!.message))}`];
    default:
      return does.length > 0 && step.kind !== "recover" ? does : [note(stepLine(step))];
  }
}

/**
 * A story as the text of a Mermaid sequence diagram: a message stands where it arrives.
 *
 * @example
 * console.log("```mermaid\n" + storyMermaid(story) + "```");
 */
export function storyMermaid(story: Story): string {
  const body: string[] = [];
  for (const step of story.steps) {
    if (step.index === story.loopFrom) body.push("  loop for ever");
    body.push(...lines(story, step));
  }
  if (story.loopFrom !== null) body.push("  end");
  const lanes = story.lanes.map(({ id }) => `  participant ${name(id)} as ${plain(id)}`);
  return `sequenceDiagram\n${[...lanes, ...body].join("\n")}\n`;
}
