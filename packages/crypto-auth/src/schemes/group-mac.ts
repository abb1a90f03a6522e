import type { PrincipalId } from "@eunomia/codec";
import type { GroupId, Scheme } from "@eunomia/engine";
import { AuthenticatorError } from "../errors.ts";
import type { HashProvider } from "../provider.ts";
import { checkedSecret } from "../secrets.ts";
import { refused } from "./finding.ts";
import { groupMacInput, isAscending, isBytes, isId } from "./inputs.ts";

export interface GroupMacOptions {
  readonly self: PrincipalId;
  readonly group: GroupId;
  /** All holders of the key, in ascending order; `self` is one of them. */
  readonly members: readonly PrincipalId[];
  readonly key: Uint8Array;
  readonly provider: HashProvider;
}

/**
 * One tag under the one key of a group. It tells a member that *some other* member made it; which one is known only in a group
 * of two. All members agree whether the tag is good. Throws `AuthenticatorError` (`bad-name`, `short-secret`).
 *
 * @example
 * const scheme = groupMacScheme({ self: alice, group, members: [alice, bob, carol], key, provider: portableHash })
 */
export function groupMacScheme({ self, group, members, key, provider }: GroupMacOptions): Scheme {
  if (!isId(group) || !isAscending(members) || !members.includes(self))
    throw new AuthenticatorError(
      "bad-name",
      self,
      '"members" expected principal ids in ascending order, the own one among them, and "group" an id',
    );
  const mac = provider.macKey(checkedSecret(key, group));
  const others = members.filter((member) => member !== self);
  return {
    name: "HMAC-GROUP",
    self,
    make: ({ id, issuer }) =>
      issuer === self ? { scheme: "HMAC-GROUP", group, tag: mac.tag(groupMacInput(id, group)) } : null,
    check({ id, issuer }, evidence) {
      if (evidence.scheme !== "HMAC-GROUP") return refused("other-scheme");
      const { group: named, tag } = evidence as { readonly group: unknown; readonly tag: unknown };
      if (typeof named !== "string" || !isBytes(tag)) return refused("malformed");
      if (named !== group) return refused("not-addressed");
      if (tag.length !== 32) return refused("wrong-length");
      if (issuer === self) return refused("reflected");
      if (!others.includes(issuer)) return refused("other-signer");
      if (!provider.equal(mac.tag(groupMacInput(id, group)), tag)) return refused("bad-tag");
      const says =
        others.length === 1
          ? ({ by: "each", principals: others } as const)
          : ({ by: "one-of", principals: others } as const);
      return { ok: true, says, convinces: members };
    },
  };
}
