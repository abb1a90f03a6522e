import type { LpSolver } from "@eunomia/quorum-algebra";
import { type Highs, highsSolver } from "@eunomia/quorum-algebra/engines/highs";
import { yalpsSolver } from "@eunomia/quorum-algebra/engines/yalps";
import loadHighs from "highs";
import * as yalps from "yalps";

// The types of `highs` describe its CommonJS form: there the function is one step further down.
const load = loadHighs as unknown as () => Promise<Highs>;

export const highs: LpSolver = highsSolver(await load());
export const smallLp: LpSolver = yalpsSolver(yalps);
