// What a user does in the workbench.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The machine may be busy. */
const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 60_000);

/** Opens the workbench in Chromium. Whatever asks for something outside of the machine is written down. */
export async function open(address, expected = "project.toml") {
  // A profile of its own: panels come from other hosts and have service workers, which private windows and some defaults forbid.
  const profile = mkdtempSync(join(tmpdir(), "mz-deploy-workbench-"));
  mkdirSync(join(profile, "Default"));
  const preferences = { profile: { block_third_party_cookies: false, cookie_controls_mode: 0 } };
  writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
    viewport: { width: 1440, height: 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const outside = [];
  context.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "localhost" && !hostname.endsWith(".localhost"))
      outside.push(request.url());
  });
  page.setDefaultTimeout(PATIENCE_MS);
  // The explorer may look at the folder before its file system is there; then it doesn't look again.
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.goto(address);
      await page
        .locator(".explorer-folders-view .monaco-list-row", { hasText: expected })
        .waitFor({ timeout: PATIENCE_MS / 2 });
      break;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return new Editor(page, outside, close);
}

class Editor {
  constructor(page, outside, close) {
    this.page = page;
    this.outside = outside;
    this.close = close;
  }

  /** Opens a file by the explorer. */
  async file(...parts) {
    for (const [at, part] of parts.entries()) {
      const rows = this.page.locator(`.explorer-folders-view .monaco-list-row[aria-level="${at + 1}"]`);
      // Of several with one name, the last: a folder that was opened before stays open.
      const row = rows.filter({ has: this.page.getByText(part, { exact: true }) }).last();
      await row.waitFor();
      if ((await row.getAttribute("aria-expanded")) !== "true") await row.click();
    }
    await this.page.locator(".tab.active", { hasText: parts.at(-1) }).waitFor();
    await this.page.locator(".editor-group-container.active .monaco-editor .view-line").first().waitFor();
  }

  async command(title) {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget .quick-input-box input");
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }

  /** Puts another text into the active editor. */
  async type(text) {
    await this.page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press("Control+Home");
  }

  /** Puts the cursor at the end of a line. */
  async endOf(pattern) {
    const line = this.line(pattern);
    await line.click();
    await this.page.keyboard.press("End");
  }

  line(pattern) {
    return this.page.locator(".editor-group-container.active .view-line", { hasText: pattern }).first();
  }

  async save() {
    await this.page.keyboard.press("Control+S");
  }

  async status(pattern) {
    await this.page.locator(".statusbar-item", { hasText: pattern }).first().waitFor();
  }

  /** The page inside of a panel, as soon as it shows something. */
  async panel(heading) {
    for (let attempt = 0; attempt < PATIENCE_MS / 500; attempt += 1) {
      for (const frame of this.page.frames()) {
        const shown = await frame
          .locator("main h1", { hasText: heading })
          .count()
          .catch(() => 0);
        if (shown > 0) return frame;
      }
      await this.page.waitForTimeout(500);
    }
    throw new Error(`no panel shows ${heading}`);
  }
}
