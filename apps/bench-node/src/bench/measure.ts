import { readFileSync } from "node:fs";
import type { Shape } from "./shapes.ts";
import type { Load, Target } from "./target.ts";

export interface Measurement {
  readonly system: string;
  readonly shape: Shape;
  readonly commands: number;
  readonly commandsPerSecond: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  /** Longest time without an answer. */
  readonly longestGapMs: number;
  readonly serverCpuMicrosPerCommand: number | null;
  readonly clientCpuMicrosPerCommand: number;
  readonly serverResidentMiB: number | null;
}

/** Ticks of `/proc`, which Linux counts in hundredths of a second. */
const ticksPerSecond = 100;

function cpuMicros(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
  } catch {
    return null;
  }
}

function residentMiB(pid: number): number | null {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return line === null ? null : Number(line[1]) / 1024;
  } catch {
    return null;
  }
}

const sum = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null) ? null : values.reduce<number>((total, value) => total + value!, 0);

/** One closed-loop run of at least `seconds`, after a short warm-up. */
export async function measure(target: Target, shape: Shape, seconds: number): Promise<Measurement> {
  const load = await target.connect(shape.connections);
  try {
    const commands = await commandsFor(load, shape, seconds);
    return await measured(target, load, shape, commands);
  } finally {
    await load.close();
  }
}

/** Warms up, and answers how many commands last for `seconds`. */
async function commandsFor(
  load: Load,
  { bodyBytes, connections, outstanding }: Shape,
  seconds: number,
): Promise<number> {
  const body = new Uint8Array(bodyBytes).fill(0x61);
  let rate = 1000;
  let commands = Math.max(200, outstanding * 4);
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    await load.run(outstanding, commands, body, () => {});
    rate = (commands / (performance.now() - began)) * 1000;
    commands = Math.max(outstanding, connections, Math.floor(rate * seconds * 0.2));
  }
  return Math.max(outstanding * 2, Math.floor(rate * seconds));
}

async function measured(target: Target, load: Load, shape: Shape, commands: number): Promise<Measurement> {
  const body = new Uint8Array(shape.bodyBytes).fill(0x61);
  const latencies = new Float64Array(commands);
  let answers = 0;
  let lastAt = performance.now();
  let longestGapMs = 0;
  const serverBefore = sum(target.pids.map(cpuMicros));
  const clientBefore = process.cpuUsage();
  const start = performance.now();
  await load.run(shape.outstanding, commands, body, (latencyMs) => {
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - lastAt);
    lastAt = now;
    latencies[answers++] = latencyMs;
  });
  const elapsed = (performance.now() - start) / 1000;
  const client = process.cpuUsage(clientBefore);
  const serverAfter = sum(target.pids.map(cpuMicros));
  latencies.sort();
  return {
    system: target.name,
    shape,
    commands,
    commandsPerSecond: commands / elapsed,
    latencyMsP50: latencies[Math.floor(commands * 0.5)]!,
    latencyMsP99: latencies[Math.floor(commands * 0.99)]!,
    longestGapMs,
    serverCpuMicrosPerCommand:
      serverBefore === null || serverAfter === null ? null : (serverAfter - serverBefore) / commands,
    clientCpuMicrosPerCommand: (client.user + client.system) / commands,
    serverResidentMiB: sum(target.pids.map(residentMiB)),
  };
}
