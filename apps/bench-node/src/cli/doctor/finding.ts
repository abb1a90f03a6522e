/** What a check of `doctor` found. */
export interface Finding {
  /** `fail`: it does not work so; `warn`: it works, and an operator should look. */
  readonly verdict: "ok" | "warn" | "fail";
  /** What was looked at: `disk`, `clock n2`. */
  readonly check: string;
  readonly detail: string;
}

export const ok = (check: string, detail: string): Finding => ({ verdict: "ok", check, detail });
export const warn = (check: string, detail: string): Finding => ({ verdict: "warn", check, detail });
export const fail = (check: string, detail: string): Finding => ({ verdict: "fail", check, detail });

/** A check that says what is wrong by throwing. */
export function checked(check: string, look: () => Finding | string): Finding {
  try {
    const found = look();
    return typeof found === "string" ? ok(check, found) : found;
  } catch (error) {
    return fail(check, (error as Error).message);
  }
}
