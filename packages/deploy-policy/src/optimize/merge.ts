import type { Setting } from "../check/setting.ts";
import { Selection } from "../model/selection.ts";
import type { Wish } from "./clauses.ts";

/** Everything that somebody will ask of a section. */
export type Questions = readonly (readonly [issuer: string, target: string, type: string])[];

/**
 * Fewer and more general clauses that answer every question as the given ones do: the right-hand side that most clauses have is tried
 * for everybody, then each for all that its issuers say, then clauses that differ in types or in issuers only become one.
 */
export function merged(setting: Setting, wishes: readonly Wish[], questions: Questions): readonly Wish[] {
  const answers = (clauses: readonly Wish[]): readonly (string | null)[] => {
    const selection = new Selection(setting.principals, clauses, ({ says }) => says);
    return questions.map(([issuer, target, type]) => {
      const selected = selection.of(issuer, target, type);
      return selected.is === "one" ? selected.clause.says : selected.is;
    });
  };
  const wanted = answers(wishes);
  const same = (clauses: readonly Wish[]): boolean => {
    const found = answers(clauses);
    return wanted.every((answer, at) => answer === found[at]);
  };
  let clauses = distinct(wishes);
  // A clause for everybody has to save another one; without its types a clause is better even if it saves none.
  const attempt = (changed: readonly Wish[], slack = 0): void => {
    const next = distinct(changed);
    if (next.length < clauses.length + slack && same(next)) clauses = next;
  };
  for (const says of byFrequency(clauses))
    attempt([
      ...clauses.filter((clause) => clause.says !== says || !isToAll(clause)),
      { link: { from: ["*"], both: false, to: ["*"], on: [] }, says },
    ]);
  for (const clause of clauses)
    attempt(
      clauses.map((other) => (isLike(clause, other) ? withLink(other, { on: [] }) : other)),
      1,
    );
  for (const clause of clauses) attempt(joined(clauses, clause, "on"));
  for (const clause of clauses) attempt(joined(clauses, clause, "from"));
  return clauses;
}

const isToAll = ({ link: { to } }: Wish): boolean => to.includes("*");

const withLink = (clause: Wish, change: Partial<Wish["link"]>): Wish => ({
  ...clause,
  link: { ...clause.link, ...change },
});

const key = ({ link: { from, to, on }, says }: Wish): string => JSON.stringify([from, to, on, says]);

function distinct(wishes: readonly Wish[]): readonly Wish[] {
  return [...new Map(wishes.map((wish) => [key(wish), wish])).values()];
}

function byFrequency(wishes: readonly Wish[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { says } of wishes) counts.set(says, (counts.get(says) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([says]) => says);
}

/** The same but for the types. */
const isLike = (a: Wish, b: Wish): boolean => key(withLink(a, { on: [] })) === key(withLink(b, { on: [] }));

/** Clauses that differ from this one in one place only, as one clause; a clause for all types stays as it is. */
function joined(clauses: readonly Wish[], clause: Wish, place: "on" | "from"): readonly Wish[] {
  const rest = (wish: Wish): string => key(withLink(wish, { [place]: [] }));
  const group = clauses.filter((other) => rest(other) === rest(clause));
  if (group.length < 2 || group.some(({ link }) => link[place].length === 0)) return clauses;
  const all = [...new Set(group.flatMap(({ link }) => link[place]))];
  const one = withLink(clause, { [place]: all });
  return clauses.flatMap((other) => (other === group[0] ? [one] : group.includes(other) ? [] : [other]));
}
