import { readSetup } from "./setup.ts";
import type { Told, ValidatorRequest } from "./told.ts";
import { Validator } from "./validator.ts";

/**
 * Runs one validator of a run until its parent says so, or is gone. Exit codes: 0 stopped as asked, 1 failed while running, 2 could not
 * start.
 */
export async function runValidator(directory: string, id: string): Promise<void> {
  const tell = (told: Told): void => void process.send?.(told);
  const fail = (error: Error, exitCode: number): void => {
    console.error(error);
    tell({ kind: "failed", message: error.message });
    process.exitCode = exitCode;
    setTimeout(() => process.exit(exitCode), 50).unref();
  };
  let validator: Validator;
  try {
    validator = await Validator.open({
      directory,
      setup: readSetup(directory),
      id,
      tell,
      onFault: (error) => fail(error, 1),
    });
  } catch (error) {
    return fail(error as Error, 2);
  }
  const stop = async (): Promise<void> => {
    await validator.close();
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  // Ctrl-C reaches the whole group; the parent says when everybody has told what is to be told.
  process.on("SIGINT", () => {});
  process.once("disconnect", stop);
  process.on("message", (request: ValidatorRequest) => {
    if (request.kind === "order") validator.order(request.order);
    else validator.claim();
  });
  tell({ kind: "ready" });
}
