// What somebody does with the page, from opening a project to taking the script away.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import { strFromU8, unzipSync } from "fflate";
import {
  changes,
  choose,
  compareWith,
  drop,
  editor,
  expect,
  openExample,
  openZip,
  SHOP,
  tab,
  test,
  type,
  zip,
} from "./app";

test("an example shows its plan: what changes, what is rebuilt and why", async ({ app: { page } }) => {
  await openExample(page, "An edited view");
  await expect(changes(page)).toHaveCount(3);
  await changes(page).filter({ hasText: "stalled_orders" }).click();
  const detail = page.getByRole("region", { name: "Change", exact: true });
  await expect(detail.getByText("reads shop.monitoring.open_orders")).toBeVisible();
  await detail.getByRole("button", { name: /open_orders\.sql:2: definition changed/ }).click();
  await expect(page.locator(".editor .path")).toHaveText("models/shop/monitoring/open_orders.sql");
  await expect(page.locator(".editor .cm-activeLine")).toContainText("CREATE VIEW open_orders");
});

test("a changed object shows what differs", async ({ app: { page } }) => {
  await openExample(page, "An edited view");
  await changes(page).first().click();
  const difference = page.getByLabel("What differs in shop.monitoring.open_orders");
  await expect(difference).toContainText("IN ('O', 'P')");
  await expect(page.locator(".detail .cm-deletedChunk")).toContainText("= 'O'");
});

test("an edit has its rebuild chain at once, and undoing it leaves nothing to do", async ({ app: { page } }) => {
  await openZip(page, "shop.zip", zip(SHOP));
  await compareWith(page, /as it was opened/);
  await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible();
  await page.getByRole("treeitem", { name: /^orders\.sql/ }).click();
  await type(page, "CREATE VIEW orders AS SELECT 2 AS id;\n");
  await expect(changes(page)).toHaveText([/shop\.core\.orders/, /shop\.core\.totals.*reads shop\.core\.orders/]);
  await expect(page.getByRole("treeitem", { name: /orders\.sql.*edited.*updated/ })).toBeVisible();
  await page.getByRole("button", { name: "Revert" }).click();
  await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible();
  await expect(editor(page)).toContainText("SELECT 1 AS id");
});

test("a problem leads to its place, and its fix is applied there", async ({ app: { page } }) => {
  await openZip(
    page,
    "shop.zip",
    zip({ ...SHOP, "models/shop/core/totals.sql": "CREATE VIEW totals AS\nSELEC 1 AS n;\n" }),
  );
  await expect(page.getByRole("heading", { name: "There is no plan" })).toBeVisible();
  await page.getByRole("button", { name: "Show the problems" }).click();
  await page.getByRole("button", { name: /found SELEC/ }).click();
  await expect(page.locator(".editor .cm-activeLine")).toHaveText("SELEC 1 AS n;");
  expect(await page.evaluate(() => getSelection()?.toString())).toBe("SELEC");
  await page.keyboard.insertText("SELECT");
  await tab(page, "Plan").click();
  await expect(changes(page)).toHaveCount(2);
});

test("the graph is searched, focused on what an object reaches, and leads back to the plan", async ({
  app: { page },
}) => {
  await openExample(page, "An edited view");
  await tab(page, "Graph").click();
  await expect(page.getByRole("application")).toHaveAccessibleName(/6 objects in 2 groups/);
  await page.getByRole("searchbox", { name: "Find an object" }).fill("stalled_orders");
  await page.keyboard.press("Enter");
  const object = page.getByRole("complementary", { name: "Object" });
  await expect(object).toContainText("1 object follows from it");
  await object.getByRole("button", { name: "Blast radius" }).click();
  await expect(page.getByRole("application")).toHaveAccessibleName(/5 objects in 2 groups/);
  await page.getByRole("button", { name: /show all objects/ }).click();
  await expect(page.getByRole("application")).toHaveAccessibleName(/6 objects/);
  await object.getByRole("button", { name: "Why" }).click();
  await expect(page.getByRole("region", { name: "Change", exact: true })).toContainText("stalled_orders");
});

test("two versions are compared: the old one is what is deployed", async ({ app: { page } }) => {
  await openZip(page, "new.zip", zip(SHOP));
  const old = { ...SHOP, "models/shop/core/orders.sql": "CREATE VIEW orders AS SELECT 0 AS id;\n" };
  await choose(page, () => compareWith(page, /Another version: a ZIP/), "old.zip", zip(old));
  await expect(page.getByRole("button", { name: /Compared with: the version in old\.zip/ })).toBeVisible();
  await expect(changes(page)).toHaveText([/update.*definition changed/, /rebuild/]);
});

