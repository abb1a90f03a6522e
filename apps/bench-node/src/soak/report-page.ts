import { type Chart, pageHtml } from "../charts/page.ts";
import { headline, type SoakReport, troubleHead, troubleRows, verdictRows } from "./report.ts";
import type { Series } from "./trend.ts";

/** Several series that were not taken at the same moments, as lines over one axis. */
function together(
  series: readonly { readonly label: string; readonly of: Series }[],
): Pick<Chart, "x" | "lines"> {
  const moments = [...new Set(series.flatMap(({ of }) => of.at))].sort((a, b) => a - b);
  const places = new Map(moments.map((at, i) => [at, i]));
  const lines = series.map(({ label, of }) => {
    const values = new Array<number | null>(moments.length).fill(null);
    for (const [i, at] of of.at.entries()) values[places.get(at)!] = of.values[i]!;
    return { label, values };
  });
  return { x: { label: "seconds", values: moments.map((at) => Number(at.toFixed(2))) }, lines };
}

/** The report as one HTML file with plots. */
export function soakPage(report: SoakReport): string {
  const { course, lives, storedCourse } = report;
  const nodes = [...new Set(lives.map(({ node }) => node))];
  const ofNode = (pick: (life: SoakReport["lives"][number]) => readonly number[], scale: number) =>
    nodes.map((label) => {
      const own = lives.filter(({ node }) => node === label);
      const at = own.flatMap((life) => life.at);
      return { label, of: { at, values: own.flatMap(pick).map((value) => value / scale) } };
    });
  const chart = (title: string, label: string, of: Pick<Chart, "x" | "lines">, scale?: "log"): Chart => ({
    title,
    y: { label, ...(scale && { scale }) },
    ...of,
  });
  const seen = (label: string, values: readonly number[]) =>
    together([{ label, of: { at: course.at, values } }]);
  return pageHtml({
    title: `Soak of ${report.date.slice(0, 19).replace("T", " ")}: ${headline(report)}`,
    lead: [
      `${report.machine}; load average ${report.loadAverage.toFixed(1)}.`,
      ...report.alarms.map((alarm) => `Alarm: ${alarm}`),
    ],
    parts: [
      chart("Commands answered per second", "commands per s", seen("commands per s", course.answered)),
      chart(
        "Longest read or write of a register",
        "ms",
        seen(
          "ms",
          course.tookMs.map((ms) => Math.max(1, ms)),
        ),
        "log",
      ),
      chart("Resident memory", "MiB", together(ofNode((life) => life.residentBytes, 2 ** 20))),
      chart("Open descriptors", "descriptors", together(ofNode((life) => life.descriptors, 1))),
      chart(
        "Journal, log and snapshots",
        "MiB",
        together(
          Object.entries(storedCourse).map(([label, { at, values }]) => ({
            label,
            of: { at, values: values.map((bytes) => bytes / 2 ** 20) },
          })),
        ),
      ),
      { title: "Troubles", rows: [troubleHead, ...troubleRows(report)] },
      { title: "Verdicts", rows: [["property", "verdict", ""], ...verdictRows(report)] },
      { title: "By what", rows: [["trouble", ""], ...report.means.map(({ trouble, by }) => [trouble, by])] },
      {
        title: "What happened",
        rows: [
          ["trouble", "at s", "held s", "whole again after s", ""],
          ...report.troubles.map(({ kind, what, atSeconds, heldMs, recoveredSeconds }) => [
            kind,
            atSeconds.toFixed(1),
            (heldMs / 1000).toFixed(1),
            recoveredSeconds.toFixed(2),
            what,
          ]),
        ],
      },
    ],
  });
}
