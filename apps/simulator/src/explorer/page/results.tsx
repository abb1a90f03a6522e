import type { SearchAnswer, SearchProgress } from "../worker/messages.ts";
import { askEventually, check, chosen, cursor, go, position, search, shrink, stop, story } from "./store.ts";

const count = (value: number): string => value.toLocaleString("en");

/** Sizes of the levels of the search: how far it is, at a glance. */
function Levels({ sizes }: { sizes: readonly number[] }) {
  const most = Math.max(1, ...sizes);
  const wide = 240 / Math.max(1, sizes.length);
  return (
    <svg
      class="levels"
      viewBox="0 0 240 44"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${sizes.length} levels, the largest has ${count(most)} states`}
    >
      {sizes.map((size, at) => (
        <rect
          key={at}
          x={at * wide}
          width={Math.max(0.5, wide - 0.8)}
          y={44 - (size / most) * 42}
          height={(size / most) * 42}
        />
      ))}
    </svg>
  );
}

function Counters({ progress }: { progress: SearchProgress }) {
  const { states, transitions, levels, seconds } = progress;
  const rate = seconds > 0 ? Math.round(states / seconds) : 0;
  const numbers: readonly (readonly [string, string])[] = [
    ["states", count(states)],
    ["transitions", count(transitions)],
    ["levels", count(levels.length)],
    ["states per second", count(rate)],
  ];
  return (
    <>
      <dl class="counters">
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Levels sizes={levels} />
    </>
  );
}

function Found({ answer }: { answer: SearchAnswer }) {
  const violated = answer.verdicts.some(({ result }) => result === "violated");
  // A search ends at the first violation: what it leaves open needs no line of its own.
  const open = violated ? answer.verdicts.filter(({ result }) => result === "unknown") : [];
  return (
    <>
      <ul class="verdicts">
        {answer.verdicts
          .filter((each) => !open.includes(each))
          .map(({ property, result, reason }) => (
            <li key={property} class={result}>
              <span class="result">{result}</span>
              <span>{property}</span>
              {reason !== null && <p>{reason}</p>}
            </li>
          ))}
      </ul>
      {open.length > 0 && (
        <p class="quiet">
          Left open, since the search ended there: {open.map(({ property }) => property).join(", ")}.
        </p>
      )}
      {answer.truncated !== null && <p class="warning">{answer.truncated}</p>}
      {answer.cut.length > 0 && (
        <details>
          <summary>{answer.cut.length} bounds cut something off</summary>
          <ul>
            {answer.cut.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </details>
      )}
      {answer.neverFired.length > 0 && <p class="quiet">Never fired: {answer.neverFired.join(", ")}.</p>}
    </>
  );
}

/** Searches every state of the chosen scope. */
function Search() {
  const { name, progress, answer, running } = search.value;
  if (chosen.value.kind !== "model") return null;
  return (
    <section id="check" class="panel" aria-labelledby="check-title" aria-busy={running}>
      <header>
        <h2 id="check-title">Check</h2>
        {running ? (
          <button type="button" class="small" onClick={() => void stop()}>
            Stop
          </button>
        ) : (
          <button type="button" class="small main" onClick={() => void check()}>
            Every state <kbd>c</kbd>
          </button>
        )}
      </header>
      {name !== "" && <p class="quiet">{name}</p>}
      {progress !== null && <Counters progress={progress} />}
      {answer !== null && <Found answer={answer} />}
    </section>
  );
}

/** Verdicts of this story at the moment that is shown. */
function Properties() {
  const told = story.value;
  const verdicts = position.value?.verdicts ?? told?.verdicts ?? [];
  return (
    <section id="properties" class="panel" aria-labelledby="properties-title" aria-live="polite">
      <header>
        <h2 id="properties-title">Properties here</h2>
      </header>
      <ul class="verdicts">
        {verdicts.map(({ property, result, reason, step }) => (
          <li key={property} class={result.replace(" ", "-")}>
            <span class="result">{result}</span>
            <span>
              {property}
              {(result === "reached" || result === "violated") &&
                step !== null &&
                step > 0 &&
                step !== cursor.value && (
                  <button type="button" class="link" onClick={() => go(step)}>
                    step {step}
                  </button>
                )}
              {(result === "reached" || result === "not reached") && (
                <button
                  type="button"
                  class="link"
                  title="Does every fair run come to it, when all inputs come?"
                  onClick={() => void askEventually(property)}
                >
                  inevitable?
                </button>
              )}
              {result === "not reached" && (
                <button type="button" class="link" onClick={() => void check(property)}>
                  shortest way
                </button>
              )}
            </span>
            {reason !== null && <p>{reason}</p>}
          </li>
        ))}
      </ul>
      {told !== null &&
        told.origin.kind !== "model" &&
        told.verdicts.some(({ result }) => result !== "holds") && (
          <button type="button" class="small" onClick={() => void shrink()}>
            Make this run smaller
          </button>
        )}
    </section>
  );
}

/** What is known: by searching, and at this moment. */
export function Results() {
  return (
    <>
      <Search />
      <Properties />
    </>
  );
}