test("a snapshot file is what is deployed", async ({ app: { page } }) => {
  await openZip(page, "shop.zip", zip(SHOP));
  await expect(changes(page)).toHaveCount(2);
  await page.getByRole("button", { name: /^Project/ }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /Download a snapshot/ }).click();
  const snapshot = readFileSync(await (await download).path(), "utf8");
  expect(JSON.parse(snapshot)).toMatchObject({ format: 1 });
  await choose(page, () => compareWith(page, /A snapshot file/), "deployed.json", snapshot);
  await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible();
});

test("a live catalog is looked at: what others made there is in the way", async ({ app: { page } }) => {
  await openZip(page, "shop.zip", zip(SHOP));
  await compareWith(page, /as it was opened/);
  await page.getByRole("treeitem", { name: /^orders\.sql/ }).click();
  await type(page, "CREATE VIEW orders AS SELECT 2 AS id;\n");
  await expect(changes(page)).toHaveCount(2);
  const name = (object: string) => ({ database: "shop", schema: "core", object });
  const live = {
    format: 1,
    environment: "test",
    version: "v26.23.0",
    databases: [{ id: "u1", name: "shop", owner: "deployer" }],
    schemas: [{ id: "u2", name: { database: "shop", schema: "core" }, owner: "deployer" }],
    clusters: [],
    objects: [
      { id: "u3", name: name("adhoc"), kind: "view", owner: "deployer" },
      { id: "u4", name: name("orders"), kind: "view", owner: "deployer" },
    ],
  };
  await choose(page, () => compareWith(page, /Check against a live catalog/), "live.json", JSON.stringify(live));
  await page.getByRole("button", { name: "Show the problems" }).click();
  await expect(page.locator(".problem").filter({ hasText: "shop.core.adhoc" }).first()).toBeVisible();
  await compareWith(page, /Checked against live\.json/);
  await tab(page, "Plan").click();
  await expect(changes(page)).toHaveCount(2);
});

test("the last of many changes is gone to at once, though its page isn't there yet", async ({ app: { page } }) => {
  const views = Array.from({ length: 400 }, (_, at) => `v${String(at).padStart(3, "0")}`);
  const files = views.map((name) => [`models/shop/core/${name}.sql`, `CREATE VIEW ${name} AS SELECT 1 AS one;\n`]);
  await openZip(page, "many.zip", zip({ "project.toml": "", ...Object.fromEntries(files) }));
  await expect(changes(page).first()).toContainText("v000");
  await page.getByRole("listbox", { name: "Changes" }).focus();
  await page.keyboard.press("End");
  await expect(page.getByRole("region", { name: "Change", exact: true })).toContainText("v399");
  await expect(changes(page).filter({ hasText: "v399" })).toHaveAttribute("aria-selected", "true");
});

test("a view of a stable schema is replaced in place", async ({ app: { page } }) => {
  await openExample(page, "A stable contract");
  await expect(changes(page)).toHaveText([/shop\.api\.daily_revenue.*update materialized view by replacement/]);
});

test("the project is taken away with its edits", async ({ app: { page } }) => {
  await openExample(page, "An edited view");
  await expect(changes(page)).toHaveCount(3);
  await page.getByRole("button", { name: /^Project/ }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /Download the project/ }).click();
  const archive = await download;
  expect(archive.suggestedFilename()).toBe("order-monitoring.zip");
  const files = unzipSync(new Uint8Array(readFileSync(await archive.path())));
  expect(strFromU8(files["models/shop/monitoring/open_orders.sql"] ?? new Uint8Array())).toContain("IN ('O', 'P')");
  expect(Object.keys(files)).toContain("project.toml");
});

test("the script is shown, copied and downloaded as the command line prints it", async ({ app: { page } }) => {
  await openExample(page, "A first deployment");
  await tab(page, "Script").click();
  await expect(page.locator(".script .cm-content")).toContainText("deployment preview, strategy swap");
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByText("Copied.")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download preview.sql" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("preview.sql");
  expect(readFileSync(await file.path(), "utf8")).toBe(copied);
  expect(copied).toContain("CREATE VIEW shop.monitoring");
});

