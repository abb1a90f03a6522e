import { useSignal } from "@preact/signals";
import { changesBetween, inline, isLeaf } from "../story/tree.ts";
import type { Tree } from "../story/types.ts";
import type { Position, Snapshot } from "../worker/messages.ts";
import { before, cursor, pin, pinned, position } from "./store.ts";

interface Marks {
  /** By path, joined with NUL: what was there before, or null for what is new. */
  readonly changed: ReadonlyMap<string, string | null>;
  readonly wanted: string;
}

const pathKey = (path: readonly string[]): string => path.join("\0");

/** Does a leaf below, or a name on the way, have the text that is searched for? */
function has(tree: Tree, wanted: string): boolean {
  if (isLeaf(tree)) return inline(tree).toLowerCase().includes(wanted);
  return Object.entries(tree as object).some(
    ([name, each]) => name.toLowerCase().includes(wanted) || has(each as Tree, wanted),
  );
}

function Leaf({
  name,
  tree,
  path,
  marks,
}: {
  name: string;
  tree: Tree;
  path: readonly string[];
  marks: Marks;
}) {
  const key = pathKey(path);
  const old = marks.changed.get(key);
  const hit = marks.wanted !== "" && `${name} ${inline(tree)}`.toLowerCase().includes(marks.wanted);
  return (
    <div class={`leaf${old === undefined ? "" : " changed"}${hit ? " hit" : ""}`}>
      <span class="key">{name}</span>
      <span class="value">{inline(tree)}</span>
      {old !== undefined && old !== null && <del>{old}</del>}
    </div>
  );
}

function Branch({
  name,
  tree,
  path,
  marks,
}: {
  name: string;
  tree: Tree;
  path: readonly string[];
  marks: Marks;
}) {
  if (isLeaf(tree)) return <Leaf name={name} tree={tree} path={path} marks={marks} />;
  const text = inline(tree);
  // Short things are read faster on one line.
  if (
    text.length <= 34 &&
    marks.wanted === "" &&
    ![...marks.changed.keys()].some((key) => key.startsWith(`${pathKey(path)}\0`))
  )
    return <Leaf name={name} tree={tree} path={path} marks={marks} />;
  const changed = marks.changed.has(pathKey(path));
  return (
    <details class={changed ? "branch changed" : "branch"} open>
      <summary>
        <span class="key">{name}</span>
        <span class="size">{Object.keys(tree as object).length}</span>
      </summary>
      {Object.entries(tree as object).map(([key, each]) => (
        <Branch key={key} name={key} tree={each as Tree} path={[...path, key]} marks={marks} />
      ))}
    </details>
  );
}

function marksOf(now: Tree, then: Tree | undefined, wanted: string): Marks {
  const changes = then === undefined ? [] : changesBetween("", then, now);
  return {
    wanted,
    changed: new Map(
      changes.map(({ path, kind, before: old }) => [pathKey(path), kind === "added" ? null : inline(old)]),
    ),
  };
}

function Waiting({ seen }: { seen: Snapshot }) {
  const { inbox, timers, pending, durable } = seen;
  const lists: readonly (readonly [string, readonly string[]])[] = [
    [
      "inbox",
      inbox.map(
        ({ from, message, count }) => `${inline(message)} from ${from}${count > 1 ? ` × ${count}` : ""}`,
      ),
    ],
    ["timers", timers],
    ["waits for the disk", pending],
    ["durable", durable.map(inline)],
  ];
  return (
    <>
      {lists
        .filter(([, items]) => items.length > 0)
        .map(([name, items]) => (
          <details class="list" key={name}>
            <summary>
              <span class="key">{name}</span>
              <span class="size">{items.length}</span>
            </summary>
            <ul>
              {items.map((item, at) => (
                <li key={`${at} ${item}`}>{item}</li>
              ))}
            </ul>
          </details>
        ))}
    </>
  );
}

function Process({ seen, than, wanted }: { seen: Snapshot; than: Snapshot | undefined; wanted: string }) {
  const marks = marksOf(seen.state, than?.state, wanted);
  const touched = marks.changed.size > 0 || (than !== undefined && than.up !== seen.up);
  return (
    <details
      class={touched ? "process touched" : "process"}
      open={touched || wanted !== ""}
      key={seen.process}
    >
      <summary>
        <b>{seen.process}</b>
        <span class="phase">{seen.up ? (seen.phase ?? "") : "down"}</span>
        {touched && <span class="dot" title="changed" />}
      </summary>
      {seen.up ? (
        isLeaf(seen.state) ? (
          <p class="quiet">no state</p>
        ) : (
          Object.entries(seen.state as object).map(([name, each]) => (
            <Branch key={name} name={name} tree={each as Tree} path={[name]} marks={marks} />
          ))
        )
      ) : (
        <p class="quiet">Crashed: only what was durable is left.</p>
      )}
      {!isLeaf(seen.history) && (
        <Branch
          name="seen by properties"
          tree={seen.history}
          path={[]}
          marks={{ ...marks, changed: new Map() }}
        />
      )}
      <Waiting seen={seen} />
    </details>
  );
}

const momentName = ({ at }: Position): string => (at === 0 ? "the beginning" : `step ${at}`);

/** The state of every process, with what differs from the moment before, or from a pinned one. */
export function Inspector() {
  const query = useSignal("");
  const here = position.value;
  const than = pinned.value ?? before.value;
  const wanted = query.value.trim().toLowerCase();
  const shown = (here?.snapshots ?? []).filter(
    ({ state, process, inbox }) =>
      wanted === "" ||
      process.toLowerCase().includes(wanted) ||
      has(state, wanted) ||
      inbox.some(({ message }) => inline(message).toLowerCase().includes(wanted)),
  );
  return (
    <section id="inspector" class="panel" aria-labelledby="inspector-title">
      <header>
        <h2 id="inspector-title">State</h2>
        <button type="button" class="small" aria-pressed={pinned.value !== null} onClick={() => void pin()}>
          {pinned.value === null ? "Pin" : "Let go"} <kbd>p</kbd>
        </button>
      </header>
      <p class="quiet">
        {cursor.value === 0 ? "At the beginning" : `After step ${cursor.value}`}
        {than !== null && `, compared with ${momentName(than)}${pinned.value === null ? "" : " (pinned)"}`}
      </p>
      <input
        id="search"
        type="search"
        placeholder="Search states and inboxes"
        aria-label="Search states and inboxes"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      {shown.map((seen) => (
        <Process
          key={seen.process}
          seen={seen}
          than={than?.snapshots.find(({ process }) => process === seen.process)}
          wanted={wanted}
        />
      ))}
      {here !== null && <p class="quiet">{inline(here.surroundings).replace(/^\{|\}$/g, "")}</p>}
    </section>
  );
}
