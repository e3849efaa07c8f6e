// The page under test. Every test sees to it that nothing leaves the page and nothing goes wrong in it.
import { test as base, type ConsoleMessage, expect, type Locator, type Page, type Request } from "@playwright/test";
import { strToU8, zipSync } from "fflate";

export { expect };

/** Messages of the browser about what its policy forbade: a test that tries that asks for them. */
export interface App {
  page: Page;
  /** Requests that were made since the page is loaded. */
  late: string[];
  /** What the browser complained about. */
  complaints: string[];
}

export const test = base.extend<{ app: App }>({
  app: async ({ page }, use) => {
    const late: string[] = [];
    const complaints: string[] = [];
    let isLoaded = false;
    page.on("request", (request: Request) => {
      const isOwn = request.url().startsWith("blob:") || request.url().startsWith("data:");
      if (isLoaded && !isOwn) {
        late.push(request.url());
      }
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message: ConsoleMessage) => {
      if (message.type() === "error") {
        complaints.push(message.text());
      }
    });
    await page.goto("./");
    await expect(page.getByRole("button", { name: "Open a folder" })).toBeVisible();
    isLoaded = true;
    await use({ page, late, complaints });
    expect(late, "requests after the page was loaded").toEqual([]);
    expect(complaints, "errors in the page").toEqual([]);
  },
});

export async function openExample(
  page: Page,
  name: "An edited view" | "A first deployment" | "A stable contract",
): Promise<void> {
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await expect(tab(page, "Plan")).toBeVisible();
}

export function tab(page: Page, name: string): Locator {
  return page.getByRole("tab", { name: new RegExp(`^${name}`) });
}

export function changes(page: Page): Locator {
  return page.getByRole("listbox", { name: "Changes" }).getByRole("option");
}

export function editor(page: Page): Locator {
  return page.locator(".editor .cm-content");
}

/** Replaces the text of the file that is open. */
export async function type(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

/** A file for the next chooser that opens. */
export async function choose(
  page: Page,
  open: () => Promise<void>,
  name: string,
  content: Uint8Array | string,
): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await open();
  const buffer = Buffer.from(typeof content === "string" ? strToU8(content) : content);
  await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer });
}

export async function openZip(page: Page, name: string, content: Uint8Array): Promise<void> {
  await choose(page, () => page.getByRole("button", { name: "Open a ZIP archive" }).click(), name, content);
}

/** Drops a file on the page: with some bytes, or with so many of no meaning that only the page itself can make them. */
export async function drop(page: Page, name: string, content: number[] | number): Promise<void> {
  await page.evaluate(
    ([as, bytes]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([typeof bytes === "number" ? new Uint8Array(bytes) : Uint8Array.from(bytes)], as));
      const target = document.querySelector(".app");
      target?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    [name, content] as const,
  );
}

/** Chooses an entry of the menu that says what the project is compared with. */
export async function compareWith(page: Page, entry: RegExp): Promise<void> {
  await page.getByRole("button", { name: /^Compared with/ }).click();
  await page.getByRole("button", { name: entry }).click();
}

export function zip(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));
}

/** A view, what reads it, and where it runs. */
export const SHOP = {
  "project.toml": '[staging.variables]\nwhere = "small"\n',
  "clusters/small.sql": "CREATE CLUSTER small (SIZE = '25cc');\n",
  "models/shop/core/orders.sql": "CREATE VIEW orders AS SELECT 1 AS id;\n",
  "models/shop/core/totals.sql":
    "CREATE MATERIALIZED VIEW totals IN CLUSTER small AS\nSELECT count(*) AS n FROM orders;\n",
};