test("a step shows its statement, what it requires and what undoes it", async ({ app: { page } }) => {
  await openExample(page, "A first deployment");
  await tab(page, "Steps").click();
  await page.getByRole("button", { name: /^build objects/ }).click();
  await page
    .getByRole("listbox", { name: "Steps" })
    .getByRole("option", { name: /CREATE VIEW.*open_orders/ })
    .first()
    .click();
  const step = page.getByRole("region", { name: "Step", exact: true });
  await expect(step).toContainText("one statement, exactly as it is sent");
  await expect(step).toContainText("there is no object");
  await expect(step.getByRole("button", { name: /open_orders\.sql:2/ })).toBeVisible();
  await step.getByRole("button", { name: "shop.monitoring.open_orders" }).click();
  await expect(tab(page, "Plan")).toHaveAttribute("aria-selected", "true");
});

test("a profile gives variables their values, and the options take another one", async ({ app: { page } }) => {
  const files = {
    ...SHOP,
    "models/shop/core/totals.sql": SHOP["models/shop/core/totals.sql"].replace("small", ":where"),
  };
  await openZip(page, "shop.zip", zip({ ...files, "clusters/large.sql": "CREATE CLUSTER large (SIZE = '100cc');\n" }));
  await expect(page.getByRole("heading", { name: "Which profile?" })).toBeVisible();
  await page.getByRole("button", { name: "staging", exact: true }).click();
  await expect(page.getByRole("combobox", { name: "Profile" })).toHaveValue("staging");
  await expect(changes(page)).toHaveCount(2);
  await page.getByRole("button", { name: /^Options/ }).click();
  await page.getByRole("textbox", { name: "where" }).fill("large");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await changes(page).filter({ hasText: "totals" }).click();
  await page
    .getByRole("region", { name: "Change", exact: true })
    .getByRole("button", { name: /build objects/ })
    .click();
  await expect(page.getByRole("region", { name: "Step", exact: true })).toContainText("IN CLUSTER large");
});

test("a link has the whole project, and what it is compared with", async ({ app: { page }, context }) => {
  await openExample(page, "An edited view");
  await expect(changes(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByText("The link is copied.")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain("#project=");
  const other = await context.newPage();
  await other.goto(link);
  await expect(changes(other)).toHaveCount(3);
  await expect(other.getByRole("button", { name: /Compared with: the version in the link/ })).toBeVisible();
});

test("a link has the settings that the plan was made with", async ({ app: { page }, context }) => {
  await openExample(page, "A stable contract");
  await expect(changes(page)).toHaveCount(1);
  await page.getByRole("button", { name: /^Options/ }).click();
  await page.getByRole("textbox", { name: "Deploy id" }).fill("monday");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByText("The link is copied.")).toBeVisible();
  const other = await context.newPage();
  await other.goto(await page.evaluate(() => navigator.clipboard.readText()));
  await expect(changes(other)).toHaveText([/shop\.api\.daily_revenue.*by replacement/]);
  await expect(other.getByRole("combobox", { name: "Profile" })).toHaveValue("production");
  await other.getByRole("button", { name: /^Options/ }).click();
  await expect(other.getByRole("textbox", { name: "Deploy id" })).toHaveValue("monday");
  await other.getByRole("checkbox", { name: /Deploy everything again/ }).check();
  await other.keyboard.press("Escape");
  await expect(changes(other).nth(1), "an option more leaves the profile as it is").toBeVisible();
  await expect(other.getByRole("combobox", { name: "Profile" })).toHaveValue("production");
});

test("a link without the snapshot that is compared with says so", async ({ app: { page } }) => {
  await openZip(page, "shop.zip", zip(SHOP));
  await choose(page, () => compareWith(page, /A snapshot file/), "deployed.json", '{"format": 99, "objects": []}');
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByText(/But not the snapshot deployed\.json/)).toBeVisible();
});

test("a comment of a schema is no “No changes”", async ({ app: { page } }) => {
  const comment = (text: string) => `COMMENT ON SCHEMA core IS '${text}';\n`;
  await openZip(page, "shop.zip", zip({ ...SHOP, "models/shop/core.sql": comment("a") }));
  await compareWith(page, /as it was opened/);
  await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible();
  await page.getByRole("treeitem", { name: /^core\.sql/ }).click();
  await type(page, comment("b"));
  await expect(page.getByRole("heading", { name: "1 schema or database changed" })).toBeVisible();
  await expect(tab(page, "Plan")).toHaveText("Plan1");
  await page.getByRole("button", { name: "Show the steps" }).click();
  await expect(page.getByRole("region", { name: "Step", exact: true })).toBeVisible();
});

