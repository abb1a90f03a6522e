import { describe, expect, test } from "vitest";
import { decode, encode } from "../src/index.ts";
import { type Case, type Codec, cases } from "./suite.ts";
import { twins } from "./twins.ts";

describe("the codec", () => {
  for (const one of cases)
    test(one.name, () => {
      console.log(`${one.name}: ${one.run({ encode, decode })}`);
    });
});

describe("the suite refuses", () => {
  for (const twin of twins)
    test(twin.name, () => {
      expect(cases.find((one) => !passes(one, twin.codec))).toBeDefined();
    });
});

function passes(one: Case, codec: Codec): boolean {
  try {
    one.run(codec);
    return true;
  } catch {
    return false;
  }
}
