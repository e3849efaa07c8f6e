// What is compared with is changed while the editor runs.
import { after, before, test } from "node:test";
import { open } from "./page.mjs";
import { serve } from "./server.mjs";

const VIEW = "models/app/core/one.sql";
const settings = {
  "workbench.startupEditor": "none",
  "security.workspace.trust.enabled": false,
  "explorer.compactFolders": false,
  "mzDeploy.compareWith": "nothing",
};
let server;
let editor;

before(
  async () => {
    server = await serve(
      { "project.toml": "", [VIEW]: "CREATE VIEW one AS SELECT 1 AS one;\n" },
      { git: true, settings },
    );
    editor = await open(server.address);
  },
  { timeout: 200_000 },
);
after(async () => {
  await editor?.close();
  server?.stop();
});

test("git is looked for when the last commit is asked for, not before", { timeout: 200_000 }, async () => {
  await editor.file(...VIEW.split("/"));
  await editor.status("3 changes");
  await editor.command("mz-deploy: Compare with HEAD");
  await editor.status("No changes");
  await editor.command("mz-deploy: Plan a First Deployment");
  await editor.status("3 changes");
});
