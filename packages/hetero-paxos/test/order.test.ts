import { encode } from "@eunomia/codec";
import { learnerGraph } from "@eunomia/learner-graph";
import { expect, test } from "vitest";
import { Known } from "../src/dag/known.ts";
import { shelfIds } from "../src/dag/shelf.ts";
import { examples } from "./examples.ts";
import { type Letter, Net } from "./net.ts";
import { dice } from "./random.ts";

const graph = learnerGraph(examples[2]!.graph);

/** All that acceptors and proposers say in one run with two ballots, as z0 would hear it. */
function everything(seed: number): Letter[] {
  const roll = dice(seed);
  const net = new Net({ graph, proposers: 2, options: { retryMs: 0 } });
  const heard: Letter[] = [];
  net.propose("w0", "A");
  net.propose("w1", "B");
  for (let i = 0; i < 400 && net.letters.length > 0; i++) {
    const [letter] = net.letters.splice(roll(net.letters.length), 1) as [Letter];
    if (letter.to === "z0") heard.push(letter);
    else net.take(letter.to, { kind: "message", from: letter.from, message: letter.message });
    if (i === 60) for (let k = 0; k < 6; k++) net.fire("w0", "window");
  }
  return heard.filter(({ message }) => ["1a", "1b", "2a"].includes(message.kind));
}

/** What a learner makes of it after it heard all in some order, asking nobody. */
function after(
  letters: readonly Letter[],
  roll: (n: number) => number,
): { state: Uint8Array; decided: Record<string, string>; kept: number; waiting: string[] } {
  const net = new Net({ graph, proposers: 2, options: { retryMs: 0 } });
  const left = [...letters];
  while (left.length > 0) {
    const [{ from, message }] = left.splice(roll(left.length), 1) as [Letter];
    net.give("z0", message, from);
  }
  const [slot] = net.processes.get("z0")!.state.slots.values;
  return {
    state: encode(Known, slot!.known),
    decided: net.decided("z0"),
    kept: shelfIds(slot!.bodies).length,
    waiting: slot!.waiting.keys,
  };
}

test("whatever the order in which messages come, the same is made of them", () => {
  let decided = 0;
  for (let seed = 1; seed <= 4; seed++) {
    const letters = everything(seed);
    const roll = dice(seed + 1000);
    const first = after(letters, () => 0);
    for (let i = 0; i < 3; i++) {
      const other = after(letters, roll);
      expect(other.state).toEqual(first.state);
      expect(other.decided).toEqual(first.decided);
      expect(other.waiting).toEqual([]);
    }
    if (Object.keys(first.decided).length > 0) decided++;
    expect(first.kept).toBeGreaterThan(5);
  }
  expect(decided).toBeGreaterThan(1);
});
