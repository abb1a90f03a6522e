import { loadavg } from "node:os";
import { checkDeployment, type Flow } from "@eunomia/deploy-policy";
import { optimizeDeployment, type Problem } from "@eunomia/deploy-policy/optimize";
import { type Highs, highsSolver } from "@eunomia/quorum-algebra/engines/highs";
import loadHighs from "highs";
import { backupFlows, transferFlows } from "../test/fixtures/flows.ts";
import { certificate, wan } from "../test/fixtures/problems.ts";
import { primaryBackup, witnessedTransfer } from "../test/fixtures/texts.ts";

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds of processor time, the middle of some runs, after one to warm up. */
function median(runs: number, run: () => void): number {
  run();
  const times = Array.from({ length: runs }, () => {
    const begin = cpuMs();
    run();
    return cpuMs() - begin;
  });
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

const row = (what: string, ms: number): void => console.log(`| ${what} | ${ms.toPrecision(3)} |`);

const names = (prefix: string, count: number): string =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`).join(", ");
const wide = `[Principals] ${names("r", 100)} : mac, ed25519; R = {${names("r", 100)}};
[Authentication] * -> * : HMAC-SHA256; [Non-repudiation] R -> * on T : Ed25519; [Dissemination] R -> * : OPTIMISTIC({r1, r2, r3} >= 2);`;
const wideFlows: readonly Flow[] = [{ type: "T", issuer: "R", verifier: "R", auditor: "R" }];

/** Flows with five options each, and three budgets that bind. */
function flowsOf(count: number): Problem {
  const flows = Array.from({ length: count }, (_, at) => ({
    type: `T${at}`,
    issuer: `r${at % 7}`,
    verifier: "R",
    auditor: "NOONE",
    bytes: 50 + 37 * at,
  }));
  const share = (per: number): number => (per * count) / 7;
  return {
    deployment: `[Principals] ${names("r", 7)} : mac, ed25519, secp256k1, rsa, bls-pop; R = {${names("r", 7)}};`,
    flows,
    schemes: ["HMAC-SHA256", "Ed25519", "secp256k1", "RSA-PSS", "BLS"],
    latency: { otherwise: 5 },
    prices: { cpu: 1, byte: 0.05, message: 1, delay: 10 },
    limits: { cpu: { r0: share(500), r1: share(500), r2: share(500) } },
  };
}

console.log("| check | ms |\n| --- | --- |");
row(
  "primary-backup, 3 flows",
  median(200, () => void checkDeployment(backupFlows, primaryBackup)),
);
row(
  "witnessed transfer, 4 flows, certificates",
  median(200, () => void checkDeployment(transferFlows, witnessedTransfer)),
);
row(
  "100 issuers, 100 verifiers, 100 auditors",
  median(9, () => void checkDeployment(wideFlows, wide)),
);
console.log("\n| optimize | ms |\n| --- | --- |");
row(
  "primary-backup on a WAN, 3 flows",
  median(50, () => void optimizeDeployment(wan)),
);
row(
  "certificate of 67 votes of 100",
  median(3, () => void optimizeDeployment(certificate({ byte: 6, egress: 300_000 }))),
);
const lp = highsSolver(await (loadHighs as unknown as () => Promise<Highs>)());
for (const count of [6, 12, 24]) {
  const problem = flowsOf(count);
  row(
    `${count} flows of 5 options, 3 budgets, search`,
    median(5, () => void optimizeDeployment(problem)),
  );
  row(
    `${count} flows of 5 options, 3 budgets, HiGHS`,
    median(5, () => void optimizeDeployment(problem, { engines: { lp } })),
  );
}
console.log(`\nload ${loadavg()[0]!.toFixed(1)}`);
