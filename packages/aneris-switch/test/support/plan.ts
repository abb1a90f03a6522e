import type { SeededRandom } from "@eunomia/conformance";
import { type Membership, membershipOf } from "../../src/messages.ts";
import { command, modeChange, reconfigure, swap } from "./lab.ts";

/** What clients and monitors will say in one run, and who is a member because of it. */
export interface Plan {
  /** Every replica that is ever a member; the first ones are those of the beginning. */
  readonly ids: readonly string[];
  /** Those of the beginning, and those of every change, in order. */
  readonly memberships: readonly Membership[];
  readonly commands: readonly { readonly id: string; readonly entry: Uint8Array }[];
  readonly controls: readonly Uint8Array[];
  /** Changes in due form that bring back somebody who left: none may ever take effect. */
  readonly revivals: readonly Uint8Array[];
  readonly swaps: number;
}

export function invent(random: SeededRandom): Plan {
  const ids: string[] = [];
  const fresh = (count: number): string[] => {
    const added = Array.from({ length: count }, (_, i) => `r${ids.length + i}`);
    ids.push(...added);
    return added;
  };
  const first = fresh(1 + random.below(3));
  const memberships = [membershipOf(first, random.below(first.length))];
  const controls: Uint8Array[] = [];
  const revivals: Uint8Array[] = [];
  let swaps = 0;
  const changes = random.chance(0.6);
  for (let n = 1; n <= random.below(4); n += 1) {
    const protocol = random.pick(["paxos", "two-thirds"]);
    const lot = random.below(4);
    if (lot > 0) swaps += 1;
    if (lot === 0) controls.push(modeChange(n, random.chance(0.5) ? "cut" : "window"));
    else if (lot === 1 || !changes) controls.push(swap(n, protocol));
    else {
      const before = memberships.at(-1)!;
      const gone = ids.filter((id) => !before.members.some(({ replica }) => replica === id));
      if (gone.length > 0)
        revivals.push(reconfigure(n, protocol, membershipOf([random.pick(gone), "nobody"], 0)));
      const next = changed(random, before, fresh);
      memberships.push(next);
      controls.push(reconfigure(n, protocol, next));
    }
  }
  return { ids, memberships, commands: commandsOf(random), controls, revivals, swaps };
}

function commandsOf(random: SeededRandom): Plan["commands"] {
  const commands: { id: string; entry: Uint8Array }[] = [];
  for (let client = 1; client <= 1 + random.below(3); client += 1)
    for (let seq = 1; seq <= 1 + random.below(4); seq += 1)
      commands.push({
        id: `c${client}:${seq}`,
        entry: command(client, seq, random.chance(0.3) ? "equal" : undefined),
      });
  return commands;
}

/** One more member, one less, another one in the place of one, or nobody of those before. */
function changed(
  random: SeededRandom,
  { members }: Membership,
  fresh: (count: number) => string[],
): Membership {
  const before = members.map(({ replica }) => replica);
  const leaver = random.below(before.length);
  const stay = before.filter((_, i) => i !== leaver);
  const next = random.pick([
    () => [...before, ...fresh(1)],
    () => (stay.length > 0 ? stay : before),
    () => [...fresh(1), ...stay],
    () => fresh(1 + random.below(3)),
  ])();
  return membershipOf(next, random.below(next.length));
}
