// What can't be opened: the page says so in a sentence, and goes on.
import { zipSync } from "fflate";
import { changes, choose, compareWith, drop, expect, openExample, openZip, SHOP, tab, test, zip } from "./app";

test.afterEach(async ({ app: { page } }) => {
  // The page is alive: another project is opened and planned.
  await drop(page, "alive.zip", Array.from(zip(SHOP)));
  await expect(page.getByRole("button", { name: /Project: alive\.zip/ })).toBeVisible();
  await expect(changes(page)).toHaveCount(2);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a malformed archive", async ({ app: { page } }) => {
  await openZip(page, "broken.zip", zip(SHOP).slice(0, 300));
  await expect(page.getByRole("alert")).toHaveText(/“broken\.zip” is no ZIP archive, or it is damaged\./);
});

test("an archive with paths that leave it", async ({ app: { page } }) => {
  await openZip(page, "evil.zip", zip({ ...SHOP, "../../models/a/b/c.sql": "SELECT 1" }));
  await expect(page.getByRole("alert")).toHaveText(/has an entry outside of itself/);
});

test("a file of 200 MB", async ({ app: { page } }) => {
  await drop(page, "huge.zip", 200_000_000);
  await expect(page.getByRole("alert")).toHaveText(/“huge\.zip” has 200 MB; an archive may have 52 MB\./);
  await openExample(page, "A first deployment");
  await drop(page, "huge.json", 200_000_000);
  await expect(page.getByRole("alert")).toHaveText(/“huge\.json” has 200 MB; a snapshot may have 105 MB\./);
  await expect(changes(page).first()).toBeVisible();
});

test("a file of the project that is too large once it is unpacked", async ({ app: { page } }) => {
  await openZip(page, "bomb.zip", zipSync({ "models/a/b/c.sql": new Uint8Array(20_000_000) }, { level: 9 }));
  await expect(page.getByRole("alert")).toHaveText(/“models\/a\/b\/c\.sql” has 20 MB/);
});

test("an archive without a project", async ({ app: { page } }) => {
  await openZip(page, "notes.zip", zip({ "README.md": "hello" }));
  await expect(page.getByRole("alert")).toHaveText(/“notes\.zip” holds no project/);
});

test("a snapshot of a newer format", async ({ app: { page } }) => {
  await openZip(page, "shop.zip", zip(SHOP));
  await choose(page, () => compareWith(page, /A snapshot file/), "deployed.json", '{"format": 99, "objects": []}');
  await expect(page.getByRole("heading", { name: "There is no plan" })).toBeVisible();
  await tab(page, "Problems").click();
  await expect(page.getByText(/has format 99, but this version of mz-deploy reads format 1/)).toBeVisible();
  await expect(page.getByText(/upgrade mz-deploy/)).toBeVisible();
  await compareWith(page, /a first deployment/);
  await tab(page, "Plan").click();
  await expect(changes(page)).toHaveCount(2);
});

test("another version that has errors", async ({ app: { page } }) => {
  await openZip(page, "new.zip", zip(SHOP));
  const broken = { ...SHOP, "models/shop/core/orders.sql": "CREATE VIEW orders AS SELEC;" };
  await choose(page, () => compareWith(page, /Another version: a ZIP/), "old.zip", zip(broken));
  await expect(page.getByRole("alert")).toHaveText(/the version in old\.zip can't be compared with: it has 1 error/);
  await expect(page.getByRole("button", { name: /Compared with: first deployment/ })).toBeVisible();
});

test("a link that was cut", async ({ app: { page } }) => {
  await page.evaluate(() => {
    location.hash = "project=7VfBbhs3EP2V";
  });
  await expect(page.getByRole("alert")).toHaveText(/The link is damaged or was cut/);
});
