import { runTwins, seededDraw, type TwinsRound, TwinsScenarios } from "@eunomia/simulation";
import { substitutionOf, unchanged } from "../../mutants/mutant.ts";
import {
  judgeTwins,
  type TwinsCase,
  type TwinsProtocol,
  type TwinsSize,
  twinsCase,
  twinsProtocols,
} from "../../protocols/twins.ts";
import { invocation } from "../invocation.ts";
import { mutantNamed } from "../models.ts";
import { Progress } from "../progress.ts";
import { refuse } from "../refusal.ts";
import { scenarioText } from "./scenario-text.ts";

export interface TwinsCommand extends TwinsSize {
  /** So many are drawn; null: all are gone through. */
  readonly scenarios: number | null;
  readonly seed: string;
  readonly mutant: string | null;
  /** The only one to run, step by step; null: many. */
  readonly scenario: string | null;
  readonly json: boolean;
}

/** More scenarios than this, counted without those that symmetries surely leave out, would take hours. */
const allMax = 5_000_000;

interface Found {
  scenarios: number;
  steps: number;
  /** Scenarios in which somebody decided. */
  decided: number;
  wrong: number;
  /** The first of those: its name, and what was decided. */
  first: { readonly scenario: string; readonly detail: string } | null;
  cpuSeconds: number;
}

function chosen(
  scenarios: TwinsScenarios,
  count: number | null,
  seed: string,
): Iterable<readonly TwinsRound[]> {
  const least = scenarios.unpruned / scenarios.symmetries;
  if (count === null && least > allMax)
    refuse(
      "too-many",
      `there are ${Math.ceil(least).toLocaleString("en")} scenarios or more`,
      "draw some of them: --scenarios 100000",
    );
  if (count === null) return scenarios.all();
  const draw = seededDraw(seed);
  return (function* () {
    for (let at = 0; at < count; at += 1) yield scenarios.random(draw);
  })();
}

function runAll(one: TwinsCase, all: TwinsScenarios, { scenarios, seed, json }: TwinsCommand): Found {
  const found: Found = { scenarios: 0, steps: 0, decided: 0, wrong: 0, first: null, cpuSeconds: 0 };
  const most = scenarios ?? Math.ceil(all.unpruned / all.symmetries);
  const progress = new Progress({ total: most, unit: "scenarios", quiet: json });
  const before = process.cpuUsage();
  for (const rounds of chosen(all, scenarios, seed)) {
    const run = runTwins(one.subject, rounds);
    const { decided, wrong } = judgeTwins(one, run);
    found.scenarios += 1;
    found.steps += run.steps;
    if (decided) found.decided += 1;
    if (wrong !== null) {
      found.wrong += 1;
      found.first ??= { scenario: all.nameOf(rounds), detail: wrong };
    }
    if (found.scenarios % 256 === 0)
      progress.update(found.scenarios, `${found.scenarios} scenarios, ${found.wrong} violated`);
  }
  progress.stop();
  const { user, system } = process.cpuUsage(before);
  return { ...found, cpuSeconds: (user + system) / 1e6 };
}

function protocolNamed(name: string): TwinsProtocol {
  return (
    twinsProtocols.find((each) => each === name) ??
    refuse(
      "unknown-protocol",
      `no scenarios of "${name}" are known`,
      `choose among ${twinsProtocols.join(", ")}`,
    )
  );
}

/** The command that goes through one scenario again. */
function again(protocol: string, scenario: string, command: TwinsCommand): string {
  const { twins, rounds, partitions, timeouts, mutant } = command;
  const size = Object.entries({ twins, rounds, partitions, timeouts }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const broken = mutant === null ? [] : ["--mutant", mutant];
  return invocation(["twins", protocol, ...size, ...broken, "--scenario", scenario]);
}

const promise = (protocol: string, { bears }: TwinsCase, twins: number): string | null =>
  twins <= bears
    ? null
    : `this is no failure: ${protocol} does not promise to bear ${twins} of such nodes, but ${bears}; it shows what they can do`;

/** Goes through scenarios of twins; answers the exit code: 1 if something is violated that is promised. */
export function twinsCommand(name: string, command: TwinsCommand): number {
  const protocol = protocolNamed(name);
  const { twins, mutant, scenario, json } = command;
  const { engine } = mutant === null ? unchanged : substitutionOf(mutantNamed(mutant));
  const one = twinsCase(protocol, command, engine);
  const all = new TwinsScenarios(one.scope);
  const excuse = promise(protocol, one, twins);
  if (scenario !== null) {
    const { wrong, text } = scenarioText(one, all.named(scenario));
    console.log(
      json ? JSON.stringify({ protocol, scenario, wrong, excused: wrong !== null && excuse !== null }) : text,
    );
    if (!json && wrong !== null && excuse !== null) console.log(excuse);
    return wrong === null || excuse !== null ? 0 : 1;
  }
  const found = runAll(one, all, command);
  const excused = found.first !== null && excuse !== null;
  const line = found.first === null ? null : again(protocol, found.first.scenario, command);
  if (json)
    console.log(JSON.stringify({ protocol, ...found, unpruned: all.unpruned, excused, replay: line }));
  else tell(protocol, one, all, found, command, excused ? excuse : null, line);
  return found.first === null || excused ? 0 : 1;
}

const number = (value: number): string => Math.round(value).toLocaleString("en");

function tell(
  protocol: string,
  { shows }: TwinsCase,
  all: TwinsScenarios,
  found: Found,
  { scenarios, seed, rounds, mutant }: TwinsCommand,
  excuse: string | null,
  line: string | null,
): void {
  const { first, cpuSeconds } = found;
  const which =
    scenarios === null
      ? `all ${number(found.scenarios)} of ${number(all.unpruned)} scenarios that are not the same up to names`
      : `${number(found.scenarios)} of ${number(all.unpruned)} scenarios, drawn with seed ${seed}`;
  console.log(`${protocol}${mutant === null ? "" : ` with ${mutant}`}: ${shows}; ${rounds} rounds`);
  console.log(
    `${which}: ${number(found.decided)} with a decision, ${number(found.wrong)} that violate something`,
  );
  console.log(
    `${number(found.scenarios / cpuSeconds)} scenarios and ${number(found.steps / cpuSeconds)} steps per CPU second`,
  );
  if (first === null) return;
  console.log(`\nscenario ${first.scenario}: ${first.detail}`);
  if (excuse !== null) console.log(excuse);
  console.log("the next line goes through it step by step:");
  console.log(line);
}
