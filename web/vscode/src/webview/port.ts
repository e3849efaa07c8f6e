// The way to the extension and back.
import type { FromPanel, ToPanel } from "../messages";

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void };

export interface Port {
  send(message: FromPanel): void;
}

export function connect(receive: (message: ToPanel) => void): Port {
  const api = acquireVsCodeApi();
  window.addEventListener("message", (event: MessageEvent<ToPanel>) => {
    receive(event.data);
  });
  api.postMessage({ kind: "ready" });
  return {
    send: (message) => {
      api.postMessage(message);
    },
  };
}
