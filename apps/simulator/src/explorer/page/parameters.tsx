import { useSignal } from "@preact/signals";
import { inline } from "../story/tree.ts";
import type { Tree } from "../story/types.ts";
import { catalog, chosen } from "./store.ts";

interface FieldProps {
  readonly id: string;
  readonly value: Tree;
  /** The words that it may be; undefined: anything of its sort. */
  readonly words: readonly string[] | undefined;
  readonly put: (value: Tree) => void;
}

/** Lists, and numbers that may be left out, are written as JSON. The field keeps what is typed until it can be read. */
function JsonField({ id, value, put }: FieldProps) {
  const wrong = useSignal(false);
  return (
    <input
      id={id}
      defaultValue={value === null ? "" : JSON.stringify(value)}
      placeholder="as usual"
      aria-invalid={wrong.value}
      onInput={(event) => {
        try {
          put(JSON.parse(event.currentTarget.value || "null") as Tree);
          wrong.value = false;
        } catch {
          wrong.value = true;
        }
      }}
    />
  );
}

function ParameterField(props: FieldProps) {
  const { id, value, words, put } = props;
  if (words !== undefined)
    return (
      <select id={id} value={String(value)} onChange={(event) => put(event.currentTarget.value)}>
        {words.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </select>
    );
  if (typeof value === "number")
    return (
      <input
        id={id}
        type="number"
        min={0}
        value={value}
        onInput={(event) => put(event.currentTarget.valueAsNumber || 0)}
      />
    );
  if (typeof value === "boolean")
    return (
      <input id={id} type="checkbox" checked={value} onInput={(event) => put(event.currentTarget.checked)} />
    );
  if (typeof value === "string")
    return <input id={id} value={value} onInput={(event) => put(event.currentTarget.value)} />;
  return <JsonField {...props} />;
}

/** `splitFlush` as people write it. */
const wordsOf = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);

function wordsFor(name: string, parameter: string): readonly string[] | undefined {
  const { models = [], systems = [] } = catalog.value ?? {};
  return [...models, ...systems].find((each) => each.name === name)?.options[parameter];
}

/** The parameters of what is chosen, each in a field of its sort. */
export function Parameters() {
  const { params, kind, name } = chosen.value;
  if (params === null || typeof params !== "object" || Array.isArray(params)) return null;
  const told = Object.entries(params)
    .filter(([, value]) => value !== null && value !== false && value !== 0 && value !== "none")
    .map(([key, value]) => `${wordsOf(key)} ${value === true ? "" : inline(value as Tree)}`.trim())
    .join(", ");
  return (
    <details class="parameters" open={kind === "run"}>
      <summary>
        {kind === "model" ? "Scope and faults" : "Run"} <span class="said">{told}</span>
      </summary>
      <div>
        {Object.entries(params).map(([key, value]) => {
          const words = wordsFor(name, key);
          return (
            <label
              key={`${name} ${key}`}
              class={typeof value === "string" && (words?.length ?? 0) > 9 ? "parameter long" : "parameter"}
              for={`parameter-${key}`}
            >
              <span>{wordsOf(key)}</span>
              <ParameterField
                id={`parameter-${key}`}
                value={value as Tree}
                words={words}
                put={(next) => {
                  chosen.value = { kind, name, params: { ...(params as object), [key]: next } };
                }}
              />
            </label>
          );
        })}
      </div>
    </details>
  );
}
