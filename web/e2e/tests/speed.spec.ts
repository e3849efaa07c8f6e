// How fast the page is with large projects. What is measured is printed, not asserted: a busy machine is no defect. Work is time of
// the processor, which other programs don't change much. What is asserted is that all of it works at that size.
import { loadavg } from "node:os";
import type { Page } from "@playwright/test";
import { changes, compareWith, expect, tab, test } from "./app";
import { synthetic } from "./native";
import { worked } from "./work";

/** Watches the page's frames from now on. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const longest = { frame: 0 };
    Object.assign(window, { longest });
    let last = performance.now();
    const frame = (now: number) => {
      longest.frame = Math.max(longest.frame, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** The longest time between two frames so far, in milliseconds, and starts anew. */
async function longestFrame(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { longest } = window as unknown as { longest: { frame: number } };
    const { frame } = longest;
    longest.frame = 0;
    return Math.round(frame);
  });
}

async function planned(page: Page): Promise<string> {
  return (await page.locator(".time").textContent())?.replace("planned in ", "") ?? "";
}

for (const objects of [1000, 10_000]) {
  test(`${objects} objects`, async ({ app: { page } }) => {
    test.setTimeout(300_000);
    const step = async (what: string, work: () => Promise<void>) => {
      await longestFrame(page);
      const done = await worked(page, work);
      const frame = await longestFrame(page);
      const words = (of: keyof typeof done) =>
        `${of} ${Math.round(done[of].total)} ms (longest task ${Math.round(done[of].longestTask)} ms)`;
      const parts = [`planned in ${await planned(page)}`, `longest frame ${frame} ms`];
      const load = loadavg()[0]?.toFixed(1);
      console.log(
        `${objects} objects: ${what}: ${parts.join(", ")}; work: ${words("page")}, ${words("worker")}; load ${load}`,
      );
    };
    await watch(page);
    // The archive is in the page before it is dropped: to bring it there is the test's own work.
    await page.evaluate(
      (content) => {
        const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
        Object.assign(window, { archive: new File([bytes], "synthetic.zip") });
      },
      Buffer.from(synthetic(objects)).toString("base64"),
    );
    await page.waitForTimeout(500);
    await step("opened and planned as a first deployment", async () => {
      await page.evaluate(() => {
        const transfer = new DataTransfer();
        transfer.items.add((window as unknown as { archive: File }).archive);
        const target = document.querySelector(".app");
        target?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
      });
      await expect(changes(page).first()).toContainText("app.s000.o00000", { timeout: 120_000 });
    });

    await step("compared with itself", async () => {
      await compareWith(page, /as it was opened/);
      await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible({ timeout: 120_000 });
    });

    await page.getByRole("searchbox", { name: "Find a file" }).fill("o00500");
    await page.getByRole("treeitem", { name: /^o00500/ }).click();
    await page.locator(".editor .cm-line", { hasText: "amount > 10" }).click();
    await page.keyboard.press("End");
    await step("edited, ten letters", async () => {
      await page.keyboard.type(" AND 1 = 1");
      await expect(changes(page).first()).toContainText("app.s005.o00500", { timeout: 60_000 });
      await page.waitForTimeout(1000);
    });

    const list = page.getByRole("listbox", { name: "Changes" });
    await step("the list scrolled from end to end", async () => {
      await list.evaluate(async (element) => {
        for (let top = 0; top < element.scrollHeight; top += element.scrollHeight / 40) {
          element.scrollTop = top;
          await new Promise(requestAnimationFrame);
        }
        element.scrollTop = element.scrollHeight;
      });
      await expect(changes(page).last()).toContainText("app.s");
    });

    const graph = page.getByRole("application");
    await step("the graph drawn", async () => {
      await tab(page, "Graph").click();
      await expect(graph).toHaveAccessibleName(new RegExp(`${objects + 20} objects`), { timeout: 60_000 });
    });
    const canvas = await graph.boundingBox();
    const [x, y] = [(canvas?.x ?? 0) + (canvas?.width ?? 0) / 2, (canvas?.y ?? 0) + (canvas?.height ?? 0) / 2];
    await step("the graph zoomed and moved", async () => {
      await page.mouse.move(x, y);
      for (let turn = 0; turn < 20; turn += 1) {
        await page.mouse.wheel(0, turn < 10 ? -120 : 120);
      }
      await page.mouse.down();
      for (let turn = 0; turn < 20; turn += 1) {
        await page.mouse.move(x + turn * 8, y + turn * 4);
      }
      await page.mouse.up();
    });
    await page.getByRole("button", { name: "All of it" }).click();
    await page.waitForTimeout(300);
    await page.screenshot({ path: test.info().outputPath("graph-from-far.png") });
  });
}
