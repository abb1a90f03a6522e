import { useRef } from "preact/hooks";
import { examples } from "./examples.ts";
import { compareWith, faults, file, heal, open, opened, other, rule, take, trouble, turn } from "./store.ts";

/** While somebody types, nothing is computed. */
const pauseMs = 350;

function Text() {
  const timer = useRef(0);
  const typed = file.value.name === "typed";
  return (
    <label class="field">
      Quorums, stake or a trust graph
      <textarea
        id="text"
        rows={7}
        spellcheck={false}
        aria-invalid={trouble.value !== null}
        aria-describedby="said"
        value={typed ? file.value.text : ""}
        placeholder={typed ? "" : `${file.value.name}; type here to begin anew`}
        onInput={({ currentTarget }) => {
          file.value = { name: "typed", text: currentTarget.value };
          other.value = null;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => void open(), pauseMs) as unknown as number;
        }}
      />
    </label>
  );
}

function Files() {
  const [first, second] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  return (
    <div class="files">
      <input
        ref={first}
        type="file"
        multiple
        hidden
        id="files"
        onChange={({ currentTarget }) => {
          void take([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
      <input
        ref={second}
        type="file"
        hidden
        id="second"
        onChange={({ currentTarget }) => {
          const [one] = currentTarget.files ?? [];
          if (one !== undefined) void compareWith(one);
          currentTarget.value = "";
        }}
      />
      <button type="button" id="open" onClick={() => first.current!.click()}>
        Open a file
      </button>
      <button type="button" onClick={() => second.current!.click()}>
        Compare with
      </button>
    </div>
  );
}

/** What is asked about. */
export function Input() {
  const { name } = file.value;
  return (
    <section class="panel" aria-label="input">
      <Text />
      <p id="said" class="said" role="status">
        {trouble.value}
      </p>
      <form onSubmit={(event) => event.preventDefault()}>
        <label class="field">
          Examples
          <select
            id="examples"
            value=""
            onChange={({ currentTarget }) => {
              const example = examples.find((one) => one.name === currentTarget.value);
              if (example === undefined) return;
              file.value = { name: "typed", text: example.text };
              other.value = null;
              void open();
            }}
          >
            <option value="">choose one</option>
            {examples.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <Files />
        <p class="quiet">
          Or drop files anywhere: Stellar nodes, Cosmos or Tendermint validators, CSV. Two files are compared.
          Nothing leaves this page.
        </p>
        {name !== "typed" && (
          <p class="quiet">
            Open: {name}
            {other.value !== null && `, beside ${other.value.name}`}
          </p>
        )}
        {opened.value?.kind === "stake" && (
          <label class="field">
            A quorum has more than
            <select
              id="rule"
              value={rule.value}
              onChange={({ currentTarget }) => {
                rule.value = currentTarget.value;
                void open();
              }}
            >
              {["1/2", "2/3", "3/4", "4/5", "17/20", "9/10", "19/20"].map((part) => (
                <option key={part} value={part}>
                  {part} of the stake
                </option>
              ))}
            </select>
          </label>
        )}
      </form>
    </section>
  );
}

const said = { down: "is down", lies: "may lie", well: "is well" } as const;

/** Everybody, by organisation; a click turns one. */
export function Nodes() {
  const nodes = opened.value?.nodes ?? [];
  if (nodes.length === 0) return null;
  const groups = new Map<string, typeof nodes>();
  for (const node of nodes) groups.set(node.group, [...(groups.get(node.group) ?? []), node]);
  const state = (id: string) => faults.value.get(id) ?? "well";
  return (
    <section class="panel" aria-label="nodes">
      <header>
        <h2>Who fails</h2>
        <button type="button" class="small" disabled={faults.value.size === 0} onClick={heal}>
          All well
        </button>
      </header>
      <p class="quiet">A click turns a node: down, lying, well again.</p>
      <ul id="nodes">
        {[...groups].map(([group, members]) => (
          <li key={group} class={members.length > 1 ? "together" : ""}>
            {members.length > 1 && (
              <button
                type="button"
                class="small link"
                title={`turn all nodes of ${group}`}
                onClick={() => turn(members.map(({ id }) => id))}
              >
                {group}
              </button>
            )}
            {members.map(({ id, name }) => (
              <button
                key={id}
                type="button"
                class={`small node ${state(id)}`}
                aria-label={`${name} ${said[state(id)]}`}
                title={id}
                onClick={() => turn([id])}
              >
                {name}
              </button>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
