// The plan as one text, to copy and to download.
import type { Rendering } from "@mz-deploy/planner";
import { useEffect, useState } from "preact/hooks";
import { size } from "../project/limits";
import { ask, copyPlan, download } from "../state/actions";
import { hasPlan, overview, version } from "../state/state";
import type { Rendered } from "../worker/protocol";
import { Sql } from "./code";
import { CopyIcon, DownloadIcon } from "./icons";
import { Empty } from "./parts";

const FORMS: { rendering: Rendering; title: string; ending: string }[] = [
  { rendering: "sql", title: "SQL", ending: "sql" },
  { rendering: "markdown", title: "Markdown", ending: "md" },
  { rendering: "text", title: "Text", ending: "txt" },
  { rendering: "json", title: "JSON", ending: "json" },
];

/** Characters that are shown; the rest is for the file. */
const MOST = 200_000;

export function Script() {
  const [form, setForm] = useState(FORMS[0]);
  const [rendered, setRendered] = useState<Rendered>();
  const now = version.value;
  const rendering = form?.rendering ?? "sql";
  useEffect(() => {
    let isWanted = true;
    void ask("render", { rendering, most: MOST }).then(
      (next) => isWanted && setRendered(next),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [rendering, now]);
  if (!hasPlan.value) {
    return (
      <Empty title="There is no script">
        <p>A project is planned when it has no errors.</p>
      </Empty>
    );
  }
  const name = `${overview.value?.plan?.deploy_id ?? "plan"}.${form?.ending ?? "sql"}`;
  return (
    <div class="script">
      <div class="script-head">
        <div class="segments" role="group" aria-label="Form">
          {FORMS.map((each) => (
            <button type="button" key={each.rendering} aria-pressed={each === form} onClick={() => setForm(each)}>
              {each.title}
            </button>
          ))}
        </div>
        <div class="head-tools">
          <button type="button" onClick={() => void copyPlan(rendering)}>
            <CopyIcon />
            Copy
          </button>
          <button type="button" class="primary" onClick={() => void download(rendering, name)}>
            <DownloadIcon />
            Download {name}
          </button>
        </div>
      </div>
      {rendered && rendered.length > rendered.text.length && (
        <p class="note">
          The whole has {size(rendered.length)}. Here are its first {size(rendered.text.length)}; copy or download it to
          have all.
        </p>
      )}
      {rendered && <Sql text={rendered.text} label={`The plan as ${form?.title ?? "SQL"}`} />}
    </div>
  );
}
