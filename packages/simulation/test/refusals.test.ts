import {
  type Cluster,
  calmProfile,
  type Profile,
  type RunPlan,
  SimulationError,
  simulate,
  type Watch,
} from "@eunomia/simulation";
import { expect, test } from "vitest";
import { type Toy, toySystem } from "./support/toy-system.ts";

const base: RunPlan<Toy> = { system: toySystem(), seed: "1", limits: { virtualMs: 200 } };

/** The system with parts of its cluster replaced. */
function other(part: Partial<Record<keyof Cluster, unknown>>): Partial<RunPlan<Toy>> {
  const { system } = base;
  return {
    system: { ...system, build: (config, scene) => ({ ...system.build(config, scene), ...part }) as Cluster },
  };
}
const profile = (part: object): Partial<RunPlan<Toy>> => ({
  profile: { ...calmProfile, ...part } as Profile,
});
const network = (part: object): Partial<RunPlan<Toy>> =>
  profile({ network: { ...calmProfile.network, ...part } });
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
])("%s is refused", async (_name, part, message) => {
  const refused = await Promise.resolve()
    .then(() => simulate({ ...base, ...part }))
    .then(
      () => null,
      (error: unknown) => error,
    );
  expect(refused).toBeInstanceOf(SimulationError);
  expect((refused as Error).message).toMatch(message);
});

test.each<[string, unknown, RegExp]>([
  [
    "throws",
    () => {
      throw new Error("lost");
    },
    /the watch itself failed: Error: lost/,
  ],
  ["answers false", () => false, /the watch expected to answer null or what is wrong, got false/],
  ["answers nothing", () => undefined, /the watch expected to answer null or what is wrong, got undefined/],
])("a watch that %s is told by its own name, whatever it hears", async (_name, hears, detail) => {
  for (const ear of ["output", "step", "sent", "fate", "end"] as const) {
    const watch = { property: "mine", [ear]: hears } as unknown as Watch;
    const { outcome } = await simulate({
      ...base,
      ...other({ watches: [watch] }),
      limits: { virtualMs: 1000 },
    });
    expect(outcome).toMatchObject({ kind: "violated", property: "mine" });
    expect((outcome as { detail: string }).detail).toMatch(detail);
  }
});
