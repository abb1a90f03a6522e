import {
  calmProfile,
  campaign,
  type Profile,
  type RunEyes,
  type RunPlan,
  SimulationError,
  shrink,
  simulate,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import type { Toy } from "./support/toy-system.ts";
import { adversary, base, lost, other, system } from "./support/wrong.ts";

const profile = (part: object): Partial<RunPlan<Toy>> => ({
  profile: { ...calmProfile, ...part } as Profile,
});
const network = (part: object): Partial<RunPlan<Toy>> =>
  profile({ network: { ...calmProfile.network, ...part } });
const choice = { stream: "turn:r0", index: 0, arity: 2, value: 1 };
const node = { id: "n", start: () => null };
const client = { id: "c", act: () => null };
const live = { mode: "liveness", virtualMs: 200 } as const;

test.each<[string, Partial<RunPlan<Toy>>, RegExp]>([
  [
    "a limit of another name",
    { limits: { virtualMS: 3 } as never },
    /"limits" expected mode, .* got "virtualMS"/,
  ],
  ["a wire of another name", { wire: "smoke" as never }, /"wire" expected value or bytes, got "smoke"/],
  ["a share above 1", network({ loss: 2 }), /"profile.network.loss" expected a share from 0 to 1, got 2/],
  ["a share that is no number", network({ loss: Number.NaN }), /"profile.network.loss" .* got NaN/],
  [
    "a negative delay",
    network({ delayMinMs: -5 }),
    /"profile.network.delayMinMs" expected milliseconds from 0, got -5/,
  ],
  ["half of a profile", profile({ disk: undefined }), /"profile.disk" expected an object, got undefined/],
  [
    "a rate of another name",
    profile({ rates: { ...calmProfile.rates, crsh: 1 } }),
    /"profile.rates" .* got "crsh"/,
  ],
  ["no watches", other({ watches: undefined }), /"watches" .* expected at least one/],
  [
    "a deaf watch",
    other({ watches: [{ property: "p", outputs: () => null }] }),
    /"p" .* would never say anything/,
  ],
  ["liveness without an end", { ...other({ done: undefined }), limits: live }, /"done" .* in liveness mode/],
  ["no patience", { ...other({ patienceMs: Number.NaN }), limits: live }, /"patienceMs" .* got NaN/],
  ["two clients of one name", other({ clients: [client, client] }), /"clients" .* got "c" twice/],
  ["a client that never rests", other({ clients: [{ ...client, thinkMs: -1 }] }), /"thinkMs" .* got -1/],
  ["a core of nobody", other({ budget: { tolerates: () => true, cores: [["zz"]] } }), /"cores" .* got "zz"/],
  ["no plan", null as never, /"plan" expected an object, got null/],
  ["a key of another name", { choises: [] } as never, /"plan" expected .*; got "choises"/],
  ["no seed", { seed: undefined as never }, /"seed" expected a text, got undefined/],
  ["a seed that is a number", { seed: 7 as never }, /"seed" expected a text, got 7/],
  ["no limits", { limits: null as never }, /"limits" expected an object, got null/],
  ["no system", { system: undefined as never }, /"system" expected an object, got undefined/],
  ["a system without draw", system({ draw: undefined }), /"draw" of the system "toy" expected a function/],
  ["a system without build", system({ build: 7 }), /"build" of the system "toy" expected a function, got 7/],
  ["a system without a name", system({ name: "" }), /"name" of the system expected a text/],
  ["a system with more", system({ bild: 1 }), /"system" expected .*; got "bild"/],
  ["promises that are none", system({ promises: "yes" }), /"promises" of the system "toy" .* got yes/],
  ["a draw that throws", system({ draw: lost }), /"draw" of the system "toy" .* throws Error: lost/],
  ["a draw without an answer", system({ draw: () => undefined }), /"draw" .* a configuration, got undefined/],
  ["surroundings that throw", system({ surroundings: lost }), /"surroundings" of the system "toy" .* throws/],
  [
    "surroundings that are none",
    system({ surroundings: () => ({}) }),
    /"profile.network" expected an object/,
  ],
  ["a build that throws", system({ build: lost }), /"build" of the system "toy" .* throws Error: lost/],
  [
    "a build without an answer",
    system({ build: () => null }),
    /"build" of "toy" expected an object, got null/,
  ],
  ["an authenticator that throws", { ...system({ authenticator: lost }) }, /"authenticator" .* throws/],
  ["choices in no list", { choices: {} as never }, /"choices" expected a list/],
  ["a choice that is null", { choices: [null as never] }, /"choices\[0\]" .* got null/],
  ["a value above its arity", { choices: [{ ...choice, value: 2 }] }, /"choices\[0\]" .* a value below/],
  ["an index that is none", { choices: [choice, { ...choice, index: -1 }] }, /"choices\[1\]"/],
  ["an arity too large", { choices: [{ ...choice, arity: 1e6 }] }, /an arity of at most 65536/],
  [
    "a moment that is none",
    { drawAfterMs: Number.NaN },
    /"drawAfterMs" expected milliseconds from 0, got NaN/,
  ],
  ["a script in no list", { script: "start" as never }, /"script" expected a list of moves/],
  [
    "a move that is none",
    { script: ["start", "fly away"] },
    /"script\[1\]" expected a move .* got "fly away"/,
  ],
  ["a fault of another name", { script: ["*burn s"] }, /"script\[0\]" expected a move/],
  ["a move at no moment", { script: ["*crash s @soon <1"] }, /"script\[0\]" expected a move/],
  ["a move that is a number", { script: [3 as never] }, /"script\[0\]" .* got 3/],
  [
    "a turn of nobody",
    { script: ["?zz 3 @70000"] },
    /"script" expected turns of clients \(.*\), got "\?zz 3/,
  ],
  ["a substitute that is none", { substitute: {} as never }, /"substitute" expected a function/],
  [
    "a substitute that throws",
    { substitute: lost },
    /"substitute" expected to answer, but it throws Error: lost/,
  ],
  [
    "a substitute without an engine",
    { substitute: () => null as never },
    /"substitute" .* an engine, got null/,
  ],
  [
    "an adversary that is a text",
    { adversary: "twins" as never },
    /"adversary" expected \{ strategy, nodes \}/,
  ],
  ["an adversary that throws", { adversary: lost }, /"adversary" expected to answer, but it throws/],
  ["an adversary of no name", adversary({ nodes: [] }), /"name" of the adversary expected a text/],
  [
    "an adversary of nobody",
    adversary({ name: "x", nodes: ["zz"] }),
    /"nodes" of "x" expected nodes .* "zz"/,
  ],
  [
    "an adversary that is deaf",
    adversary({ name: "x", nodes: [], overhear: 1 }),
    /"overhear" of the adversary "x"/,
  ],
  ["no nodes", other({ nodes: [] }), /"nodes" of "toy" expected at least one, got none/],
  [
    "two nodes of one name",
    other({ nodes: [node, node] }),
    /"nodes" of "toy" expected distinct ids, got "n"/,
  ],
  [
    "a node that cannot start",
    other({ nodes: [{ id: "n" }] }),
    /"start" of the node "n" expected a function/,
  ],
  ["no nodeOf", other({ nodeOf: undefined }), /"nodeOf" of "toy" expected a function/],
  ["a cluster with more", other({ watchs: [] } as never), /"build" of "toy" expected .*; got "watchs"/],
  [
    "a client that cannot act",
    other({ clients: [{ id: "c" }] }),
    /"act" of the client "c" expected a function/,
  ],
  ["a client without a name", other({ clients: [{ act: () => null }] }), /each to have an id, got undefined/],
  ["a watch without a name", other({ watches: [{ end: () => null }] }), /a watch of "toy" .* got undefined/],
  ["an ear that is none", other({ watches: [{ property: "p", end: 1 }] }), /"end" of the watch "p" .* got 1/],
  ["a budget that cannot say", other({ budget: {} }), /"tolerates" of "toy" expected a function/],
  ["cores in no lists", other({ budget: { tolerates: () => true, cores: ["s"] } }), /a list of lists/],
  ["done that is none", other({ done: true }), /"done" of "toy" expected a function, got true/],
])("%s is refused", async (_name, part, message) => {
  // A call that threw instead of answering a promise would end the test here.
  const run = simulate(part === null ? part : { ...base, ...part });
  const refused = await run.then(
    () => null,
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(SimulationError);
  expect((refused as Error).message).toMatch(message);
});

test.each<[string, unknown, RegExp]>([
  ["null", null, /"eyes" expected an object, got null/],
  ["of another name", { onSteps: lost }, /"eyes" expected .*; got "onSteps"/],
  ["an eye that is none", { onStep: 1 }, /"onStep" expected a function/],
  ["a share of steps", { checkEvery: 0.5 }, /"checkEvery" expected an integer from 0, got 0.5/],
  ["a step that throws", { onStep: lost }, /"onStep" of the eyes .* throws Error: lost/],
  ["a move that throws", { onMove: lost }, /"onMove" of the eyes .* throws Error: lost/],
])("eyes: %s", async (_name, eyes, message) => {
  const error = await simulate(base, eyes as RunEyes).catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(SimulationError);
  expect((error as Error).message).toMatch(message);
});

test("campaigns and shrinking refuse what cannot be", async () => {
  const campaigns: [object, RegExp][] = [
    [{ runs: 0 }, /"runs" expected an integer from 1, got 0/],
    [{ runs: 1, failuresMax: Number.NaN }, /"failuresMax" .* got NaN/],
    [{ runs: 1, twiceEvery: -1 }, /"twiceEvery" expected an integer from 0, got -1/],
    [{ runs: 1, feedback: "yes" }, /"feedback" expected true or false/],
    [{ runs: 1, onRun: 1 }, /"onRun" expected a function/],
    [{ runs: 1, seeds: 1 }, /"options" expected .*; got "seeds"/],
    [{ runs: 1, plan: null }, /"plan" expected an object, got null/],
  ];
  for (const [options, message] of campaigns)
    await expect(campaign({ plan: base, runs: 1, ...options })).rejects.toThrow(message);
  const result = await simulate(base);
  await expect(shrink(base, result, { replays: -1 })).rejects.toThrow(/"replays" expected an integer from 0/);
  await expect(shrink(base, result, { replay: 1 } as never)).rejects.toThrow(/got "replay"/);
  await expect(shrink(base, null as never)).rejects.toThrow(/"result" expected what "simulate" has answered/);
});
