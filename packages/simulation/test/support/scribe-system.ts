import type { NodeSpec, System } from "@eunomia/simulation";

/** A node without a driver: writes slots into its log, and says so once the promise of a sync is kept. */
export function scribeSystem(waits = true): System<null> {
  return {
    name: "scribe",
    promises: true,
    draw: () => null,
    build: (_config, scene) => {
      let said = 0;
      const node: NodeSpec = {
        id: "scribe",
        start: (life) => {
          const log = life.log();
          if (life.ports.journal.replay().kind === "unreadable" || log.open().kind === "unreadable")
            return null;
          // What a restart finds is more or less than it said before; less would be a lie.
          life.output("scribe", { kind: "found", slot: log.last });
          const write = async (): Promise<void> => {
            log.append(log.last + 1, Uint8Array.of(7));
            const { last } = log;
            const synced = log.sync();
            if (waits) await synced;
            else synced.catch(() => {});
            life.output("scribe", { kind: "kept", slot: last });
          };
          return {
            command: () => {
              write().catch((error: Error) => life.fault(error));
              return true;
            },
            peek: () => log.last,
            stop: () => {},
          };
        },
      };
      return {
        nodes: [node],
        nodeOf: () => "scribe",
        clients: [{ id: "client", act: () => (scene.command("scribe", null) ? "write" : null) }],
        watches: [
          {
            property: "what was said to be kept is kept",
            output: ({ output }) => {
              const { kind, slot } = output as { kind: "found" | "kept"; slot: number };
              if (kind === "found" && slot < said)
                return `found ${slot} slots after ${said} were said to be kept`;
              if (kind === "kept") said = Math.max(said, slot);
              return null;
            },
          },
        ],
      };
    },
  };
}
