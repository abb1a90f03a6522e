import type { Catalog } from "../worker/messages.ts";
import { grouped } from "./grouped.ts";
import { Parameters } from "./parameters.tsx";
import { catalog, chosen, open, openReplay, simulate, trouble } from "./store.ts";

/** Larger files are no replay files. */
const maxFileBytes = 64 * 1024 * 1024;

async function openFile(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  if (file.size > maxFileBytes)
    trouble.value = `${file.name} has ${file.size} bytes; a replay file has at most ${maxFileBytes}`;
  else await openReplay(await file.text());
}

/** Chooses an entry with its parameters as they stand in the registry. */
function choose(value: string, { models, systems }: Catalog): void {
  const model = models.find(({ name }) => `model ${name}` === value);
  if (model !== undefined) chosen.value = { kind: "model", name: model.name, params: model.params };
  const system = systems.find(({ name }) => `run ${name}` === value);
  if (system !== undefined) chosen.value = { kind: "run", name: system.name, params: system.params };
}

function Scopes({ all }: { all: Catalog }) {
  const { kind, name } = chosen.value;
  const protocols = grouped(all.models, ({ protocol }) => protocol);
  return (
    <select
      id="protocol"
      value={`${kind} ${name}`}
      onChange={(event) => choose(event.currentTarget.value, all)}
    >
      {protocols.map(([protocol, models]) => (
        <optgroup key={protocol} label={`${protocol}: every state of a small scope`}>
          {models.map((model) => (
            <option key={model.name} value={`model ${model.name}`}>
              {model.name}
            </option>
          ))}
        </optgroup>
      ))}
      {all.systems.length > 0 && (
        <optgroup label="simulated clusters">
          {all.systems.map((system) => (
            <option key={system.name} value={`run ${system.name}`}>
              {system.name}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}

function begin(event: Event): void {
  event.preventDefault();
  const { kind, name, params } = chosen.value;
  void (kind === "model" ? open() : simulate(name, params));
}

/** Which protocol, scope and faults; or a replay file. */
export function Setup() {
  const all = catalog.value;
  const { kind, name } = chosen.value;
  const entry = [...(all?.models ?? []), ...(all?.systems ?? [])].find((each) => each.name === name);
  return (
    <section id="setup" class="panel" aria-labelledby="setup-title">
      <header>
        <h2 id="setup-title">Protocol and scope</h2>
      </header>
      <form onSubmit={begin}>
        {all !== null && <Scopes all={all} />}
        {entry !== undefined && <p class="shows">{entry.shows}</p>}
        <Parameters />
        <button type="submit" class="main">
          {kind === "model" ? "Open at the beginning" : "Run"}
        </button>
      </form>
      <label class="file">
        <input
          type="file"
          accept=".jsonl,.json,.txt"
          onChange={(event) => void openFile(event.currentTarget.files?.[0])}
        />
        <span>Open a replay file, or drop it anywhere</span>
      </label>
    </section>
  );
}

/** Files that are dropped on the page. */
export const dropTarget = {
  onDragOver: (event: DragEvent) => event.preventDefault(),
  onDrop: (event: DragEvent) => {
    event.preventDefault();
    void openFile(event.dataTransfer?.files[0]);
  },
};
