import { dirname, resolve } from "node:path";
import { type Logger, pino } from "pino";
import { type Deployed, readDeployment } from "../deploy/decide.ts";
import { applicationOf } from "../kv/application.ts";
import { type ObserveServer, observe } from "../observe/server.ts";
import { Watch } from "../observe/watch.ts";
import { readKeys } from "../security/signers.ts";
import { readTlsFiles } from "../security/tls-files.ts";
import { type ClusterConfig, readClusterConfig, readSecrets } from "./config.ts";
import type { Joining } from "./joining.ts";
import { type NodeOptions, type RunningNode, startNode } from "./stack.ts";
import { NodeEngineTrace, NodeTrace } from "./trace.ts";
import { type TroubleOrder, Troubles } from "./troubles.ts";

/** Where a node's process finds what it is to be. */
export interface NodeProcessOptions {
  readonly config: string;
  /** A file of secrets that all share, or a folder with this node's certificate: one of the two. */
  readonly secrets?: string;
  readonly tls?: string;
  /** The file of this node's key, where the configuration names a protocol whose messages are signed. */
  readonly signing?: string;
  readonly id: string;
  readonly data: string;
  /** For a node that is none of the first ones. */
  readonly joins?: Joining;
  /** Where broadcast events go, one JSON object per line. */
  readonly trace?: string;
  /** Where every step of every engine goes, for `replay`. */
  readonly traceEngines?: string;
  /** Disk, clock and network have troubles when the parent process orders them. */
  readonly troubles?: boolean;
}

/** What a parent process may ask over the IPC channel, if there is one. */
export type NodeRequest =
  | { readonly kind: "status" }
  | { readonly kind: "stop" }
  /** Only of a node that was started with `troubles`. */
  | { readonly kind: "troubles"; readonly order: TroubleOrder };
/** What the node tells its parent. */
export type NodeReport =
  | { readonly kind: "ready"; readonly tornBytes: number; readonly delivered: number }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | {
      readonly kind: "status";
      readonly delivered: number;
      readonly epoch: number;
      readonly protocol: string;
      /** The replica that proposes with least effort, if the protocol names one. */
      readonly duty: string | null;
      readonly refusals: Readonly<Record<string, number>>;
      readonly residentBytes: number;
      readonly cpuMicros: number;
    };

/** Runs one node until it is told to stop. Exit codes: 0 stopped as asked, 1 failed while running, 2 could not start. */
export async function runNode(options: NodeProcessOptions): Promise<void> {
  const log = pino({ base: { node: options.id } }, pino.destination({ dest: 2, sync: true }));
  const tell = (report: NodeReport): void => void process.send?.(report);
  const fail = (error: Error, exitCode: number): void => {
    const code = "code" in error ? String(error.code) : error.name;
    log.fatal({ code }, error.message);
    tell({ kind: "failed", code, message: error.message });
    process.exitCode = exitCode;
    setTimeout(() => process.exit(exitCode), 50).unref();
  };
  let running: RunningNode;
  let server: ObserveServer | null = null;
  const trace = options.trace === undefined ? null : new NodeTrace(options.trace, options.id);
  const engines =
    options.traceEngines === undefined ? null : new NodeEngineTrace(options.traceEngines, options.id);
  const troubles = options.troubles ? new Troubles() : null;
  try {
    const config = readClusterConfig(options.config);
    const watch = new Watch(config, options.id);
    const application = applicationOf(config);
    server = await observeAs(config, options, watch);
    running = await startNode({
      config,
      ...(options.secrets !== undefined && { secrets: readSecrets(options.secrets, "node") }),
      ...(options.tls !== undefined && { tls: readTlsFiles(options.tls) }),
      ...(options.signing !== undefined && { signing: readKeys(options.signing) }),
      ...(options.joins && { joins: options.joins }),
      ...(config.deployment !== undefined && { deployed: deployedBy(config, options.config) }),
      ...(application && { application }),
      id: options.id,
      dataDirectory: options.data,
      onFault: (error) => fail(error, 1),
      ...(troubles && { troubles }),
      ...logging(log, trace),
      ...listening(watch, log, trace),
      ...(engines && { step: engines.step }),
    });
    watch.attach(running);
    if (running.ranBefore) trace?.recovered(running.restoredSlot);
  } catch (error) {
    await server?.close();
    fail(error as Error, 2);
    return;
  }
  const stop = async (): Promise<void> => {
    await server?.close();
    await running.close();
    trace?.close();
    engines?.close();
    process.exit(0);
  };
  if (options.tls !== undefined) process.on("SIGHUP", () => rotate(running, options.tls!, log));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.on("message", (request: NodeRequest) => {
    if (request.kind === "stop") void stop();
    else if (request.kind === "troubles") troubles?.set(request.order);
    else tell(statusOf(running));
  });
  // A node without its parent has nobody to serve in a demonstration; on its own it has no channel and stays.
  process.once("disconnect", stop);
  const { tornBytes, restoredSlot } = running;
  log.info({ delivered: restoredSlot, tornBytes, observe: server?.address ?? null }, "serving");
  tell({ kind: "ready", tornBytes, delivered: restoredSlot });
}