test("a project that is asked for last is the one that is open, though another takes longer to read", async ({
  app: { page },
}) => {
  // A folder of the browser's own file system is read file by file; an archive that is dropped meanwhile is there at once.
  await page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("slow", { create: true });
    const schema = await (await root.getDirectoryHandle("models", { create: true })).getDirectoryHandle("a", {
      create: true,
    });
    for (let at = 0; at < 300; at += 1) {
      await schema.getFileHandle(`v${at}.sql`, { create: true });
    }
    Object.assign(window, { showDirectoryPicker: async () => root });
  });
  const slow = page.getByText("Opening slow");
  await page.getByRole("button", { name: "Open a folder" }).click();
  await drop(page, "shop.zip", Array.from(zip(SHOP)));
  await expect(page.getByRole("button", { name: /Project: shop\.zip/ })).toBeVisible();
  await expect(changes(page)).toHaveCount(2);
  await page.waitForTimeout(1500);
  await expect(slow).toHaveCount(0);
  await expect(page.getByRole("button", { name: /Project: shop\.zip/ })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("what was typed into a project that is gone doesn't get into the next one", async ({ app: { page } }) => {
  await openExample(page, "An edited view");
  // A page that is busy sends what was typed late.
  await page.evaluate(() => {
    const post = Worker.prototype.postMessage as (...message: unknown[]) => void;
    Worker.prototype.postMessage = function (...message: unknown[]) {
      const [{ call }] = message as [{ call?: string }];
      setTimeout(() => post.apply(this, message), call === "edit" ? 1000 : 0);
    };
  });
  await type(page, "CREATE VIEW");
  await drop(page, "shop.zip", Array.from(zip(SHOP)));
  await expect(changes(page)).toHaveCount(2);
  await page.waitForTimeout(1500);
  await expect(changes(page)).toHaveCount(2);
  await expect(tab(page, "Problems")).toHaveText("Problems");
});

test("an example that is opened again is as it was at first", async ({ app: { page } }) => {
  await openExample(page, "An edited view");
  const text = await editor(page).textContent();
  await type(page, "CREATE VIEW");
  await page.getByRole("button", { name: /^Project: / }).click();
  await page.getByRole("button", { name: /An edited view/ }).click();
  await expect(editor(page)).toHaveText(text ?? "");
});

test("the guide is seen at once in a window of 1280 by 800", async ({ app: { page } }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await openExample(page, "An edited view");
  await tab(page, "Guide").click();
  await expect(page.getByText("in the graph: nearer, farther, all of it")).toBeInViewport({ ratio: 1 });
});

test("a character that needs the Alt key is written, and goes nowhere", async ({ app: { page } }) => {
  await openExample(page, "An edited view");
  await editor(page).focus();
  const isTaken = (key: string) =>
    editor(page).evaluate((target, typed) => {
      const init = { key: typed, code: "Digit5", altKey: true, bubbles: true, cancelable: true };
      return !target.dispatchEvent(new KeyboardEvent("keydown", init));
    }, key);
  expect(await isTaken("[")).toBe(false);
  await expect(tab(page, "Plan")).toHaveAttribute("aria-selected", "true");
  expect(await isTaken("5")).toBe(true);
  await expect(tab(page, "Problems")).toHaveAttribute("aria-selected", "true");
});

test("a folder with several projects asks which one", async ({ app: { page } }) => {
  const two = Object.fromEntries(
    Object.entries(SHOP).flatMap(([path, text]) => [
      [`a/${path}`, text],
      [`b/${path}`, text],
    ]),
  );
  await openZip(page, "two.zip", zip(two));
  await page.getByRole("dialog").getByRole("button", { name: "b", exact: true }).click();
  await expect(page.getByRole("button", { name: /Project: two\.zip\/b/ })).toBeVisible();
  await expect(changes(page)).toHaveCount(2);
});

test("an archive is dropped on the page", async ({ app: { page } }) => {
  await drop(page, "shop.zip", Array.from(zip(SHOP)));
  await expect(changes(page)).toHaveCount(2);
});

test("a folder of the disk is opened by its handle", async ({ app: { page } }) => {
  // The picker can't be driven; the browser's own file system gives a handle of the same kind.
  await stored(page);
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    Object.assign(window, { showDirectoryPicker: async () => root });
  });
  await page.getByRole("button", { name: "Open a folder" }).click();
  await expect(changes(page)).toHaveCount(2);
});

