import { Command } from "commander";
import type { NodeAddress } from "../../node/config.ts";
import { addressFrom, printed } from "../addresses.ts";
import { type ChangePlan, planChange, type Standing } from "../change/plan.ts";
import { inForce, signersOf, standingOf, submit } from "../change/submit.ts";
import { type Connection, connected } from "../connect.ts";
import { peerFinding } from "../doctor/network.ts";
import { CliError, guarded } from "../exits.ts";
import { groups, integer, names, parsed, withExamples } from "../help.ts";
import { outputOf } from "../output.ts";
import { type ChangeFlags, sizesOf, withChange } from "./swap.ts";

interface Given extends ChangeFlags {
  readonly add: readonly NodeAddress[];
  readonly remove: readonly string[];
  readonly replace: readonly { readonly old: string; readonly by: NodeAddress }[];
  readonly f?: number;
  readonly protocol?: string;
  readonly force: boolean;
}

const replacement = (text: string): Given["replace"][number] => {
  const at = text.indexOf("=");
  if (at < 1)
    throw new CliError("address", `expected old=new=host:port, e.g. n1=n4=10.0.0.4:7001, got "${text}"`);
  return { old: text.slice(0, at), by: addressFrom(text.slice(at + 1)) };
};

/**
 * A new member that is not there, or is somebody else, is one failure less that the cluster bears; and a cluster of which more members
 * are down than may be would never go on again.
 *
 * @throws CliError `not-there`, `too-many-down`; SecretFileError.
 */
async function checkThere(
  { folder }: Connection,
  given: Given,
  { joining, after: { members, f } }: ChangePlan,
): Promise<void> {
  const { tls } = folder.client(given.as);
  const asked = members.map(async (node) => ({
    node,
    ...(await peerFinding(node, tls, folder.config.cluster)),
  }));
  const down = (await Promise.all(asked)).filter(({ verdict }) => verdict !== "ok");
  const absent = down.find(({ node }) => joining.includes(node));
  if (absent !== undefined)
    throw new CliError(
      "not-there",
      `expected ${absent.node.id} to answer, got: ${absent.detail}. Prepare it with \`eunomia join\` and start it first, or --force`,
    );
  if (down.length > f)
    throw new CliError(
      "too-many-down",
      `expected at most ${f} of the members then (${namesOf(members)}) to be down, got ${namesOf(down.map(({ node }) => node))}: start them first, or have them leave, or --force`,
    );
}

const namesOf = (nodes: readonly NodeAddress[]): string => nodes.map(({ id }) => id).join(", ");

function told(before: Standing, { after, joining, leaving }: ChangePlan): string {
  return [
    `members   ${namesOf(before.members)} → ${namesOf(after.members)}`,
    ...joining.map((node) => `joins     ${node.id} at ${printed(node)}`),
    ...leaving.map((id) => `leaves    ${id}, whose name is never used again`),
    `failures  ${before.f} → ${after.f}`,
    `protocol  ${before.protocol} → ${after.protocol}`,
  ].join("\n");
}

const command = (): Command =>
  withChange(
    new Command("reconfigure")
      .helpGroup(groups.change)
      .description("change the members while the cluster runs: a control command that principals sign")
      .option(
        "--add <nodes>",
        "new members as name=host:port, with commas",
        parsed((text) => names(text).map(addressFrom)),
        [],
      )
      .option("--remove <names>", "members that leave, with commas", names, [])
      .option(
        "--replace <pairs>",
        "one for another, as old=new=host:port, with commas",
        parsed((text) => names(text).map(replacement)),
        [],
      )
      .option(
        "--f <n>",
        "how many may be down at once (default: as many as the protocol bears)",
        integer(0, 31),
      )
      .option("--protocol <name>", "and with another protocol")
      .option("--force", "although new members do not answer, or too many of them all", false),
  );

/** `reconfigure`: other members. */
export const reconfigureCommand = (): Command =>
  withExamples(
    command(),
    [
      [
        "eunomia reconfigure --replace n1=n4=10.0.0.4:7001",
        "n4, prepared by `eunomia join`, takes the place of n1",
      ],
      ["eunomia reconfigure --add n4=10.0.0.4:7001,n5=10.0.0.5:7001 --dry-run", "what five members come to"],
      ["eunomia reconfigure --remove n4,n5", "back to three"],
    ],
    [
      "Refused before anything changes: names and addresses that somebody has or had, quorums that would not meet, more failures than the",
      "protocol bears, too few signatures, new members that do not answer, and more members that do not than may be down.",
    ].join("\n"),
  ).action(
    guarded(async (given: Given) => {
      const output = outputOf(given.json);
      await connected(given, async (to) => {
        const before = standingOf(to);
        const { remove, f, protocol } = given;
        // What was prepared here has its key in its folder.
        const known = (node: NodeAddress): NodeAddress => {
          const { publicKey } = to.folder.knownNodes().find(({ id }) => id === node.id) ?? {};
          return { ...node, ...(publicKey !== undefined && { publicKey }) };
        };
        const add = given.add.map(known);
        const replace = given.replace.map(({ old, by }) => ({ old, by: known(by) }));
        const sizes = sizesOf(given);
        const wish = {
          add,
          remove,
          replace,
          ...(f !== undefined && { f }),
          ...(protocol !== undefined && { protocol }),
          ...(sizes && { sizes }),
        };
        const plan = planChange(to.folder.config, before, wish);
        const keys = signersOf(to, given.sign);
        if (!given.force) await checkThere(to, given, plan);
        const { members, f: most, protocol: name } = plan.after;
        const value = { members, f: most, protocol: name, joining: plan.joining, leaving: plan.leaving };
        if (given.dryRun) return output.result(told(before, plan), { dryRun: true, ...value });
        output.note(told(before, plan));
        const taken = await submit(to, given, keys, plan.operation);
        const now = await inForce(to, given, before.epoch);
        const fate =
          now === null
            ? "not in force yet, see `eunomia status`"
            : `epoch ${now.epoch} runs with these members`;
        output.result(`Control command ${taken.n} in slot ${taken.slot}: ${fate}`, {
          ...taken,
          ...value,
          inForce: now,
        });
      });
    }),
  );
