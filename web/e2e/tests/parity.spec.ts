// The planner says the same everywhere: natively, in Node and in Chromium, byte for byte.
import type { Workspace } from "@mz-deploy/planner";
import { expect, test } from "@playwright/test";
import { type Entry, entries } from "./native";

interface Said {
  json: string | null;
  markdown: string | null;
  diagnostics: string | null;
}

/** What a workspace says of an entry. Goes into the page as its text, so it uses nothing from outside. */
function say(workspace: Workspace, { files, profile, options, deployed, live }: Entry): Said {
  for (const [path, text] of Object.entries(files)) {
    workspace.setFile(path, text);
  }
  workspace.setProfile(profile ?? undefined);
  workspace.setDeployed(deployed ?? undefined);
  workspace.setLive(live ?? undefined);
  const { outline, diagnostics } = workspace.plan(options);
  const said = {
    json: workspace.render("json") ?? null,
    markdown: workspace.render("markdown") ?? null,
    diagnostics: outline ? null : `${JSON.stringify(diagnostics, null, 2)}\n`,
  };
  workspace.free();
  return said;
}

test("Node says what the native planner says", async () => {
  const { Workspace } = await import("@mz-deploy/planner/node");
  const all = entries();
  expect(all.length).toBeGreaterThan(70);
  expect(all.filter(({ json }) => json !== null).length).toBeGreaterThan(15);
  for (const entry of all) {
    const { json, markdown, diagnostics } = entry;
    expect(say(new Workspace(), entry), entry.name).toEqual({ json, markdown, diagnostics });
  }
});

test("Chromium says what the native planner says", async ({ page }) => {
  await page.goto("/package/README.md");
  for (const entry of entries()) {
    const said = await page.evaluate(
      async ([text, input]) => {
        const url = "/package/index.js";
        const { load, Workspace } = await import(url);
        await load();
        const sayIt = new Function(`return (${text})`)();
        return sayIt(new Workspace(), input) as Said;
      },
      [say.toString(), entry] as const,
    );
    const { json, markdown, diagnostics } = entry;
    expect(said, entry.name).toEqual({ json, markdown, diagnostics });
  }
});
