// The file that is open: edited in place, with its problems marked. The plan follows.

import type { EditorView } from "@codemirror/view";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { editing, mark, reveal } from "../editor/editor";
import { ask, edit } from "../state/actions";
import { overview, place, project } from "../state/state";
import { Code } from "./code";
import { UndoIcon } from "./icons";

export function Editor() {
  const path = useComputed(() => place.value?.path).value;
  if (path === undefined) {
    return (
      <div class="empty">
        <h2>No file is open</h2>
        <p>
          Choose a file on the left, or a place in the plan. What you type is planned at once; your files stay as they
          are.
        </p>
      </div>
    );
  }
  return <OpenFile key={`${project.value}\0${path}`} project={project.value} path={path} />;
}

function OpenFile({ project, path }: { project: number; path: string }) {
  const [text, setText] = useState<string>();
  const [revision, setRevision] = useState(0);
  const view = useRef<EditorView | undefined>(undefined);
  const isEdited = useComputed(() => overview.value?.edited.includes(path) ?? false).value;

  useEffect(() => {
    void ask("text", { path }).then(
      (texts) => setText(texts?.now ?? ""),
      () => setText(""),
    );
  }, [path, revision]);
  useSignalEffect(() => {
    const problems = overview.value?.problems ?? [];
    if (view.current) {
      mark(view.current, path, problems);
    }
  });
  useSignalEffect(() => {
    // Read first: an effect hears of what it read, and there may be no editor yet.
    const to = place.value;
    if (view.current && to?.path === path) {
      reveal(view.current, to);
    }
  });

  const revert = async () => {
    await ask("revert", { project, path });
    setText(undefined);
    setRevision(revision + 1);
  };

  return (
    <div class="editor">
      <div class="editor-head">
        <span class="path" title={path}>
          {path}
        </span>
        {isEdited && (
          <button type="button" class="quiet" onClick={() => void revert()}>
            <UndoIcon />
            Revert
          </button>
        )}
      </div>
      {text === undefined ? (
        <div class="code" aria-busy="true" />
      ) : (
        <Code
          text={text}
          identity={`${path}\0${revision}`}
          extensions={() => editing(path, path, (next) => edit(project, path, next))}
          made={(made) => {
            view.current = made;
            mark(made, path, overview.value?.problems ?? []);
            if (place.value?.path === path) {
              reveal(made, place.value);
            }
          }}
        />
      )}
    </div>
  );
}
