// The extension in a real VS Code workbench, as vscode.dev has it: the files are in a virtual file system, nothing is installed.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open } from "./page.mjs";
import { serve } from "./server.mjs";

const EXAMPLE = fileURLToPath(new URL("../../../examples/order-monitoring", import.meta.url));
const PICTURES = fileURLToPath(new URL("results/", import.meta.url));
const STALLED = "models/shop/monitoring/stalled_orders.sql";

function example() {
  const entries = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(EXAMPLE.length + 1));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(EXAMPLE, path), "utf8")]));
}

const files = example();
const settings = {
  "workbench.startupEditor": "none",
  "security.workspace.trust.enabled": false,
  "workbench.colorTheme": "Default Dark Modern",
  "editor.hover.delay": 100,
  "editor.autoIndent": "none",
};
let server;
let editor;

before(
  async () => {
    mkdirSync(PICTURES, { recursive: true });
    server = await serve(files, { git: true, settings });
    editor = await open(server.address);
  },
  { timeout: 120_000 },
);
after(async () => {
  await editor?.close();
  server?.stop();
});

const picture = async (name) => {
  // What fades in is there by then.
  await editor.page.waitForTimeout(700);
  await editor.page.screenshot({ path: join(PICTURES, `${name}.png`) });
};
let failed = false;

/** Each step goes on where the one before it ended. */
const step = (name, run) =>
  test(name, { timeout: 150_000 }, async (context) => {
    if (failed) {
      context.skip("a step before it failed");
      return;
    }
    try {
      await run();
    } catch (error) {
      failed = true;
      await picture("failed");
      throw error;
    }
  });

step("an unchanged project has a plan without changes, in the status bar", async () => {
  await editor.file("models", "shop", "monitoring", "stalled_orders.sql");
  await editor.status("No changes");
});

step("a name leads to its definition in another file", async () => {
  await editor.endOf(/FROM.open_orders/);
  await editor.page.keyboard.press("F12");
  await editor.page.locator(".tab.active", { hasText: "open_orders.sql" }).waitFor();
  await picture("definition");
});

step("the references of a name are found in other files", async () => {
  await editor.endOf(/VIEW.open_orders.AS/);
  for (let left = 0; left < 4; left += 1) await editor.page.keyboard.press("ArrowLeft");
  await editor.command("References: Find All References");
  const tree = editor.page.locator(".reference-tree, .tree-explorer-viewlet-tree-view");
  await tree.locator(".monaco-list-row", { hasText: "stalled_orders.sql" }).first().waitFor();
  await picture("references");
  await editor.command("View: Show Explorer");
});

step("a hover tells what is known of an object", async () => {
  await editor.file("models", "shop", "monitoring", "stalled_orders.sql");
  await editor.line(/FROM.open_orders/).hover({ position: { x: 80, y: 8 } });
  const hover = editor.page.locator(".monaco-hover", { hasText: "shop.monitoring.open_orders" }).first();
  await hover.waitFor();
  await picture("hover");
});

step("what is typed is checked at once, and a problem has its place", async () => {
  await editor.type(files[STALLED].replace("open_orders", "open_order"));
  await editor.page.locator(".squiggly-error").first().waitFor();
  await editor.status("1 error");
  await editor.command("Problems: Focus on Problems View");
  await editor.page.locator(".markers-panel .monaco-list-row", { hasText: "open_order" }).first().waitFor();
  await picture("problems");
});

step("a quick fix mends it", async () => {
  await editor.type(files[STALLED].replace("VIEW stalled_orders", "VIEW stalled_order"));
  await editor.page.locator(".markers-panel .monaco-list-row", { hasText: "stalled_order" }).first().waitFor();
  await editor.endOf(/VIEW.stalled_order$/);
  await editor.page.keyboard.press("ArrowLeft");
  await editor.page.keyboard.press("Control+.");
  await editor.page.locator(".action-widget .monaco-list-row", { hasText: "Replace by" }).first().waitFor();
  await picture("quick-fix");
  await editor.page.keyboard.press("Enter");
  await editor.page.locator(".squiggly-error").first().waitFor({ state: "detached" });
  await editor.command("View: Toggle Panel Visibility");
});

step("the panel says what a change would do, compared with the last commit", async () => {
  await editor.type(files[STALLED].replace("'30 days'", "'45 days'"));
  await editor.save();
  await editor.status("1 change");
  await editor.command("mz-deploy: What Would This Change Do?");
  const panel = await editor.panel("What would this change do?");
  await panel.locator(".against", { hasText: "HEAD (0123456)" }).waitFor();
  // What somebody changed comes before what follows from it.
  const row = panel.locator(".rows summary").first();
  assert.match(await row.innerText(), /shop\.monitoring\.stalled_orders/);
  assert.match(await row.innerText(), /update by swap/);
  await row.click();
  await panel.locator(".reasons li", { hasText: "definition changed" }).first().waitFor();
  await picture("plan");
});

