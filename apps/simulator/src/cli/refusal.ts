/** Something the command line was asked for and cannot do: said with the reason and with what to do; exit code 2. */
class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly advice: string;

  constructor(code: string, reason: string, advice: string) {
    super(`${reason}; ${advice}`);
    this.code = code;
    this.advice = advice;
  }
}

/** Stops the command. `advice` is what the user can do about it. */
export function refuse(code: string, reason: string, advice: string): never {
  throw new Refusal(code, reason, advice);
}

/** Errors of packages that tell a caller's mistake: their message says what to do. */
const callersMistakes = [
  "Refusal",
  "CheckerError",
  "SimulationError",
  "ReplayError",
  "ExplorerError",
  "PaxosConfigError",
  "TwoThirdsError",
  "SwitchError",
];

/** Is this something that the user can mend, and no bug of this program? */
export const isCallersMistake = (error: unknown): boolean =>
  error instanceof Error && callersMistakes.includes(error.name);
