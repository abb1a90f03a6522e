/** What the package is for, in one sentence. */
export { majority } from "./majority.ts";
