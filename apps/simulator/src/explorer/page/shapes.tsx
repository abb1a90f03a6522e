import { type Arrow, type Box, boxHeight, letterText } from "../story/layout.ts";
import { inline } from "../story/tree.ts";
import type { Letter } from "../story/types.ts";
import { asked, go } from "./store.ts";

/** The next steps that are about a message. */
function askAboutLetter(letter: Letter): void {
  const text = inline(letter.message);
  asked.value = {
    title: `${text}, from ${letter.from} to ${letter.to}`,
    concerns: ({ process, message }) =>
      process === letter.to &&
      message !== null &&
      message.from === letter.from &&
      inline(message.message) === text,
  };
}

/** Where a message stands to the moment that is shown: of its step, sent after it, or anything else. */
export type Place = "here" | "behind" | "";

/** A message. While it is under way it can be asked what may become of it. */
export function ArrowShape({ arrow, letter, place }: { arrow: Arrow; letter: Letter; place: Place }) {
  const { x0, y0, x1, y1, style, text, tx, ty } = arrow;
  const waits = style === "waiting";
  const width = text.length * 6.2 + 14;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shape of a drawing; what it asks about are buttons among the next steps
    <g
      class={`letter ${style} ${place}`}
      onClick={letter.fate === "unseen" ? undefined : () => askAboutLetter(letter)}
    >
      <title>{letterText(letter)}</title>
      {letter.fate !== "unseen" && <line class="grip" x1={x0} y1={y0} x2={x1} y2={y1} />}
      <line
        class={`arrow ${style}`}
        x1={x0}
        y1={y0}
        x2={x1}
        y2={y1}
        marker-end={waits || style === "unseen" ? undefined : style === "lost" ? "url(#cross)" : "url(#head)"}
      />
      {waits && <rect class="pill" x={tx - width / 2} y={ty - 9} width={width} height={18} rx={9} />}
      <text class="name" text-anchor="middle" x={tx} y={waits ? ty + 4 : ty - 4}>
        {text}
      </text>
    </g>
  );
}

/** A step. */
export function BoxShape({
  box,
  title,
  selected,
  behind,
}: {
  box: Box;
  title: string;
  selected: boolean;
  behind: boolean;
}) {
  const { x, y, width, text, tone, step } = box;
  return (
    <g
      id={`step-${step}`}
      class={`step ${tone}${selected ? " selected" : ""}${behind ? " behind" : ""}`}
      role="option"
      aria-selected={selected}
      aria-label={`${step + 1}. ${title}`}
      onClick={() => go(step + 1)}
    >
      <title>{title}</title>
      <rect class="row" x={0} width="100%" y={y - 16} height={32} />
      <text class="number" x={6} y={y + 4}>
        {step + 1}
      </text>
      <rect class="box" rx={4} x={x - width / 2} y={y - boxHeight / 2} width={width} height={boxHeight} />
      <text text-anchor="middle" x={x} y={y + 4}>
        {text}
      </text>
    </g>
  );
}
