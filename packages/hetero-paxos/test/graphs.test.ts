import { learnerGraphCases } from "@eunomia/conformance";
import { describe, test } from "vitest";
import { graphs } from "./graphs.ts";

/** What is true of the protocol on these graphs is true on any that passes the same cases. */
describe.each(graphs.map((graph) => [graph.learners.join(), graph] as const))(
  "learners %s",
  (_name, graph) => {
    test.each(learnerGraphCases.map((one) => [one.name, one] as const))("%s", (_case, one) =>
      one.run({ make: () => graph }),
    );
  },
);