step("the panel is walked with the keyboard", async () => {
  const panel = await editor.panel("What would this change do?");
  await panel.locator(".rows summary").first().focus();
  await editor.page.keyboard.press("ArrowDown");
  const focused = await panel.evaluate(() => document.activeElement?.textContent);
  assert.match(focused ?? "", /shop\.monitoring/);
});

step("the panel follows what is typed, and an error takes the place of the plan", async () => {
  await editor.command("View: Focus First Editor Group");
  await editor.type("SELEKT");
  const panel = await editor.panel("What would this change do?");
  await panel.locator(".notice", { hasText: "There is no plan" }).waitFor();
  await editor.type(files[STALLED].replace("'30 days'", "'60 days'"));
  await panel.locator(".rows summary").first().waitFor();
});

step("nothing is planned while nobody types, with the cursor in a problem", async () => {
  await editor.command("View: Focus First Editor Group");
  await editor.type(files[STALLED].replace("VIEW stalled_orders", "VIEW stalled_order"));
  await editor.endOf(/VIEW.stalled_order$/);
  await editor.page.keyboard.press("ArrowLeft");
  const panel = await editor.panel("What would this change do?");
  await panel.locator(".notice", { hasText: "There is no plan" }).waitFor();
  // What is still under way ends; then each plan would be a message to the panel.
  await editor.page.waitForTimeout(1500);
  const plans = await panel.evaluate(async () => {
    let count = 0;
    window.addEventListener("message", ({ data }) => {
      count += data?.kind === "plan" ? 1 : 0;
    });
    await new Promise((done) => setTimeout(done, 2000));
    return count;
  });
  assert.equal(plans, 0);
  await editor.type(files[STALLED].replace("'30 days'", "'60 days'"));
  await panel.locator(".rows summary").first().waitFor();
});

step("the difference of an object is the editor's own", async () => {
  await editor.save();
  await editor.command("mz-deploy: Show What Changes in This Object");
  await editor.page.locator(".tab.active", { hasText: "shop.monitoring.stalled_orders" }).waitFor();
  await editor.page.locator(".monaco-diff-editor .view-line", { hasText: "60" }).first().waitFor();
  await picture("difference");
});

step("the graph shows what changes and what follows from it", async () => {
  await editor.command("mz-deploy: Show the Graph");
  const graph = await editor.panel("Graph of");
  const node = graph.locator(".node.changed", { hasText: "stalled_orders" });
  await node.waitFor();
  await node.click();
  await graph.locator(".node.far", { hasText: "customer" }).first().waitFor({ state: "attached" });
  assert.ok((await graph.locator(".node").count()) >= 6);
  await picture("graph");
});

/** Shows a panel something else, as the extension would. */
const tell = (panel, state) =>
  panel.evaluate((data) => {
    window.dispatchEvent(new MessageEvent("message", { data }));
  }, state);

step("a graph that nobody sees is drawn when somebody does", async () => {
  const graph = await editor.panel("Graph of");
  await graph.evaluate(() => {
    window.drawn = 0;
    window.addEventListener("message", ({ data }) => {
      window.drawn += data?.kind === "graph" ? 1 : 0;
    });
  });
  await editor.file("models", "shop", "monitoring", "stalled_orders.sql");
  await editor.type(files[STALLED].replace("'30 days'", "'61 days'"));
  await editor.save();
  const plan = await editor.panel("What would this change do?");
  await editor.page.waitForTimeout(1000);
  await plan.locator(".rows summary", { hasText: "stalled_orders" }).first().waitFor();
  assert.equal(await graph.evaluate(() => window.drawn), 0);
  await editor.command("mz-deploy: Show the Graph");
  await graph.waitForFunction(() => window.drawn > 0);
});

