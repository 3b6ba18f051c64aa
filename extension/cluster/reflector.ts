/**
 * Keeps a copy of one kind in one scope: LIST in pages, then WATCH, for as long as its signal allows. What can happen on the
 * way is decided here: a closed watch is opened again at once, 410 means listing again, 401 is the transport's, 403 and 404
 * end it with a word about why, everything else is tried again after a pause.
 */
import { isObject, listAt, objectAt, resourcePath, textAt } from "#simulator";
import type { JsonObject } from "#simulator";
import { ConnectionError, isStatus, StatusError, statusErrorOf } from "#simulator/cluster";
import type { KubeApi } from "#simulator/cluster";

import { BackOff } from "./back-off.ts";
import type { ApiResource } from "./discovery.ts";

export type ReflectorState =
  | { readonly kind: "listing" }
  | { readonly kind: "watching" }
  | { readonly kind: "retrying"; readonly message: string }
  | { readonly kind: "unauthorized"; readonly message: string; readonly detail: string }
  | { readonly kind: "forbidden"; readonly message: string }
  | { readonly kind: "not-served" };

export interface ReflectorSink {
  /** A page of the list, or one object of the watch. */
  changed(objects: readonly JsonObject[]): void;
  deleted(object: JsonObject): void;
  /** The list is complete: what was not in it is gone. */
  listed(uids: ReadonlySet<string>): void;
  state(state: ReflectorState): void;
}

/** All in milliseconds but `pageSize`. */
export interface ReflectorTiming {
  readonly pageSize: number;
  /** The server ends a watch after this time; jittered upwards by a quarter. */
  readonly watchTimeout: number;
  /** A watch without a byte, bookmarks included, for this long is dead. */
  readonly inactivity: number;
  readonly backOff: { readonly first: number; readonly most: number };
}

/** Bookmarks come once a minute. */
export const usualTiming: ReflectorTiming = {
  pageSize: 500,
  watchTimeout: 240_000,
  inactivity: 125_000,
  backOff: { first: 200, most: 3000 },
};

export interface ReflectorTarget {
  readonly api: KubeApi;
  readonly resource: ApiResource;
  /** Empty stands for the whole cluster. */
  readonly namespace: string;
  readonly timing: ReflectorTiming;
}

/** Ends when the signal is aborted, or after `forbidden` or `not-served`. Never rejects. */
export async function reflect(
  target: ReflectorTarget,
  sink: ReflectorSink,
  signal: AbortSignal,
): Promise<void> {
  const backOff = new BackOff(target.timing.backOff);
  const position: Position = { version: undefined };
  while (!signal.aborted) {
    try {
      if (position.version === undefined) {
        sink.state({ kind: "listing" });
        position.version = await list(target, sink, signal);
      }
      sink.state({ kind: "watching" });
      if (await watch(target, position, sink, signal)) backOff.reset();
      else await backOff.wait(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(await recover(error, position, sink, () => pause(error, backOff, signal)))) return;
    }
  }
}

interface Position {
  /** Resource version to watch from; `undefined` asks for a new list. */
  version: string | undefined;
}

/** False ends the reflector. */
async function recover(
  error: unknown,
  position: Position,
  sink: ReflectorSink,
  wait: () => Promise<boolean>,
): Promise<boolean> {
  if (isStatus(error, 403)) {
    sink.state({ kind: "forbidden", message: error.message });
    return false;
  }
  if (isStatus(error, 404)) {
    sink.state({ kind: "not-served" });
    return false;
  }
  if (isStatus(error, 410)) {
    // The history is gone, not the server: pausing is only for servers that say so again and again.
    position.version = undefined;
    return wait();
  }
  if (error instanceof ConnectionError && error.problem !== "unreachable")
    sink.state({ kind: "unauthorized", message: error.message, detail: error.detail });
  else sink.state({ kind: "retrying", message: messageOf(error) });
  return wait();
}

async function pause(error: unknown, backOff: BackOff, signal: AbortSignal): Promise<boolean> {
  const seconds = error instanceof StatusError ? (error.retryAfter ?? 0) : 0;
  try {
    await backOff.wait(signal, seconds * 1000);
    return true;
  } catch {
    return false;
  }
}

/** Reads all pages and gives the resource version that they show. */
async function list(
  { api, resource, namespace, timing }: ReflectorTarget,
  sink: ReflectorSink,
  signal: AbortSignal,
): Promise<string> {
  const uids = new Set<string>();
  let next: string | undefined;
  let version = "";
  do {
    const page = await api.json(
      {
        path: resourcePath(resource, namespace),
        query: {
          limit: String(timing.pageSize),
          ...(next === undefined ? {} : { continue: next }),
        },
      },
      signal,
    );
    const items = listAt(page, "items").filter(isObject).map(withKind(resource));
    for (const item of items) uids.add(textAt(item, "metadata", "uid") ?? "");
    sink.changed(items);
    next = textAt(page, "metadata", "continue");
    version = textAt(page, "metadata", "resourceVersion") ?? version;
  } while (next !== undefined);
  sink.listed(uids);
  return version;
}

/** Items of a list may lack apiVersion and kind. */
function withKind({ group, version, kind }: ApiResource): (item: JsonObject) => JsonObject {
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return (item) => ({ ...item, apiVersion, kind });
}

/** True when the watch was worth something: it brought an event or lived for a while. */
async function watch(
  { api, resource, namespace, timing }: ReflectorTarget,
  position: Position,
  sink: ReflectorSink,
  signal: AbortSignal,
): Promise<boolean> {
  const seconds = Math.ceil((timing.watchTimeout * (1 + Math.random() / 4)) / 1000);
  const started = performance.now();
  let events = 0;
  await api.lines(
    {
      path: resourcePath(resource, namespace),
      query: {
        watch: "1",
        allowWatchBookmarks: "true",
        timeoutSeconds: String(seconds),
        resourceVersion: position.version ?? "",
      },
      inactivity: timing.inactivity,
    },
    (line) => {
      events++;
      position.version = onEvent(line, sink) ?? position.version;
    },
    signal,
  );
  return events > 0 || performance.now() - started > 1000;
}

/** Gives the resource version of the event. Throws for errors of the server and for what is no event. */
function onEvent(line: string, sink: ReflectorSink): string | undefined {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    // An event is lost: only a new list tells what it was.
    throw new StatusError(410, "Malformed", "The API server sent a line that is no JSON.");
  }
  const object = objectAt(event, "object");
  switch (textAt(event, "type")) {
    case "ADDED":
    case "MODIFIED":
      sink.changed([object]);
      break;
    case "DELETED":
      sink.deleted(object);
      break;
    case "BOOKMARK":
      break;
    case "ERROR":
    case undefined:
    default:
      throw statusErrorOf(object);
  }
  return textAt(object, "metadata", "resourceVersion");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
