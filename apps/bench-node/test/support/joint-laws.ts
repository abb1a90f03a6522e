import { concat, equalBytes, sha256, utf8Encode } from "@eunomia/codec";
import type { Scheme } from "@eunomia/hetero-paxos";
import { type GraphInput, learnerGraph, type ValidGraph } from "@eunomia/learner-graph";

const shared = "s1, s2, s3, s4, s5";
const validatorsOf = (chain: string): string => `{${chain[0]}, ${shared}}`;
const quorums = Object.fromEntries(["blue", "red"].map((chain) => [chain, `${validatorsOf(chain)} >= 5`]));
const self = (chain: string) => ({
  between: [chain, chain] as const,
  label: `${validatorsOf(chain)} >= 3`,
});
const graphOf = (chain: string): GraphInput => ({
  learners: { [chain]: quorums[chain]! },
  edges: [self(chain)],
});

/** Under which law each kind of slot is decided: one learner for base slots, both for joint ones. */
export const laws: Readonly<Record<string, ValidGraph>> = {
  blue: learnerGraph(graphOf("blue")),
  red: learnerGraph(graphOf("red")),
  joint: learnerGraph({
    learners: quorums,
    edges: [self("blue"), { between: ["blue", "red"], label: `{${shared}} >= 3` }, self("red")],
  }),
};

/** Good enough where nobody looks into the process. */
export const mac = (acceptor: string, bytes: Uint8Array): Uint8Array =>
  sha256(concat(utf8Encode(`secret of ${acceptor}`), bytes)).subarray(0, 8);
export const scheme: Scheme = {
  digest: sha256,
  verify: (acceptor, bytes, signature) => equalBytes(mac(acceptor, bytes), signature),
};
