import { Command, Option } from "commander";
import { planSwap, type Wish } from "../change/plan.ts";
import { inForce, signersOf, standingOf, submit } from "../change/submit.ts";
import { type ClientFlags, connected, withClient } from "../connect.ts";
import { CliError, guarded } from "../exits.ts";
import { groups, integer, names, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";

/** What every command has that changes the cluster. */
export interface ChangeFlags extends ClientFlags {
  readonly sign?: readonly string[];
  readonly dryRun: boolean;
  readonly phase1?: number;
  readonly phase2?: number;
}

export const withChange = (command: Command): Command =>
  withClient(command)
    .option(
      "--sign <names>",
      "principals who sign, by their files in controllers/ (default: all of them)",
      names,
    )
    .option(
      "--phase1 <n>",
      "size of the quorums of Paxos that begin a ballot (default: majorities)",
      integer(1, 64),
    )
    .option("--phase2 <n>", "size of those that accept a value", integer(1, 64))
    .option("--dry-run", "say what would be done, and do nothing", false);

/** @throws CliError `quorums` when only one size is given. */
export function sizesOf({ phase1, phase2 }: ChangeFlags): Wish["sizes"] | null {
  if (phase1 === undefined && phase2 === undefined) return null;
  if (phase1 !== undefined && phase2 !== undefined) return { phase1, phase2 };
  throw new CliError("quorums", "expected --phase1 and --phase2 together, got one of them");
}

const change = (): Command =>
  withChange(
    new Command("swap")
      .helpGroup(groups.change)
      .description(
        "change the consensus protocol while the cluster runs: a control command that principals sign",
      )
      .argument("[protocol]", "one of those in cluster.json")
      .addOption(new Option("--mode <mode>", "or change how changes take effect").choices(["cut", "window"])),
  );

/** Changes how later changes take effect. */
async function changeMode(kind: "cut" | "window", given: ChangeFlags): Promise<void> {
  const output = outputOf(given.json);
  await connected(given, async (to) => {
    const keys = signersOf(to, given.sign);
    if (given.dryRun) return output.result(`Would change the mode to ${kind}.`, { dryRun: true, mode: kind });
    const taken = await submit(to, given, keys, { kind: "mode", mode: { kind } });
    output.result(`Control command ${taken.n} in slot ${taken.slot}: mode ${kind}`, { ...taken, mode: kind });
  });
}

/** `swap`: another protocol. */
export const swapCommand = (): Command =>
  withExamples(
    change(),
    [
      ["eunomia swap two-thirds", "from the next slot on (mode cut), with everything that was decided"],
      [
        "eunomia swap paxos --phase1 3 --phase2 2 --dry-run",
        "what it would come to, with quorums of other sizes",
      ],
      ["eunomia swap --mode window", "later changes take effect when the pipeline has drained"],
    ],
    "Refused before anything changes: protocols that the members are too few for, quorums that would not meet, too few signatures.",
  ).action(
    guarded(
      async (protocol: string | undefined, given: ChangeFlags & { readonly mode?: "cut" | "window" }) => {
        if ((protocol === undefined) === (given.mode === undefined))
          throw new CliError("usage", "expected a protocol, or --mode, and not both");
        if (given.mode !== undefined && sizesOf(given) !== null)
          throw new CliError("usage", "expected sizes of quorums with a protocol, got them with --mode");
        if (given.mode !== undefined) return changeMode(given.mode, given);
        const output = outputOf(given.json);
        await connected(given, async (to) => {
          const sizes = sizesOf(given);
          const { operation, after } = planSwap(
            to.folder.config,
            standingOf(to),
            protocol!,
            sizes ?? undefined,
          );
          const keys = signersOf(to, given.sign);
          const plan = `${standingOf(to).protocol} → ${after.protocol} on ${after.members.map(({ id }) => id).join(", ")}`;
          if (given.dryRun)
            return output.result(`Would swap ${plan}.`, { dryRun: true, protocol: after.protocol });
          output.note(`Swaps ${plan}`);
          const taken = await submit(to, given, keys, operation);
          const now = await inForce(to, given, standingOf(to).epoch);
          const fate =
            now === null
              ? "not in force yet, see `eunomia status`"
              : `epoch ${now.epoch} runs ${now.protocol}`;
          output.result(`Control command ${taken.n} in slot ${taken.slot}: ${fate}`, {
            ...taken,
            inForce: now,
          });
        });
      },
    ),
  );
