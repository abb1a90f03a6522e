export { default } from "@eunomia/tsup";
