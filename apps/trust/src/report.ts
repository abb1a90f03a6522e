/** Reports as data, for other programs of this repository: no platform; solvers and clock are injected. */

export { compareReport } from "./report/compare.ts";
export { groupSplits } from "./report/group-splits.ts";
export { type Inside, insideOf } from "./report/inside.ts";
export type { Outcome, Picture, Report, Section, Table } from "./report/model.ts";
export { type Form, readSubject, type Subject } from "./report/read.ts";
export { subjectReport } from "./report/subject.ts";
export { limitsOf, type Tools } from "./report/tools.ts";
export { whatIfReport } from "./report/what-if.ts";
