import type { StakeRule } from "@eunomia/quorum-algebra/stake";
import { graphReport } from "./graph.ts";
import type { Report } from "./model.ts";
import { networkReport } from "./network.ts";
import { quorumsReport } from "./quorums.ts";
import type { Subject } from "./read.ts";
import { stakeSetReport } from "./stake.ts";
import type { Tools } from "./tools.ts";

/** The report of a file, whatever it holds. */
export function subjectReport(subject: Subject, options: { readonly rule: StakeRule }, tools: Tools): Report {
  const { notices } = subject;
  return { ...reportOf(subject, options, tools), notices };
}

function reportOf(subject: Subject, options: { readonly rule: StakeRule }, tools: Tools): Report {
  switch (subject.kind) {
    case "quorums":
      return quorumsReport(subject.name, subject.expr, tools);
    case "network":
      return networkReport(subject.name, subject.network, tools);
    case "stake":
      return stakeSetReport(subject.set, options, tools);
    case "graph":
      return graphReport(subject.name, subject.input, tools);
  }
}
