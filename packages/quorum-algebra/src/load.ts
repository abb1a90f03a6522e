/** Load, capacity, network and latency of read-write systems: the best strategies, with proofs, and how to draw sets from them. */

export { bestStrategy, type LoadAnswer } from "./load/best.ts";
export type { LoadCertificate } from "./load/certificate.ts";
export { type Figures, figuresOf } from "./load/figures.ts";
export type { LoadPlan } from "./load/judge.ts";
export type { LoadQuestion, NodeProfile, Objective, Workload } from "./load/question.ts";
export { type Rational, toNumber } from "./load/rational.ts";
export { type Choice, marginals, type Strategy, sample } from "./load/strategy.ts";
export { type LoadProof, verifyLoad } from "./load/verify.ts";
