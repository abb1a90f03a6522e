import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type Measures, narrow, partOf, rowY, type Scene, sceneOf, wide } from "../story/layout.ts";
import { stepLine } from "../story/tell.ts";
import type { Story } from "../story/types.ts";
import { ArrowShape, BoxShape } from "./shapes.tsx";
import { asked, atEnd, cursor, go, position, story } from "./store.ts";

/** Rows that are drawn beyond the window, so that scrolling shows no gaps. */
const spareRows = 12;

/** The next steps of a process that are not about a message: faults, timers, inputs, the disk. */
function askAboutProcess(process: string): void {
  asked.value = {
    title: process,
    concerns: (choice) => choice.process === process && choice.message === null,
  };
}

function Heads({ told, scene }: { told: Story; scene: Scene }) {
  const { laneWidth, gutter } = scene.measures;
  return (
    <div class="lanes" style={{ width: `${scene.width}px`, paddingLeft: `${gutter}px` }}>
      {told.lanes.map(({ id, engine }) => {
        const up = position.value?.snapshots.find(({ process }) => process === id)?.up ?? true;
        return (
          <button
            type="button"
            key={id}
            class={up ? "lane" : "lane down"}
            style={{ width: `${laneWidth}px` }}
            onClick={() => askAboutProcess(id)}
            title={`${id}: faults, timers and inputs`}
          >
            <b>{id}</b>
            <span>{up ? engine : "down"}</span>
          </button>
        );
      })}
    </div>
  );
}

function Drawing({ told, scene, part }: { told: Story; scene: Scene; part: Scene }) {
  const now = cursor.value;
  const end = told.steps.length;
  return (
    <svg class={`drawing ${told.origin.kind}`} width={scene.width} height={scene.height} role="presentation">
      <defs>
        <marker
          id="head"
          viewBox="0 0 10 10"
          refX="9"
          refY="5"
          markerWidth="8"
          markerHeight="8"
          orient="auto-start-reverse"
        >
          <path d="M2 1 L9 5 L2 9" />
        </marker>
        <marker id="cross" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="9" markerHeight="9">
          <path d="M1 1 L9 9 M9 1 L1 9" />
        </marker>
      </defs>
      {scene.loop !== null && (
        <rect
          class="loop"
          x={0}
          width={scene.width}
          y={scene.loop.from}
          height={scene.loop.to - scene.loop.from}
        />
      )}
      {now > 0 && (
        <rect
          class="now"
          x={0}
          width={scene.width}
          y={(now - 1) * scene.measures.rowHeight}
          height={scene.measures.rowHeight}
        />
      )}
      {part.segments.map(({ x, from, to, kind }) => (
        <line key={`${x} ${from}`} class={`life ${kind}`} x1={x} x2={x} y1={from} y2={to} />
      ))}
      {part.arrows.map((arrow) => {
        const letter = told.letters[arrow.letter]!;
        const here = now > 0 && (letter.sent === now - 1 || letter.ended === now - 1);
        const place = here ? "here" : letter.sent >= now && now < end ? "behind" : "";
        return <ArrowShape key={arrow.letter} arrow={arrow} letter={letter} place={place} />;
      })}
      {part.boxes.map((box) => (
        <BoxShape
          key={box.step}
          box={box}
          title={stepLine(told.steps[box.step]!)}
          selected={box.step === now - 1}
          behind={box.step >= now}
        />
      ))}
    </svg>
  );
}

/** Keys of the list of steps; the page has the others. */
function listKeys(event: KeyboardEvent): void {
  const way: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
  const by = way[event.key];
  if (by === undefined) return;
  event.preventDefault();
  go(cursor.value + by);
}

/** How far to scroll, from `top` and no farther than needed, so that a row is in the window with some room around it. */
function topFor(top: number, row: number, height: number, measures: Measures): number {
  const y = rowY(measures, row);
  const room = measures.rowHeight * 2;
  if (y < top + room) return Math.max(0, y - room);
  return y > top + height - room * 2 ? y - height + room * 2 : top;
}

/** The same from left to right, for the lane of a step. */
function leftFor(left: number, x: number, width: number, { laneWidth, gutter }: Measures): number {
  if (x - laneWidth / 2 < left + gutter) return Math.max(0, x - laneWidth / 2 - gutter);
  return x + laneWidth / 2 > left + width ? x + laneWidth / 2 - width : left;
}

/** The sequence diagram: only the rows near the window are drawn. */
export function Diagram() {
  const frame = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const size = useSignal({ width: 900, height: 600 });
  const scene = useComputed(() => {
    const told = story.value;
    if (told === null) return null;
    const base = size.value.width < 520 ? narrow : wide;
    const share = Math.floor((size.value.width - base.gutter - 8) / Math.max(1, told.lanes.length));
    const longest = Math.max(0, ...told.lanes.map(({ id }) => id.length));
    const least = Math.max(narrow.laneWidth, Math.min(base.laneWidth, longest * 8.5 + 12));
    return sceneOf(told, { ...base, laneWidth: Math.max(least, Math.min(200, share)) });
  });
  useEffect(() => {
    const seen = new ResizeObserver(([entry]) => {
      if (entry !== undefined)
        size.value = { width: entry.contentRect.width, height: entry.contentRect.height };
    });
    seen.observe(frame.current!);
    return () => seen.disconnect();
  }, [size]);
  const now = cursor.value;
  const told = story.value;
  const topNow = (from: number): number =>
    scene.value === null ? 0 : topFor(from, now - 1, size.value.height, scene.value.measures);
  const drawn = useRef<Story | null>(null);
  if (told !== drawn.current) {
    // Another story begins where it will be looked at: its first rows would be drawn for nothing.
    drawn.current = told;
    top.value = topNow(top.peek());
  }
  useLayoutEffect(() => {
    const box = frame.current;
    if (box === null || told === null) return;
    box.scrollTop = topNow(box.scrollTop);
    const lane = told.steps[now - 1]?.process;
    const x = lane === undefined ? undefined : scene.value?.laneX.get(lane);
    if (x !== undefined) box.scrollLeft = leftFor(box.scrollLeft, x, size.value.width, scene.value!.measures);
  }, [now, told]);
  const part = useComputed(() => {
    if (scene.value === null) return null;
    const spare = spareRows * scene.value.measures.rowHeight;
    return partOf(scene.value, top.value - spare, top.value + size.value.height + spare);
  });
  return (
    <div
      id="diagram"
      class="frame"
      ref={frame}
      role="listbox"
      tabIndex={0}
      aria-label="Steps of the story"
      aria-activedescendant={now > 0 ? `step-${now - 1}` : undefined}
      onKeyDown={listKeys}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
    >
      {told !== null && scene.value !== null && part.value !== null && (
        <>
          <Heads told={told} scene={scene.value} />
          <Drawing told={told} scene={scene.value} part={part.value} />
          {told.steps.length === 0 && (
            <p class="quiet">Nothing has happened yet. Take one of the next steps, or check the scope.</p>
          )}
          {!atEnd.value && <p class="quiet">The story goes on after the moment that is shown.</p>}
        </>
      )}
    </div>
  );
}
