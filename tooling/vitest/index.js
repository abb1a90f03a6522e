import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

// Workspace packages resolve to their src: tests need no build.
export default defineConfig({
  ssr: { resolve: { conditions: ["@eunomia/source", ...defaultServerConditions] } },
  test: { include: ["test/**/*.test.ts"], testTimeout: 120_000 },
});
