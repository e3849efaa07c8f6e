// What the page has to say: a message, something that takes time, a choice among several projects.
import { useEffect, useRef } from "preact/hooks";
import { announcement, busy, choice, message } from "../state/state";
import { CloseIcon, FolderIcon } from "./icons";

export function Messages() {
  const said = message.value;
  useEffect(() => {
    if (said?.kind !== "news") {
      return;
    }
    const timer = setTimeout(() => {
      message.value = undefined;
    }, 6000);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <div class="for-screen-readers" role="status" aria-live="polite">
        {announcement.value}
      </div>
      <div class="messages" role={said?.kind === "problem" ? "alert" : "status"}>
        {said && (
          <div class="message" data-kind={said.kind}>
            <p>{said.text}</p>
            <button
              type="button"
              class="icon-button"
              aria-label="Close the message"
              onClick={() => (message.value = undefined)}
            >
              <CloseIcon />
            </button>
          </div>
        )}
      </div>
      <Busy />
      <Chooser />
    </>
  );
}

/** Seen only if it takes longer than a moment. */
function Busy() {
  return (
    <div class="busy" data-on={busy.value !== undefined} aria-hidden={busy.value === undefined}>
      <span class="spinner" />
      {busy.value ?? ""}
    </div>
  );
}

function Chooser() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = choice.value;
  useEffect(() => {
    if (open) {
      dialog.current?.showModal();
    } else {
      dialog.current?.close();
    }
  }, [open]);
  return (
    <dialog ref={dialog} class="dialog" aria-label="Choose a project" onClose={() => (choice.value = undefined)}>
      <h2>There are several projects</h2>
      <ul>
        {open?.roots.slice(0, 50).map((root) => (
          <li key={root}>
            <button
              type="button"
              class="row-link"
              onClick={() => {
                choice.value = undefined;
                open.choose(root);
              }}
            >
              <FolderIcon />
              <span>{root === "" ? "the folder itself" : root}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => (choice.value = undefined)}>
        Cancel
      </button>
    </dialog>
  );
}
