import { readFileSync } from "node:fs";
import type { Target } from "./target.ts";

export interface Measurement {
  readonly system: string;
  readonly outstanding: number;
  readonly bodyBytes: number;
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

/** One closed-loop run of at least `seconds`, after a short warm-up. The number of commands follows from the warm-up's rate. */
export async function measure(
  target: Target,
  outstanding: number,
  bodyBytes: number,
  seconds: number,
): Promise<Measurement> {
  const body = new Uint8Array(bodyBytes).fill(0x61);
  const began = performance.now();
  const warmUp = Math.max(200, outstanding * 4);
  await target.load(outstanding, warmUp, body, () => {});
  const firstRate = (warmUp / (performance.now() - began)) * 1000;
  await target.load(
    outstanding,
    Math.max(outstanding, Math.floor(firstRate * seconds * 0.2)),
    body,
    () => {},
  );
  const probe = performance.now();
  const probeCommands = Math.max(outstanding, Math.floor(firstRate * seconds * 0.2));
  await target.load(outstanding, probeCommands, body, () => {});
  const rate = (probeCommands / (performance.now() - probe)) * 1000;
  const commands = Math.max(outstanding * 2, Math.floor(rate * seconds));
  const latencies = new Float64Array(commands);
  let answers = 0;
  let lastAt = performance.now();
  let longestGapMs = 0;
  const serverBefore = sum(target.pids.map(cpuMicros));
  const clientBefore = process.cpuUsage();
  const start = performance.now();
  await target.load(outstanding, commands, body, (latencyMs) => {
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
    outstanding,
    bodyBytes,
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
