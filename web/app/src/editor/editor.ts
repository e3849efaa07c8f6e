// CodeMirror, set up three ways: to edit a file, to show a text, to show what differs.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { DiagnosticView } from "@mz-deploy/planner";
import type { Place } from "../state/state";
import { languageOf, materialize } from "./language";
import { marks, offset } from "./marks";
import { theme } from "./theme";

const reading: Extension = [lineNumbers(), drawSelection(), theme, highlightSelectionMatches(), search({ top: true })];

/** What a file is edited with. Tab leaves it, as it leaves everything else: who has no mouse must get out. */
export function editing(path: string, label: string, changed: (text: string) => void): Extension {
  return [
    reading,
    history(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    lintGutter(),
    languageOf(path),
    EditorView.lineWrapping,
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true", tabindex: "0" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        changed(update.state.doc.toString());
      }
    }),
  ];
}

/** What a text is shown with. */
export function showing(label: string, wrap: boolean): Extension {
  return [
    reading,
    materialize,
    wrap ? EditorView.lineWrapping : [],
    keymap.of([...defaultKeymap, ...searchKeymap]),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true", tabindex: "0" }),
  ];
}

/** What a difference is shown with: one column, the old lines above the new ones. */
export function comparing(label: string, before: string): Extension {
  return [
    showing(label, true),
    unifiedMergeView({
      original: before,
      mergeControls: false,
      highlightChanges: true,
      gutter: true,
      collapseUnchanged: { margin: 3, minSize: 6 },
    }),
  ];
}

/** Marks a file's problems. */
export function mark(view: EditorView, path: string, problems: DiagnosticView[]): void {
  view.dispatch(setDiagnostics(view.state, marks(view.state.doc, path, problems)));
}

/** Goes to a place: selects it and brings it to the middle. */
export function reveal(view: EditorView, place: Place): void {
  if (place.line === undefined) {
    return;
  }
  const { doc } = view.state;
  const from = offset(doc, { line: place.line, column: place.column ?? 1 });
  const to = place.endLine === undefined ? from : offset(doc, { line: place.endLine, column: place.endColumn ?? 1 });
  view.dispatch({
    selection: { anchor: from, head: Math.max(from, to) },
    effects: EditorView.scrollIntoView(from, { y: "center" }),
  });
  view.focus();
}
