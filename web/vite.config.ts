import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `base: "./"` and hash routing make the built client independent of where it is mounted: the same
// assets work at "/", below a proxy prefix, and from the wheel.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../jiqun/serve/static",
    emptyOutDir: true,
    target: "es2022",
    // Map and chart engines are single libraries of that size, loaded only by the pages that need them.
    chunkSizeWarningLimit: 1600,
  },
  server: { proxy: { "/api": process.env["JIQUN_API"] ?? "http://127.0.0.1:8321" } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
