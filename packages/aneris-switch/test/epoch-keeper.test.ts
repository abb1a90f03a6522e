import type { Driver } from "@eunomia/engine";
import { expect, test } from "vitest";
import { EpochKeeper } from "../src/epoch-keeper.ts";

test("with an epoch all before it end, those too that only an earlier run of the node had, and each once", () => {
  const keeper = new EpochKeeper({ protocols: {}, nodeOf: () => null });
  const ended: string[] = [];
  const driver: Pick<Driver, "retire"> = { retire: (instance) => void ended.push(instance) };
  keeper.retire(driver as Driver, 2);
  expect(ended).toEqual(["0", "1", "2"]);
  keeper.retire(driver as Driver, 2);
  keeper.retire(driver as Driver, 1);
  keeper.retire(driver as Driver, 4);
  expect(ended).toEqual(["0", "1", "2", "3", "4"]);
});
