// CodeMirror as a component: made once for what it shows, and again when that is something else.
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "preact/hooks";
import { comparing, showing } from "../editor/editor";

interface Shown {
  text: string;
  extensions: () => Extension;
  /** Another value makes the editor anew. */
  identity: string;
  made?: (view: EditorView) => void;
}

export function Code({ text, extensions, identity, made }: Shown) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) {
      return;
    }
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({ doc: text, extensions: extensions() }),
    });
    made?.(view);
    return () => view.destroy();
  }, [identity]);
  return <div class="code" ref={host} />;
}

/** A statement, to read. */
export function Sql({ text, label }: { text: string; label: string }) {
  return <Code text={text} identity={text} extensions={() => showing(label, true)} />;
}

/** What differs between two definitions. */
export function Difference({ before, after, label }: { before: string; after: string; label: string }) {
  return <Code text={after} identity={`${before}\0${after}`} extensions={() => comparing(label, before)} />;
}
