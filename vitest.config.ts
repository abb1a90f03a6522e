import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "tooling/tidy"],
    coverage: { include: ["packages/*/src/**", "apps/*/src/**"] },
  },
});
