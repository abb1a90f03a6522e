import { checkDeployment } from "@eunomia/deploy-policy";
import { type Answer, optimizeDeployment, type Problem } from "@eunomia/deploy-policy/optimize";
import { expect, test } from "vitest";
import { certificate, hurried, lan, notary, wan } from "./fixtures/problems.ts";

/** Scheme, stage and cost of each flow, and the optimum, to three decimals. */
function summary(problem: Problem): { answer: Answer; chosen: readonly string[]; optimum: string } {
  const answer = optimizeDeployment(problem);
  const chosen = answer.choice.map(
    ({ option }) => `${option.scheme}, ${option.stage} (${option.cost.toFixed(3)})`,
  );
  expect(checkDeployment(problem.flows, answer.deployment).verdict).toBe("accept");
  return { answer, chosen, optimum: answer.optimum.toFixed(3) };
}

const costs = ({ options }: Answer, at: number): Record<string, string> =>
  Object.fromEntries(options[at]!.map(({ scheme, stage, cost }) => [`${scheme} ${stage}`, cost.toFixed(3)]));

test("one spec on a LAN", () => {
  const { chosen, optimum } = summary(lan);
  expect(chosen).toEqual([
    "HMAC-SHA256, DIRECT (32.840)",
    "HMAC-SHA256, DIRECT (20.160)",
    "HMAC-SHA256, DIRECT (30.440)",
  ]);
  expect(optimum).toBe("83.440");
});

test("the same spec on a WAN", () => {
  const { answer, chosen, optimum } = summary(wan);
  expect(chosen).toEqual([
    "HMAC-SHA256, OPTIMISTIC(r0) (245.822)",
    "HMAC-SHA256, DIRECT (134.800)",
    "HMAC-SHA256, OPTIMISTIC(r0) (269.302)",
  ]);
  expect(optimum).toBe("649.924");
  expect(costs(answer, 0)["HMAC-SHA256 DIRECT"]).toBe("470.200");
  expect(costs(answer, 2)["HMAC-SHA256 DIRECT"]).toBe("458.200");
});

test("the slides' own section is the optimum for a weak device and a wide audience", () => {
  const { answer, optimum } = summary(notary);
  expect(costs(answer, 0)).toEqual({
    "TrustedThirdParty(z) DIRECT": "286.760",
    "Ed25519 DIRECT": "1512.200",
    "secp256k1 DIRECT": "13947.200",
    "RSA-PSS DIRECT": "72073.600",
  });
  expect(costs(answer, 1)).toEqual({
    "RSA-PSS DIRECT": "5626.000",
    "Ed25519 DIRECT": "6177.000",
    "TrustedThirdParty(z) DIRECT": "6199.560",
    "secp256k1 DIRECT": "20582.000",
  });
  expect(optimum).toBe("6112.760");
  expect(answer.deployment).toContain("  x -> * : TrustedThirdParty(z);\n");
  expect(answer.deployment).toContain("  y -> * : RSA-PSS;\n");
});

test.each([
  [1225.43, "TrustedThirdParty(z)"],
  [1225.45, "Ed25519"],
])("the weak device stays with a notary that costs %d only while that is cheaper: %s", (fixed, scheme) => {
  const answer = optimizeDeployment({ ...notary, fixed: { "TrustedThirdParty(z)": fixed } });
  expect(answer.choice.map(({ option }) => option.scheme)).toEqual([scheme, "RSA-PSS"]);
  if (scheme === "Ed25519")
    expect(answer.binding).toEqual([
      "X: TrustedThirdParty(z)/DIRECT would cost 286.76 but saves 1,225.44 only, and TrustedThirdParty(z) costs 1,225.45 to run",
    ]);
});

test("a limit on delay excludes the notary", () => {
  const { answer, optimum } = summary(hurried);
  expect(optimum).toBe("7138.200");
  expect(answer.binding).toEqual([
    "X: TrustedThirdParty(z)/DIRECT would cost 286.76 but takes 4 ms, 1 ms more than X may",
  ]);
});

test("a certificate where the processor is dear", () => {
  const { answer, optimum } = summary(certificate({ byte: 0.01 }));
  expect(optimum).toBe("645393.220");
  expect(costs(answer, 0)).toMatchObject({
    "Ed25519 OPTIMISTIC({r1, r2, r3, r4} >= 2)": "651150.880",
    "BLS DIRECT": "3900134.990",
    "BLS OPTIMISTIC({r1, r2, r3, r4} >= 2)": "3901662.480",
  });
});

test("a certificate where bytes are dear and the leader may not send many", () => {
  const { answer, optimum } = summary(certificate({ byte: 6, egress: 300_000 }));
  expect(optimum).toBe("4137932.000");
  expect(costs(answer, 0)).toMatchObject({
    "Ed25519 DIRECT": "3478795.000",
    "Ed25519 OPTIMISTIC({r1, r2, r3, r4} >= 2)": "6144508.000",
    "BLS OPTIMISTIC({r1, r2, r3, r4} >= 2)": "4265543.000",
  });
  expect(answer.choice[0]!.option.scheme).toBe("BLS");
  expect(answer.binding).toContain(
    "Decided: Ed25519/DIRECT would cost 3,478,795 but exceeds the egress of r0 by 153,222 bytes",
  );
  expect(answer.binding.some((line) => line.includes("the check refuses it: N306"))).toBe(true);
});

test("a certificate by relays where the leader may not send many", () => {
  const { chosen } = summary(certificate({ byte: 0.01, egress: 300_000 }));
  expect(chosen).toEqual(["Ed25519, OPTIMISTIC({r1, r2, r3, r4} >= 2) (651150.880)"]);
});

test("a certificate that need not name its signers", () => {
  const { chosen } = summary(certificate({ byte: 6, egress: 300_000, accountable: false }));
  expect(chosen).toEqual(["BLS-THRESHOLD(R >= 67), DIRECT (4130210.000)"]);
});
