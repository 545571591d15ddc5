import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

/* The state directory of the installation; the build lands beside its other products, never in the sources. */
const state = process.env["WANGGE_STATE"] || resolve(import.meta.dirname, "../../var");

/* One entry per page. A page whose sources are not there yet is left out, so that the others can be built. */
const pages: Record<string, string> = {
  map: "src/map/main.tsx",
  work: "src/dispatch/work.tsx",
  case: "src/dispatch/case.tsx",
  deliveries: "src/dispatch/deliveries.tsx",
  coverage: "src/dispatch/coverage.tsx",
  sharing: "src/dispatch/sharing.tsx",
  patrol: "src/patrol/main.tsx",
  sw: "src/patrol/sw.ts",
  login: "src/login/main.ts",
  audit: "src/audit/main.tsx",
  evaluation: "src/evaluation/main.tsx",
  rules: "src/rules/main.tsx",
  templates: "src/templates/main.tsx",
  admin: "src/admin/main.tsx",
  shifts: "src/shifts/main.tsx",
  status: "src/status/main.tsx",
};

const input = Object.fromEntries(
  Object.entries(pages)
    .map(([name, path]) => [name, resolve(import.meta.dirname, path)] as const)
    .filter(([, path]) => existsSync(path)),
);

export default defineConfig({
  base: "/static/client/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    outDir: resolve(state, "build/client"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input,
      output: {
        /* The service worker keeps one address for ever; everything else is immutable under a hashed name. */
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
