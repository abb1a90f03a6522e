import type { Fate } from "../../mutants/hunt.ts";

const number = (value: number): string => value.toLocaleString("en");

/** What became of one mutant, on one line. */
export function fateLine({ mutant, breaks, caught, asExpected, states, runs, seconds }: Fate): string {
  const mark = asExpected
    ? caught === null
      ? "equal   "
      : "caught  "
    : caught === null
      ? "SURVIVED"
      : "NOT EQUAL";
  const spent = `${number(states)} states, ${number(runs)} runs, ${seconds.toFixed(1)} s`;
  if (caught === null) return `${mark} ${mutant.padEnd(52)} breaks ${breaks}; nothing noticed it in ${spent}`;
  const by = caught.seed === null ? `${caught.tool}` : `simulation, seed ${caught.seed}`;
  return `${mark} ${mutant.padEnd(52)} ${by}: ${caught.property}; ${spent}`;
}

/** How many were caught, and by what. */
export function scoreText(fates: readonly Fate[]): string {
  const broken = fates.filter(({ breaks }) => breaks !== "nothing");
  const caught = broken.filter((fate) => fate.caught !== null);
  const equal = fates.length - broken.length;
  const byTool = new Map<string, number>();
  for (const { caught: by } of caught) {
    const tool = by!.tool.split(" ", 1)[0]!;
    byTool.set(tool, (byTool.get(tool) ?? 0) + 1);
  }
  const tools = [...byTool].map(([tool, count]) => `${count} by ${tool}`).join(", ");
  const wrong = fates.filter(({ asExpected }) => !asExpected).map(({ mutant }) => mutant);
  const lines = [
    `${caught.length} of ${broken.length} mutants caught${tools === "" ? "" : ` (${tools})`}; besides, ${equal} equivalent ones that must survive`,
  ];
  if (wrong.length > 0)
    lines.push(`not as it should be, so a test or a model is missing: ${wrong.join(", ")}`);
  return lines.join("\n");
}
