export type { ModelSource } from "./model.ts";
