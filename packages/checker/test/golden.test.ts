import { goldenCounts } from "@eunomia/conformance/golden";
import { describe, expect, test } from "vitest";
import { check } from "../src/index.ts";
import { goldenModel } from "./support/golden.ts";

const small = goldenCounts.filter(({ proposers }) => proposers === 2);

describe("golden counts", () => {
  for (const { acceptors, proposers, consumed, stays } of small)
    test(`${acceptors} acceptors, ${proposers} proposers: every state and transition`, {
      timeout: 120_000,
    }, () => {
      const all = check(goldenModel(acceptors, proposers));
      expect(all.result).toBe("holds");
      expect({ states: all.states, transitions: all.transitions }).toEqual(consumed);
      const without = check(goldenModel(acceptors, proposers, "stay"));
      expect(without.result).toBe("holds");
      expect({ states: without.states, transitions: without.transitions }).toEqual(stays);
    });
});
