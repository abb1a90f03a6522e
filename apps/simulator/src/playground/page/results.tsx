import { useState } from "preact/hooks";
import type { SetsOf, Shown } from "../worker/messages.ts";
import { askChances, chanceAnswer, chances, list, listed, opened, outcome } from "./store.ts";

function Findings({ report }: { readonly report: Shown }) {
  return (
    <section class="panel" id="findings">
      <h2>{report.title}</h2>
      <ul class={`verdict ${report.outcome}`}>
        {report.findings.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function Sections({ report }: { readonly report: Shown }) {
  return (
    <>
      {report.sections.map(({ title, lines, table }) => (
        <section class="panel" key={title}>
          <h2>{title}</h2>
          {lines.map((line) => (
            <p class="line" key={line}>
              {line}
            </p>
          ))}
          {table !== undefined && table.rows.length > 0 && (
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    {table.head.map((cell, at) => (
                      <th key={`${at} ${cell}`}>{cell}</th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {table.rows.map((row) => (
                    <tr key={row.join()}>
                      {row.map((cell, at) => (
                        <td key={table.head[at]}>{cell}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
      ))}
      {report.notices.length > 0 && (
        <section class="panel">
          <h2>Noticed while reading</h2>
          {report.notices.map((line) => (
            <p class="quiet" key={line}>
              {line}
            </p>
          ))}
        </section>
      )}
    </>
  );
}

const kinds: readonly (readonly [SetsOf, string])[] = [
  ["quorums", "quorums"],
  ["halting", "who can halt it"],
  ["splitting", "who can split it"],
];

function MinimalSets() {
  const [grouped, setGrouped] = useState(false);
  const now = listed.value;
  return (
    <section class="panel" id="sets">
      <h2>Minimal sets</h2>
      <div class="tabs">
        {kinds.map(([of, title]) => (
          <button
            key={of}
            type="button"
            class={now?.of === of && now.grouped === grouped ? "main small" : "small"}
            onClick={() => void list(of, grouped)}
          >
            {title}
          </button>
        ))}
      </div>
      {opened.value?.grouped === true && (
        <label class="check">
          <input
            type="checkbox"
            checked={grouped}
            onChange={({ currentTarget }) => {
              setGrouped(currentTarget.checked);
              if (now !== null) void list(now.of, currentTarget.checked);
            }}
          />
          whole organisations
        </label>
      )}
      {now !== null && (
        <>
          <ol>
            {now.sets.map((set) => (
              <li key={set.join()}>{set.length === 0 ? "nobody is needed" : set.join(", ")}</li>
            ))}
          </ol>
          <p class="quiet">
            {now.sets.length}
            {now.end === null
              ? " so far"
              : now.end.complete
                ? `, which are all (${now.end.method})`
                : ", more were not found in time"}
          </p>
          {now.end === null && (
            <button type="button" class="small" onClick={() => void list(now.of, now.grouped)}>
              More
            </button>
          )}
        </>
      )}
    </section>
  );
}

const shownChance = (value: number | null): string =>
  value === null
    ? "not known"
    : value === 0
      ? "0"
      : value < 0.001
        ? value.toExponential(1)
        : `${Number((value * 100).toPrecision(3))} %`;

const nines = (value: number | null): string =>
  value === null || value === 0 || value >= 0.5 ? "" : `, ${(-Math.log10(value)).toFixed(1)} nines`;

function Slider({
  name,
  of,
  title,
}: {
  readonly name: string;
  readonly of: "crash" | "byzantine";
  readonly title: string;
}) {
  return (
    <label class="field" for={name}>
      {title}: {shownChance(10 ** chances.value[of])}
      <input
        id={name}
        type="range"
        min={-5}
        max={-0.5}
        step={0.1}
        value={chances.value[of]}
        onInput={({ currentTarget }) => {
          chances.value = { ...chances.value, [of]: Number(currentTarget.value) };
          void askChances();
        }}
      />
    </label>
  );
}

function Chances() {
  const answer = chanceAnswer.value;
  return (
    <section class="panel" id="chances">
      <h2>If nodes fail by chance</h2>
      <Slider name="crash" of="crash" title="a node is down" />
      <Slider name="byzantine" of="byzantine" title="a node lies" />
      <dl aria-live="polite">
        <dt>no quorum answers</dt>
        <dd title={answer?.halting}>
          {answer === null ? "…" : shownChance(answer.halts) + nines(answer.halts)}
        </dd>
        <dt>quorums can disagree</dt>
        <dd title={answer?.splitting}>
          {answer === null ? "…" : shownChance(answer.splits) + nines(answer.splits)}
        </dd>
      </dl>
      <p class="quiet">Upper bounds, for independent failures. Those that lie may also stay silent.</p>
    </section>
  );
}

/** Everything that was found out. */
export function Results() {
  const now = opened.value;
  if (now === null) return null;
  return (
    <>
      <Findings report={now.report} />
      {now.lists && <MinimalSets />}
      {now.chances && <Chances />}
      {outcome.value !== null && <Sections report={outcome.value} />}
      <Sections report={now.report} />
    </>
  );
}
