import { nil, record, text, variant } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";
import { engineNodes, type System } from "@eunomia/simulation";

interface Lease {
  Config: { self: string; other: string };
  State: Record<never, never>;
  Command: null;
  Message: { kind: "grant" };
  Timer: "reclaim" | "release";
  Record: null;
  Output: { kind: "reclaimed" } | { kind: "held" } | { kind: "released" };
}

const on = actionsOf<Lease>();

/** Grants a lease by nothing but time: right as long as clocks run alike, nobody pauses and packets are quick. */
const lease: Engine<Lease> = {
  name: "lease",
  schema: {
    config: record({ self: text(), other: text() }),
    state: record({}),
    command: nil(),
    message: variant({ grant: record({}) }),
    record: nil(),
    output: variant({ reclaimed: record({}), held: record({}), released: record({}) }),
    timers: ["reclaim", "release"],
  },
  self: (config) => config.self,
  init: () => ({}),
  actions: [
    on.commands(
      "grant",
      () => true,
      (config, _state, _found, out) => {
        out.send([config.other], { kind: "grant" });
        out.arm("reclaim", 20);
      },
    ),
    on.message(
      "grant",
      "hold",
      () => true,
      (_config, _state, _found, out) => {
        out.output({ kind: "held" });
        out.arm("release", 10);
      },
    ),
    on.timeout(
      "release",
      "release",
      () => true,
      (_config, _state, _found, out) => out.output({ kind: "released" }),
    ),
    on.timeout(
      "reclaim",
      "reclaim",
      () => true,
      (_config, _state, _found, out) => out.output({ kind: "reclaimed" }),
    ),
  ],
  compact: () => [],
  observe: (_config, state) => state,
  fairness: { grant: "weak", hold: "weak", release: "weak", reclaim: "weak" },
};

/** An owner that grants a lease again and again, and a holder. */
export function leaseSystem(): System<null> {
  return {
    name: "lease",
    draw: () => null,
    build: (_config, scene) => {
      let held = false;
      let granted = false;
      return {
        ...engineNodes(scene, {
          owner: { engine: lease, config: { self: "owner", other: "holder" } },
          holder: { engine: lease, config: { self: "holder", other: "owner" } },
        }),
        clients: [
          {
            id: "client",
            thinkMs: 50,
            act: () => {
              if (granted || !scene.command("owner", null)) return null;
              granted = true;
              return "grant";
            },
          },
        ],
        watches: [
          {
            property: "the owner reclaims what nobody holds",
            output: ({ output }) => {
              const { kind } = output as Lease["Output"];
              if (kind !== "reclaimed") held = kind === "held";
              else if (held) return "the holder still holds the lease";
              if (held && !granted) return "the holder got the lease after it was reclaimed";
              if (kind === "reclaimed") granted = false;
              return null;
            },
          },
        ],
      };
    },
  };
}
