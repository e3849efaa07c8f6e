// How fast the page is with large projects. What is measured is printed, not asserted: a busy machine is no defect. What is
// asserted is that all of it works at that size.
import type { Page } from "@playwright/test";
import { changes, compareWith, expect, tab, test } from "./app";
import { synthetic } from "./native";

/** In milliseconds. */
interface Measured {
  /** The longest time between two frames. */
  frame: number;
  /** The longest task of the page's thread. */
  task: number;
}

/** What the page's thread worked so far, in milliseconds of the processor: another program's work isn't in it. */
async function worked(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
  };
}

/** Watches frames and tasks of the page from now on. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const measured = { frame: 0, task: 0 };
    Object.assign(window, { measured });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        measured.task = Math.max(measured.task, duration);
      }
    }).observe({ type: "longtask" });
    let last = performance.now();
    const frame = (now: number) => {
      measured.frame = Math.max(measured.frame, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** The longest so far, and starts anew. */
async function longest(page: Page): Promise<Measured> {
  return page.evaluate(() => {
    const { measured } = window as unknown as { measured: Measured };
    const now = { frame: Math.round(measured.frame), task: Math.round(measured.task) };
    Object.assign(measured, { frame: 0, task: 0 });
    return now;
  });
}

async function planned(page: Page): Promise<string> {
  return (await page.locator(".time").textContent())?.replace("planned in ", "") ?? "";
}

for (const objects of [1000, 10_000]) {
  test(`${objects} objects`, async ({ app: { page } }) => {
    test.setTimeout(300_000);
    const work = await worked(page);
    let before = 0;
    const say = async (what: string) => {
      const { frame, task } = await longest(page);
      const now = await work();
      const parts = [`planned in ${await planned(page)}`, `longest frame ${frame} ms`, `longest task ${task} ms`];
      console.log(
        `${objects} objects: ${what}: ${parts.join(", ")}, ${Math.round(now - before)} ms of the page's thread in all`,
      );
      before = now;
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
    await longest(page);
    before = await work();
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add((window as unknown as { archive: File }).archive);
      const target = document.querySelector(".app");
      target?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await expect(changes(page).first()).toContainText("app.s000.o00000", { timeout: 120_000 });
    await say("opened and planned as a first deployment");

    await compareWith(page, /as it was opened/);
    await expect(page.getByRole("heading", { name: "No changes" })).toBeVisible({ timeout: 120_000 });
    await say("compared with itself");

    await page.getByRole("searchbox", { name: "Find a file" }).fill("o00500");
    await page.getByRole("treeitem", { name: /^o00500/ }).click();
    await page.locator(".editor .cm-line", { hasText: "amount > 10" }).click();
    await page.keyboard.press("End");
    await page.keyboard.type(" AND 1 = 1");
    await expect(changes(page).first()).toContainText("app.s005.o00500", { timeout: 60_000 });
    await page.waitForTimeout(1000);
    await say("edited, ten letters");

    const list = page.getByRole("listbox", { name: "Changes" });
    await list.evaluate(async (element) => {
      for (let top = 0; top < element.scrollHeight; top += element.scrollHeight / 40) {
        element.scrollTop = top;
        await new Promise(requestAnimationFrame);
      }
      element.scrollTop = element.scrollHeight;
    });
    await expect(changes(page).last()).toContainText("app.s");
    await say("the list scrolled from end to end");

    await tab(page, "Graph").click();
    await expect(page.getByRole("application")).toHaveAccessibleName(new RegExp(`${objects + 20} objects`), {
      timeout: 60_000,
    });
    await say("the graph drawn");
    const canvas = await page.getByRole("application").boundingBox();
    const [x, y] = [(canvas?.x ?? 0) + (canvas?.width ?? 0) / 2, (canvas?.y ?? 0) + (canvas?.height ?? 0) / 2];
    await page.mouse.move(x, y);
    for (let step = 0; step < 20; step += 1) {
      await page.mouse.wheel(0, step < 10 ? -120 : 120);
    }
    await page.mouse.down();
    for (let step = 0; step < 20; step += 1) {
      await page.mouse.move(x + step * 8, y + step * 4);
    }
    await page.mouse.up();
    await say("the graph zoomed and moved");
    await page.getByRole("button", { name: "All of it" }).click();
    await page.waitForTimeout(300);
    await page.screenshot({ path: test.info().outputPath("graph-from-far.png") });
  });
}