/** What the deployment of a cluster decides. @throws DeploymentError */
function deployedBy({ deployment = "", nodes }: ClusterConfig, file: string): Deployed {
  return readDeployment(
    resolve(dirname(file), deployment),
    nodes.map(({ id }) => id),
  );
}

/** What of a node goes into its log. */
function logging(log: Logger, trace: NodeTrace | null) {
  const away = new Set<string>();
  return {
    onForeign: (event) => log.warn(event, "spoke for the session of another name"),
    onSnapshot: (event) => {
      if (event.kind === "installed") trace?.installed(event.slot);
      const trouble = event.kind === "failed" || event.kind === "damaged" || event.kind === "unusable";
      log[trouble ? "error" : "info"](event, `snapshot ${event.kind}`);
    },
    onEvent(event) {
      if (event.kind === "connected") away.delete(event.peer);
      if (event.kind === "dial-failed") {
        // Dialled again and again; the first time says it.
        if (away.has(event.peer)) return;
        away.add(event.peer);
      }
      const refused = event.kind === "refused" || event.kind === "refused-by-peer";
      if (refused) log.warn(event, "connection refused");
      else log.info(event, event.kind);
    },
  } satisfies Partial<NodeOptions>;
}

/** What of a node is measured, and written down for `verify`. */
function listening(watch: Watch, log: Logger, trace: NodeTrace | null) {
  const reasons = new Set<string>();
  return {
    ...watch.ears,
    onDelivery: (delivery) => {
      watch.ears.onDelivery(delivery);
      trace?.delivered(delivery);
    },
    onAlarm: (alarm) => {
      watch.ears.onAlarm(alarm);
      log.error(alarm, "processes disagree about a slot");
    },
    onRefused: (refused) => {
      watch.ears.onRefused(refused);
      // The first of each reason says it; how many there are, the metrics tell.
      if (reasons.has(refused.reason)) return;
      reasons.add(refused.reason);
      log.warn(refused, "a peer sends what the protocol ignores");
    },
    onConvicted: (convicted) => {
      watch.ears.onConvicted(convicted);
      log.error(convicted, "a node departed from the protocol: show it with `eunomia evidence`");
    },
    onStuck: (stuck) => {
      watch.ears.onStuck();
      log.error(stuck, "a slot cannot be decided any more");
    },
    onRemoved: (from) => {
      watch.ears.onRemoved(from);
      log.warn({ from }, "removed: this node may be stopped, and its name is never used again");
    },
  } satisfies Partial<NodeOptions>;
}

/** Serves what is measured where the configuration says; null: nowhere. @throws ObserveError */
async function observeAs(
  config: ClusterConfig,
  { id, joins }: NodeProcessOptions,
  { meters }: Watch,
): Promise<ObserveServer | null> {
  const { observe: place } = joins?.self ?? config.nodes.find((node) => node.id === id) ?? {};
  return place === undefined ? null : observe({ ...place, meters });
}

/** Takes the folder's certificate, authorities and revocations as they are now. What cannot work changes nothing. */
function rotate(running: RunningNode, folder: string, log: Logger): void {
  try {
    running.updateTls(readTlsFiles(folder));
    log.info({ certificate: running.links().certificate }, "certificates read again");
  } catch (error) {
    log.error(
      { code: (error as { code?: string }).code },
      `certificates stay as they were: ${(error as Error).message}`,
    );
  }
}

function statusOf({ node, refusals, deliveredSlot }: RunningNode): NodeReport {
  const state = node.state;
  const current = state?.epochs.findLast((epoch) => epoch.from <= state.slotOut);
  const { user, system } = process.cpuUsage();
  return {
    kind: "status",
    delivered: deliveredSlot,
    epoch: current?.id ?? 0,
    protocol: current?.protocol.name ?? "",
    duty: state?.duty ?? null,
    refusals: Object.fromEntries(refusals()),
    residentBytes: process.memoryUsage.rss(),
    cpuMicros: user + system,
  };
}
