import { type Chart, pageHtml } from "../charts/page.ts";
import { epochRows, type RunReport } from "./report.ts";

/** The report as one HTML file with plots: what the client saw over time, with the steps of the story marked in it. */
export function reportPage(report: RunReport): string {
  const { course, input, outputs, steps } = report;
  const seconds = course.commandsPerSecond.map((_, at) =>
    Number(((at + 0.5) * course.pieceSeconds).toFixed(3)),
  );
  const marks = steps.map(({ title, atSeconds }) => ({ at: atSeconds, label: title }));
  const chart = (title: string, label: string, lines: Chart["lines"], scale?: "log"): Chart => ({
    title,
    x: { label: "seconds", values: seconds },
    y: { label, ...(scale && { scale }) },
    lines,
    marks,
  });
  const told = (good: boolean): string => (good ? "ok" : "FAILED");
  return pageHtml({
    title: `Run of ${report.date.slice(0, 19).replace("T", " ")}: ${told(report.verdict === "ok")}`,
    lead: [
      `${input.commands} commands (${input.bytes} bytes) over ${report.nodes} nodes in ${report.seconds.toFixed(1)} s. ${report.machine}.`,
      ...report.alarms.map((alarm) => `Alarm: ${alarm}`),
    ],
    parts: [
      chart("Commands answered per second", "commands per s", [
        { label: "commands per s", values: course.commandsPerSecond },
      ]),
      chart(
        "Latency, from handing in to the answer",
        "ms",
        [
          { label: "p50", values: course.latencyMsP50 },
          { label: "p99", values: course.latencyMsP99 },
        ],
        "log",
      ),
      {
        title: "What happened",
        rows: [
          ["step", "at s", "took s", "outcome"],
          ...steps.map(({ title, atSeconds, tookSeconds, outcome }) => [
            title,
            atSeconds.toFixed(2),
            tookSeconds.toFixed(2),
            outcome,
          ]),
        ],
      },
      { title: "Epochs", rows: epochRows(report) },
      {
        title: "Properties, judged from the traces of all replicas and subscribers",
        rows: [
          ["property", "verdict", ""],
          ...report.properties.map(({ property, kind, detail }) => [
            property,
            told(kind === "ok"),
            detail ?? "",
          ]),
        ],
      },
      {
        title: "Outputs",
        rows: [
          ["file", "bytes", "equal to the input"],
          ...outputs.map(({ file, bytes, equal }) => [file, String(bytes), told(equal)]),
        ],
      },
    ],
  });
}
