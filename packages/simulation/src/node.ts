export { majority } from "./majority.ts";
