// Several projects in one workspace, in a browser without git: what is compared with is a snapshot file, or nothing.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Workspace } from "@mz-deploy/planner/node";
import { open } from "./page.mjs";
import { serve } from "./server.mjs";

const PICTURES = fileURLToPath(new URL("results/", import.meta.url));
const settings = {
  "workbench.startupEditor": "none",
  "security.workspace.trust.enabled": false,
  "workbench.colorTheme": "Default Light Modern",
  "explorer.compactFolders": false,
  "mzDeploy.compareWith": "snapshot",
  "mzDeploy.snapshot": "deployed.json",
};
const VIEW = "models/app/core/one.sql";

function snapshot(text) {
  const workspace = new Workspace();
  workspace.setFile("project.toml", "");
  workspace.setFile(VIEW, text);
  return workspace.deployedAfter() ?? "";
}

const files = {
  "first/project.toml": "",
  [`first/${VIEW}`]: "CREATE VIEW one AS SELECT 1 AS one;\n",
  "first/deployed.json": snapshot("CREATE VIEW one AS SELECT 2 AS one;\n"),
  "second/project.toml": "",
  [`second/${VIEW}`]: "CREATE VIEW one AS SELECT 1 AS one;\n",
  "other/notes.sql": "SELECT 1;\n",
};
let server;
let editor;

before(
  async () => {
    mkdirSync(PICTURES, { recursive: true });
    server = await serve(files, { git: false, settings });
    editor = await open(server.address, "first");
  },
  { timeout: 200_000 },
);
after(async () => {
  await editor?.close();
  server?.stop();
});

test("each project has its own plan, against its own snapshot", { timeout: 200_000 }, async () => {
  await editor.file("first", "models", "app", "core", "one.sql");
  await editor.status("1 change");
  await editor.command("mz-deploy: What Would This Change Do?");
  const panel = await editor.panel("What would this change do?");
  await panel.locator(".against", { hasText: "first, compared with deployed.json" }).waitFor();
  assert.match(await panel.locator(".rows summary").first().innerText(), /app\.core\.one[\s\S]*update by swap/);
  await editor.page.screenshot({ path: join(PICTURES, "several.png") });
  await editor.command("View: Close All Editors");
});

test("without a snapshot everything is new, and the panel says so", { timeout: 200_000 }, async () => {
  await editor.file("second", "models", "app", "core", "one.sql");
  await editor.command("mz-deploy: What Would This Change Do?");
  const panel = await editor.panel("What would this change do?");
  await panel.locator(".notice", { hasText: "deployed.json can't be read: everything is planned as new" }).waitFor();
  await panel.getByRole("button", { name: "Compare with HEAD" }).click();
  await panel.locator(".notice", { hasText: "There is no git here" }).waitFor();
  await editor.page.screenshot({ path: join(PICTURES, "no-git.png") });
});
