// The page for everybody: no violation that axe calls serious, light and dark; and all of it by keys alone.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { changes, editor, expect, openExample, tab, test, type } from "./app";

/** Looks at a view; what it looks like is left in `results`. */
async function check(page: Page, what: string): Promise<void> {
  // Colours in the middle of a transition are no colours of the page.
  await page.waitForTimeout(300);
  const name = what.toLowerCase().replaceAll(" ", "-");
  await page.screenshot({ path: test.info().outputPath(`${name}.png`) });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const words = serious.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n  ${nodes.map(({ html, failureSummary }) => `${html}\n  ${failureSummary}`).join("\n  ")}`,
  );
  expect(words, what).toEqual([]);
}

for (const colours of ["light", "dark"] as const) {
  test.describe(colours, () => {
    test.use({ colorScheme: colours });

    test("axe finds nothing serious in any view", async ({ app: { page } }) => {
      test.setTimeout(180_000);
      await check(page, "start");
      await openExample(page, "An edited view");
      await changes(page).first().click();
      await check(page, "plan");
      for (const view of ["Steps", "Script", "Graph", "Guide"]) {
        await tab(page, view).click();
        await check(page, view);
      }
      await type(page, "CREATE VIEW nothing AS SELEC 1;");
      await tab(page, "Problems").click();
      await expect(page.locator(".problem").first()).toBeVisible();
      await check(page, "problems");
      await page.getByRole("button", { name: /^Compared with/ }).click();
      await check(page, "menu");
      await page.getByRole("button", { name: /^Options/ }).click();
      await check(page, "options");
    });
  });
}

test("axe finds nothing serious on a narrow page", async ({ app: { page } }) => {
  await page.setViewportSize({ width: 400, height: 800 });
  await openExample(page, "An edited view");
  await check(page, "plan");
  await page.getByRole("button", { name: "Files", exact: true }).click();
  await check(page, "files");
  const overflows = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  expect(overflows).toBe(false);
});

test("colours follow the system until somebody chooses, and the choice stays", async ({ app: { page } }) => {
  const theme = () => page.locator("html").getAttribute("data-theme");
  expect(await theme()).toBe("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "Light colours" }).click();
  expect(await theme()).toBe("light");
});

test("the whole way is gone with keys alone", async ({ app: { page } }) => {
  const until = async (name: RegExp) => {
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const now = document.activeElement;
        const own = now?.getAttribute("role") === "tabpanel" ? "" : now?.textContent;
        return now?.getAttribute("aria-label") ?? own ?? "";
      });
      if (name.test(label)) {
        return;
      }
    }
    throw new Error(`Tab doesn't lead to ${name}`);
  };
  await until(/An edited view/);
  await page.keyboard.press("Enter");
  await expect(changes(page)).toHaveCount(3);

  // The tree of files: out of the file that is shown to its directory, past closed ones, and into another file.
  await until(/^Files$/);
  const tree = page.getByRole("tree", { name: "Files" });
  const row = (name: RegExp) => tree.getByRole("treeitem", { name });
  await expect(tree).toBeFocused();
  const monitoring = row(/^monitoring$/);
  await expect(row(/^open_orders\.sql/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowLeft");
  await expect(monitoring).toHaveAttribute("aria-selected", "true");
  await expect(monitoring).toHaveAttribute("aria-level", "3");
  await page.keyboard.press("ArrowLeft");
  await expect(monitoring).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  await expect(monitoring, "arrows go past a directory and leave it as it is").toHaveAttribute(
    "aria-expanded",
    "false",
  );
  await expect(monitoring).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(monitoring).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("End");
  await expect(row(/^project\.toml/)).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".editor .path"), "arrows don't open").toHaveText(/open_orders\.sql$/);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.locator(".editor .path")).toHaveText("clusters/ingest.sql");

  // The list of changes by arrow keys.
  await until(/^Changes$/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  const detail = page.getByRole("region", { name: "Change", exact: true });
  await expect(detail).toContainText("stalled_orders");

  // From view to view.
  await page.keyboard.press("Alt+2");
  await expect(tab(page, "Steps")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(tab(page, "Script")).toHaveAttribute("aria-selected", "true");

  // The graph.
  await page.keyboard.press("Alt+4");
  await until(/Dependencies of/);
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("complementary", { name: "Object" })).toContainText("open_orders");

  // Into the editor, out of it, and what was typed is planned.
  await page.keyboard.press("Alt+e");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.type("SELEC;");
  await page.keyboard.press("Tab");
  await expect(editor(page)).not.toBeFocused();
  await page.keyboard.press("Alt+5");
  await until(/SELEC/);
  await page.keyboard.press("Enter");
  await expect(editor(page)).toBeFocused();

  // The halves get another width.
  const line = page.getByRole("separator", { name: /Width/ });
  await line.focus();
  await page.keyboard.press("ArrowRight");
  await expect(line).toHaveAttribute("aria-valuenow", "46");

  // A menu opens, closes, and gives the focus back.
  await page.getByRole("button", { name: /^Compared with/ }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: /Nothing: a first deployment/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: /^Compared with/ })).toBeFocused();
});

test("a screen reader hears what an edit means", async ({ app: { page } }) => {
  await openExample(page, "An edited view");
  const heard = page.locator("[role=status][aria-live=polite]");
  await expect(heard).toHaveText("Plan: 1 updated, 2 rebuilt.");
  await type(page, "CREATE VIEW nothing AS SELEC 1;");
  await expect(heard).toHaveText(/^There is no plan: \d+ errors?\.$/);
});
