// The first page: what this is, what to open, and that nothing leaves the browser.

import { EXAMPLES } from "../project/examples";
import { open, openExample } from "../state/actions";
import { message } from "../state/state";
import type { Source } from "../worker/protocol";
import { ChevronIcon, FolderIcon, LockIcon, ZipIcon } from "./icons";
import { Shape } from "./mark";
import { pickFolder, pickZip } from "./open";

export async function openPicked(pick: () => Promise<Source | undefined>): Promise<void> {
  try {
    const source = await pick();
    if (source) {
      await open(source);
    }
  } catch (error) {
    message.value = { kind: "problem", text: error instanceof Error ? error.message : String(error) };
  }
}

export function Start() {
  return (
    <main class="start">
      <div class="start-inner">
        <h1>See what a change would do, before it does.</h1>
        <p class="lead">
          Open a project of SQL for Materialize. You see what changes, what is rebuilt because of it and why, every
          statement, and how it is undone.
        </p>
        <div class="start-actions">
          <button type="button" class="primary large" onClick={() => void openPicked(pickFolder)}>
            <FolderIcon />
            Open a folder
          </button>
          <button type="button" class="large" onClick={() => void openPicked(pickZip)}>
            <ZipIcon />
            Open a ZIP archive
          </button>
          <span class="faint">or drop one anywhere on this page</span>
        </div>
        <h2 class="start-title">Or look at an example</h2>
        <ul class="cards">
          {EXAMPLES.map((example, at) => (
            <li key={example.title}>
              <button type="button" class="card" onClick={() => void openExample(example)}>
                <Shape tone={(["update", "create", "rebuild"] as const)[at] ?? "create"} />
                <b>{example.title}</b>
                <span>{example.what}</span>
                <span class="card-name">
                  {example.name}
                  <ChevronIcon />
                </span>
              </button>
            </li>
          ))}
        </ul>
        <p class="privacy">
          <LockIcon />
          <span>
            Everything happens in this page. Your files aren't uploaded, and once it is loaded the page can't connect to
            anything: its own policy forbids it.
          </span>
        </p>
      </div>
    </main>
  );
}