/** Puts the project into the browser's own file system. */
async function stored(page: Page): Promise<void> {
  await page.evaluate(async (files) => {
    const root = await navigator.storage.getDirectory();
    for (const [path, text] of Object.entries(files)) {
      const parts = path.split("/");
      let folder = root;
      for (const part of parts.slice(0, -1)) {
        folder = await folder.getDirectoryHandle(part, { create: true });
      }
      const writable = await (await folder.getFileHandle(parts.at(-1) ?? "", { create: true })).createWritable();
      await writable.write(text);
      await writable.close();
    }
  }, SHOP);
}

test("a folder is dropped on the page, where the browser gives a handle of it", async ({ app: { page } }) => {
  await stored(page);
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const item = { kind: "file", webkitGetAsEntry: () => null, getAsFileSystemHandle: async () => root };
    const event = new Event("drop", { bubbles: true, cancelable: true });
    Object.assign(event, { dataTransfer: { items: [item], files: [] } });
    document.querySelector(".app")?.dispatchEvent(event);
  });
  await expect(changes(page)).toHaveCount(2);
});

/** Drops entries as a browser without handles gives them: directories tell what they have in batches of two. */
async function dropEntries(page: Page, top: string | undefined, files: Record<string, string>): Promise<void> {
  await page.evaluate(
    ([name, texts]) => {
      const entry = (path: string, own: string): object => {
        const text = texts[path];
        if (text !== undefined) {
          return { name: own, isDirectory: false, file: (then: (file: File) => void) => then(new File([text], own)) };
        }
        return { name: own, isDirectory: true, createReader: () => reader(path === "" ? "" : `${path}/`) };
      };
      const below = (prefix: string) => {
        const inside = Object.keys(texts).filter((path) => path.startsWith(prefix));
        const names = new Set(inside.map((path) => path.slice(prefix.length).split("/")[0] ?? ""));
        return [...names].map((own) => entry(`${prefix}${own}`, own));
      };
      const reader = (prefix: string) => {
        const rest = below(prefix);
        return { readEntries: (then: (batch: object[]) => void) => then(rest.splice(0, 2)) };
      };
      const dropped = name === null ? below("") : [entry("", name)];
      const items = dropped.map((each) => ({ kind: "file", webkitGetAsEntry: () => each }));
      const event = new Event("drop", { bubbles: true, cancelable: true });
      Object.assign(event, { dataTransfer: { items, files: [] } });
      document.querySelector(".app")?.dispatchEvent(event);
    },
    [top ?? null, files] as const,
  );
}

test("a folder is dropped on the page of a browser that knows no handles", async ({ app: { page } }) => {
  const others = { ".git/models/a/v.sql": "SELEC;", "node_modules/p/models/a/v.sql": "SELEC;" };
  await dropEntries(page, "shop", { ...SHOP, ...others });
  await expect(page.getByRole("button", { name: /Project: shop/ })).toBeVisible();
  await expect(changes(page)).toHaveCount(2);
});

test("the parts of a project are dropped together", async ({ app: { page } }) => {
  await dropEntries(page, undefined, SHOP);
  await expect(changes(page)).toHaveCount(2);
});

test("a folder is chosen where the browser has no picker for one", async ({ app: { page } }, info) => {
  const folder = info.outputPath("shop");
  for (const [path, text] of Object.entries(SHOP)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await page.evaluate(() => Object.assign(window, { showDirectoryPicker: undefined }));
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a folder" }).click();
  await (await chooser).setFiles(folder);
  await expect(page.getByRole("button", { name: /Project: shop/ })).toBeVisible();
  await expect(changes(page)).toHaveCount(2);
});

test("a problem's fix is a button in the editor", async ({ app: { page } }) => {
  const other = "CREATE CLUSTER large (SIZE = '25cc');\n";
  await openZip(page, "shop.zip", zip({ ...SHOP, "clusters/small.sql": other }));
  await page.getByRole("button", { name: "Show the problems" }).click();
  await page
    .getByRole("button", { name: /clusters\/small\.sql:1|large/ })
    .first()
    .click();
  await page.locator(".editor .cm-lintRange").first().hover();
  await page.getByRole("button", { name: "Replace by small" }).click();
  await expect(editor(page)).toContainText("CREATE CLUSTER small");
  await tab(page, "Plan").click();
  await expect(changes(page)).toHaveCount(2);
});
