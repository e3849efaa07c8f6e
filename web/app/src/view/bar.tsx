// The bar at the top: which project, compared with what, planned how.

import type { StrategyChoice } from "@mz-deploy/planner";
import { useSignal } from "@preact/signals";
import { EXAMPLES } from "../project/examples";
import { compare, configure, download, lookAt, open, openExample, share } from "../state/actions";
import { message, overview, phase, settings } from "../state/state";
import { isDark, toggleTheme } from "../state/theme";
import { CHOICES } from "../state/words";
import {
  CheckIcon,
  CompareIcon,
  DownloadIcon,
  FileIcon,
  FolderIcon,
  LinkIcon,
  MoonIcon,
  PlusIcon,
  SlidersIcon,
  SunIcon,
  UndoIcon,
  ZipIcon,
} from "./icons";
import { Menu, MenuItem } from "./menu";
import { pickFolder, pickJson, pickZip } from "./open";
import { openPicked } from "./start";

export function Bar() {
  return (
    <header class="bar">
      <a class="brand" href="./" aria-label="mz-deploy preview: to the start">
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <path d="M2 3.5h7v5.6H2zM11 10.9h7v5.6h-7z" fill="currentColor" />
          <path d="M12.5 3.5h4v4M7.5 16.5h-4v-4" fill="none" stroke="currentColor" stroke-width="1.8" />
        </svg>
        <span>
          mz-deploy <span class="brand-soft">preview</span>
        </span>
      </a>
      {phase.value === "open" && <Project />}
      <span class="spacer" />
      {phase.value === "open" && (
        <button type="button" class="quiet" aria-label="Share" onClick={() => void share()}>
          <LinkIcon />
          <span class="wide-only">Share</span>
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={isDark.value ? "Light colours" : "Dark colours"}
        onClick={toggleTheme}
      >
        {isDark.value ? <SunIcon /> : <MoonIcon />}
      </button>
    </header>
  );
}

function Project() {
  const { name = "", comparedWith = "", profiles = [] } = overview.value ?? {};
  return (
    <div class="bar-project">
      <Menu name="Project" label={<b>{name}</b>}>
        {(close) => {
          const then = (act: () => void) => () => {
            close();
            act();
          };
          return (
            <>
              <MenuItem icon={<FolderIcon />} title="Open a folder" act={then(() => void openPicked(pickFolder))} />
              <MenuItem icon={<ZipIcon />} title="Open a ZIP archive" act={then(() => void openPicked(pickZip))} />
              <hr />
              {EXAMPLES.map((example) => (
                <MenuItem
                  key={example.title}
                  icon={<FileIcon />}
                  title={example.title}
                  what={`Example: ${example.name}`}
                  act={then(() => void openExample(example))}
                />
              ))}
              <hr />
              <MenuItem
                icon={<DownloadIcon />}
                title="Download the project"
                what="With your edits, as a ZIP archive"
                act={then(() => void download("zip", `${name.split("/").at(-1)}.zip`))}
              />
              <MenuItem
                icon={<DownloadIcon />}
                title="Download a snapshot"
                what="What is deployed once this project is"
                act={then(() => void download("deployed", "deployed.json"))}
              />
            </>
          );
        }}
      </Menu>
      <span class="versus" aria-hidden="true">
        vs
      </span>
      <Menu name="Compared with" label={comparedWith}>
        {(close) => <Compare close={close} />}
      </Menu>
      {(profiles.length > 0 || settings.value.profile !== undefined) && (
        <label class="select">
          <span class="wide-only">Profile</span>
          <select
            aria-label="Profile"
            value={settings.value.profile ?? ""}
            onChange={({ currentTarget: { value } }) =>
              void configure({ profile: value === "" ? undefined : value, variables: {} })
            }
          >
            <option value="">none</option>
            {profiles.map(({ name: profile }) => (
              <option key={profile} value={profile}>
                {profile}
              </option>
            ))}
          </select>
        </label>
      )}
      <Menu
        name="Options"
        label={
          <>
            <SlidersIcon />
            <span class="wide-only">Options</span>
          </>
        }
        wide
      >
        {(close) => <Options close={close} />}
      </Menu>
    </div>
  );
}

function Compare({ close }: { close: () => void }) {
  const then = (act: () => void) => () => {
    close();
    act();
  };
  const version = async (pick: typeof pickFolder) => {
    const source = await pick();
    if (source) {
      await compare({ kind: "version", source });
    }
  };
  return (
    <>
      <MenuItem
        icon={<PlusIcon />}
        title="Nothing: a first deployment"
        act={then(() => void compare({ kind: "nothing" }))}
      />
      <MenuItem
        icon={<UndoIcon />}
        title="The project as it was opened"
        what="The plan is what your edits mean"
        act={then(() => void compare({ kind: "opened" }))}
      />
      <MenuItem
        icon={<FileIcon />}
        title="A snapshot file"
        what="deployed.json of mz-deploy snapshot, or the file of mz-deploy compile --snapshot"
        act={then(() => void pickJson().then((file) => file && compare({ kind: "snapshot", name: file.name, file })))}
      />
      <MenuItem icon={<CompareIcon />} title="Another version: a folder" act={then(() => void version(pickFolder))} />
      <MenuItem icon={<ZipIcon />} title="Another version: a ZIP archive" act={then(() => void version(pickZip))} />
      <hr />
      {overview.value?.live === undefined ? (
        <MenuItem
          icon={<FileIcon />}
          title="Check against a live catalog"
          what="live.json of mz-deploy snapshot"
          act={then(() => void pickJson().then((file) => file && lookAt(file)))}
        />
      ) : (
        <MenuItem
          icon={<CheckIcon />}
          title={`Checked against ${overview.value.live}`}
          what="Choose this to leave the live catalog out"
          act={then(() => void lookAt(undefined))}
        />
      )}
    </>
  );
}

function Options({ close }: { close: () => void }) {
  const now = settings.value;
  const own = overview.value?.profiles.find(({ name }) => name === now.profile)?.variables ?? {};
  const names = Object.keys({ ...own, ...now.variables }).sort();
  const added = useSignal("");
  const give = (name: string, value: string) => {
    const variables = { ...now.variables, [name]: value };
    if (value === own[name]) {
      delete variables[name];
    }
    void configure({ variables });
  };
  return (
    <form
      class="options"
      onSubmit={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <fieldset class="segments">
        <legend>Strategy</legend>
        <button
          type="button"
          aria-pressed={now.strategy === undefined}
          onClick={() => void configure({ strategy: undefined })}
        >
          The project’s
        </button>
        {(Object.keys(CHOICES) as StrategyChoice[]).map((strategy) => (
          <button
            type="button"
            key={strategy}
            aria-pressed={now.strategy === strategy}
            onClick={() => void configure({ strategy })}
          >
            {CHOICES[strategy]}
          </button>
        ))}
      </fieldset>
      <label class="field">
        <span>Deploy id</span>
        <input
          value={now.deployId}
          spellcheck={false}
          onChange={({ currentTarget: { value } }) => void configure({ deployId: value })}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={now.redeployAll}
          onChange={({ currentTarget: { checked } }) => void configure({ redeployAll: checked })}
        />
        Deploy everything again
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={now.dropRemoved}
          onChange={({ currentTarget: { checked } }) => void configure({ dropRemoved: checked })}
        />
        Drop what was removed from the project
      </label>
      <fieldset class="variables">
        <legend>Variables</legend>
        {names.length === 0 && (
          <p class="faint small">
            {now.profile === undefined
              ? "A profile’s variables are seen here when it is chosen."
              : "The profile has none."}
          </p>
        )}
        {names.map((name) => (
          <label class="field" key={name}>
            <span>{name}</span>
            <input
              value={now.variables[name] ?? own[name] ?? ""}
              spellcheck={false}
              onChange={({ currentTarget: { value } }) => give(name, value)}
            />
          </label>
        ))}
        <div class="field">
          <input
            placeholder="another variable"
            aria-label="Name of another variable"
            value={added.value}
            spellcheck={false}
            onInput={({ currentTarget: { value } }) => (added.value = value)}
          />
          <button
            type="button"
            disabled={added.value.trim() === ""}
            onClick={() => {
              give(added.value.trim(), "");
              added.value = "";
            }}
          >
            Add
          </button>
        </div>
      </fieldset>
    </form>
  );
}

/** What was dropped on the page. */
export async function take(
  source: Parameters<typeof open>[0] | { kind: "json"; file: File } | undefined,
): Promise<void> {
  if (source?.kind === "json") {
    if (phase.value === "open") {
      await compare({ kind: "snapshot", name: source.file.name, file: source.file });
    } else {
      message.value = {
        kind: "problem",
        text: "Open a project first; then drop the snapshot that it is compared with.",
      };
    }
  } else if (source) {
    await open(source);
  }
}