step("the picture stays while what happens to its objects changes, and has a bound", async () => {
  const graph = await editor.panel("Graph of");
  const state = (length, actions) => ({
    kind: "graph",
    project: "shop",
    graph: {
      format: 1,
      nodes: Array.from({ length }, (_, at) => ({ name: { schema: "s", object: `v${at}` }, kind: "view" })),
      edges: [{ from: 0, to: 1 }],
    },
    actions,
  });
  await tell(graph, state(2, {}));
  const first = graph.locator(".node").first();
  await first.evaluate((node) => node.setAttribute("data-mark", ""));
  await graph.locator("input[type=search]").fill("v1");
  await tell(graph, state(2, { 0: "update" }));
  assert.match((await first.getAttribute("class")) ?? "", /changed/);
  assert.match((await first.getAttribute("aria-label")) ?? "", /s\.v0, view, update/);
  assert.equal(await first.locator(".label").textContent(), "~ v0");
  assert.equal(await graph.locator("[data-mark]").count(), 1);
  await tell(graph, state(3, { 0: "update" }));
  assert.equal(await graph.locator("[data-mark]").count(), 0);
  assert.equal(await graph.locator("input[type=search]").inputValue(), "v1");
  assert.equal(await graph.evaluate(() => document.activeElement?.tagName), "INPUT");
  await tell(graph, state(1501, { 1500: "create" }));
  assert.equal(await graph.locator(".node").count(), 1500);
  await graph.locator(".notice", { hasText: "1500 of 1501 objects" }).waitFor();
  assert.equal(await graph.locator(".node.new").count(), 1);
});

step("where the command line is there, the panel offers to take a snapshot; in a browser it isn't", async () => {
  const panel = await editor.panel("What would this change do?");
  const button = panel.getByRole("button", { name: "Take a snapshot of the environment" });
  assert.equal(await button.count(), 0);
  const preview = { diagnostics: { diagnostics: [], errors: 0, warnings: 0 } };
  const state = { kind: "plan", project: "shop", comparison: "nothing", canTakeSnapshot: true, preview };
  await tell(panel, state);
  // The extension here has no command line, and says so.
  await button.click();
  await editor.page.locator(".notifications-toasts", { hasText: "The command line mz-deploy was not found" }).waitFor();
  await editor.command("Notifications: Clear All Notifications");
});

step("a new name is written in every file that mentions the object, and the file follows", async () => {
  await editor.command("View: Close All Editors");
  await editor.file("models", "shop", "monitoring", "open_orders.sql");
  await editor.endOf(/VIEW.open_orders.AS/);
  await editor.page.keyboard.press("ArrowLeft");
  await editor.page.keyboard.press("ArrowLeft");
  await editor.page.keyboard.press("ArrowLeft");
  await editor.page.keyboard.press("F2");
  const input = editor.page.locator(".rename-box input");
  await input.waitFor();
  assert.equal(await input.inputValue(), "open_orders");
  await input.fill("unfinished");
  await editor.page.keyboard.press("Enter");
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "unfinished.sql" }).waitFor();
  await editor.file("models", "shop", "monitoring", "stalled_orders.sql");
  await editor.line(/FROM.unfinished/).waitFor();
  await editor.line(/MOCK.unfinished/).waitFor();
  await editor.status(/change/);
  await picture("rename");
  // What follows is said, and nothing is wrong.
  assert.equal(await editor.page.locator(".notifications-toasts", { hasText: "Nothing else was edited" }).count(), 0);
  assert.equal(await editor.page.locator(".squiggly-error").count(), 0);
});

step("a file that gets another name in the explorer takes along what mentions it", async () => {
  await editor.file("models", "shop", "raw", "customer.sql");
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "customer.sql" }).last().click();
  await editor.page.keyboard.press("F2");
  const input = editor.page.locator(".explorer-folders-view input");
  await input.waitFor();
  await input.fill("client.sql");
  await editor.page.keyboard.press("Enter");
  // The editor asks whether the extension may edit other files.
  await editor.page.locator(".monaco-dialog-box").getByRole("button", { name: "OK" }).click();
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "client.sql" }).waitFor();
  await editor.file("models", "shop", "monitoring", "stalled_by_customer.sql");
  await editor.line(/JOIN.raw\.client.AS.c/).waitFor();
  assert.equal(await editor.page.locator(".squiggly-error").count(), 0);
});

step("a folder that gets another name is said to take along nothing", async () => {
  const row = editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "raw" }).first();
  await row.click();
  await editor.page.keyboard.press("F2");
  const input = editor.page.locator(".explorer-folders-view input");
  await input.waitFor();
  await input.fill("incoming");
  await editor.page.keyboard.press("Enter");
  await editor.page.locator(".notifications-toasts", { hasText: "Nothing else was edited" }).waitFor();
  await picture("folder");
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "incoming" }).first().waitFor();
  await editor.command("Notifications: Clear All Notifications");
});

step("the outline has the object and what goes with it", async () => {
  await editor.command("View: Close All Editors");
  await editor.file("models", "shop", "monitoring", "stalled_by_customer.sql");
  await editor.command("Explorer: Focus on Outline View");
  await editor.page.locator(".outline-tree .monaco-list-row", { hasText: "stalled_by_customer_idx" }).waitFor();
  await picture("outline");
});

step("nothing outside of the page was asked for by the extension", () => {
  const asked = editor.outside.filter((url) => !url.includes("vscode-cdn.net"));
  assert.deepEqual(asked, []);
});
