import { defineConfig } from "@playwright/test";

const PORT = 4183;
const ORIGIN = `http://127.0.0.1:${PORT}`;

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  reporter: [["list"]],
  // One browser at a time: the machine that runs this may be small.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  webServer: {
    command: `node serve.mjs ${PORT} /=../app/dist /package/=../wasm`,
    url: ORIGIN,
    reuseExistingServer: false,
  },
  use: {
    baseURL: `${ORIGIN}/`,
    viewport: { width: 1440, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
