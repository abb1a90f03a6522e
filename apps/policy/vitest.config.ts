export { default } from "@eunomia/vitest";
