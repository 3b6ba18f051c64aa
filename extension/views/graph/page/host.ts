/** The page's side of the conversation with the extension, and what the editor keeps for the page. */
import type { FromPage, SavedGraph, ToPage } from "../../../model/graph/messages.ts";

interface EditorApi {
  postMessage(message: FromPage): void;
  setState(state: SavedGraph): void;
}

declare function acquireVsCodeApi(): EditorApi;

export interface Host {
  readonly send: (message: FromPage) => void;
  readonly save: (state: SavedGraph) => void;
}

export function connectHost(onMessage: (message: ToPage) => void): Host {
  const api = acquireVsCodeApi();
  window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (isToPage(data)) onMessage(data);
  });
  // The editor's own function, which has no origin to name.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  return { send: (message) => api.postMessage(message), save: (state) => api.setState(state) };
}

/** Only the extension can post here; a message of another version of it is left alone. */
function isToPage(data: unknown): data is ToPage {
  if (typeof data !== "object" || data === null || !("type" in data)) return false;
  return data.type === "nothing" || (data.type === "scene" && "scene" in data && "saved" in data);
}
