/** Reports as data, for other programs of this repository: no platform, solvers and clock injected. */

export { chanceRows } from "./report/chances.ts";
export { compareReport } from "./report/compare.ts";
export type { Outcome, Picture, Report, Section, Table } from "./report/model.ts";
export { reportJson } from "./report/model.ts";
export { readSubject, type Subject } from "./report/read.ts";
export { subjectReport } from "./report/subject.ts";
export type { Tools } from "./report/tools.ts";
export { whatIfReport } from "./report/what-if.ts";
