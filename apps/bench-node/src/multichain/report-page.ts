import { pageHtml } from "../charts/page.ts";
import { chainRows, findings, guiltRows, type MultichainReport, slotRows, stakeRows } from "./report.ts";

/** The report as one HTML file. */
export function multichainPage(report: MultichainReport): string {
  const { transfers, steps, judgement } = report;
  const told = (good: boolean): string => (good ? "ok" : "FAILED");
  return pageHtml({
    title: `Two chains, ${report.date.slice(0, 19).replace("T", " ")}: ${told(report.verdict === "ok")}`,
    lead: [
      `${transfers.length} transfers between two chains of ${report.validators.length} processes in ${report.seconds.toFixed(1)} s, seed ${report.seed}. ${report.machine}.`,
      `A joint block is on both chains or on neither, unless ${report.weakest.length} validators lie together (${report.weakest.join(", ")}).`,
      ...report.troubles.map((what) => `Trouble: ${what}`),
    ],
    parts: [
      {
        title: "Transfers: from the order to the block of the second chain",
        x: { label: "seconds", values: transfers.map(({ done }) => done) },
        y: { label: "s" },
        lines: [{ label: "took", values: transfers.map(({ asked, done }) => done - asked) }],
        marks: steps.map(({ title, atSeconds }) => ({ at: atSeconds, label: title })),
      },
      {
        title: "Judged from the logs on disk",
        rows: [["finding", "verdict"], ...findings(report).map(({ good, what }) => [what, told(good)])],
      },
      { title: "Proved guilty", rows: guiltRows(report) },
      { title: "Chains", rows: chainRows(report) },
      { title: "Joint slots", rows: slotRows(report) },
      { title: "Stake", rows: stakeRows(report) },
      {
        title: "Assets at the end",
        rows: [
          ["asset", "chain", "owner"],
          ...Object.entries(judgement.assets.held).flatMap(([chain, held]) =>
            Object.entries(held).map(([key, owner]) => [key, chain, owner]),
          ),
        ],
      },
      {
        title: "Messages that were not taken",
        rows: [
          ["reason", "count"],
          ...Object.entries(report.refused).map(([why, count]) => [why, String(count)]),
        ],
      },
    ],
  });
}
