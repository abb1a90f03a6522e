import type { PrincipalId } from "@eunomia/codec";
import type { GroupId, Scheme } from "@eunomia/engine";
import { AuthenticatorError } from "../errors.ts";
import type { HashProvider, MacKey } from "../provider.ts";
import { checkedSecret } from "../secrets.ts";
import { refused } from "./finding.ts";
import { groupMacInput, isAscending, isBytes, isId } from "./inputs.ts";

export interface GroupMacOptions {
  readonly self: PrincipalId;
  /** The groups that `self` is in: all holders of the key, in ascending order, and the key, 32 random bytes or more. */
  readonly groups: ReadonlyMap<
    GroupId,
    { readonly members: readonly PrincipalId[]; readonly key: Uint8Array }
  >;
  readonly provider: HashProvider;
}

/** A group, prepared. */
interface MacGroup {
  readonly members: readonly PrincipalId[];
  readonly others: readonly PrincipalId[];
  readonly mac: MacKey;
}

/**
 * One tag under the one key of a group. It tells a member that *some other* member made it; which one is known only in a group
 * of two. All members agree whether the tag is good. Made with the smallest group that has the whole audience in it. Throws
 * `AuthenticatorError` (`bad-name`, `short-secret`).
 *
 * @example
 * const groups = new Map([[group, { members: [alice, bob, carol], key }]])
 * const scheme = groupMacScheme({ self: alice, groups, provider: portableHash })
 */
export function groupMacScheme({ self, groups, provider }: GroupMacOptions): Scheme {
  const known = new Map<GroupId, MacGroup>();
  for (const [group, { members, key }] of groups) {
    assertGroup(self, group, members);
    const others = members.filter((member) => member !== self);
    known.set(group, { members, others, mac: provider.macKey(checkedSecret(key, group)) });
  }
  const bySize = [...known].sort(([, a], [, b]) => a.members.length - b.members.length);
  return {
    name: "HMAC-GROUP",
    self,
    make({ id, issuer, audience }) {
      const fitting = bySize.find(([, { members }]) => audience.every((one) => members.includes(one)));
      if (issuer !== self || fitting === undefined) return null;
      const [group, { mac }] = fitting;
      return { scheme: "HMAC-GROUP", group, tag: mac.tag(groupMacInput(id, group)) };
    },
    check({ id, issuer }, evidence) {
      if (evidence.scheme !== "HMAC-GROUP") return refused("other-scheme");
      const { group, tag } = evidence as { readonly group: unknown; readonly tag: unknown };
      if (typeof group !== "string" || !isBytes(tag)) return refused("malformed");
      const here = known.get(group);
      if (here === undefined) return refused("not-addressed");
      if (tag.length !== 32) return refused("wrong-length");
      if (issuer === self) return refused("reflected");
      if (!here.others.includes(issuer)) return refused("other-signer");
      if (!provider.equal(here.mac.tag(groupMacInput(id, group)), tag)) return refused("bad-tag");
      const by = here.others.length === 1 ? "each" : "one-of";
      return { ok: true, says: { by, principals: here.others }, convinces: here.members };
    },
  };
}

function assertGroup(self: PrincipalId, group: GroupId, members: readonly PrincipalId[]): void {
  if (isId(group) && isAscending(members) && members.includes(self)) return;
  throw new AuthenticatorError(
    "bad-name",
    self,
    '"groups" expected ids, and members in ascending order with the own one among them',
  );
}
